"""`convert verify MANIFEST…`: whether outputs are still what their manifests say."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import click

from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.manifests import Listing, read_manifest
from convert.cli.progress import progress, progress_option
from convert.cli.screen import echo
from convert.cli.sign import ENDING, read as text_of, require
from convert.cli.statuses import FAILED, FINDINGS
from convert.manifest import ManifestError
from convert.messages import Language, Message, message
from convert.report.words import clauses
from convert.store.digest import Digest, Mismatch, mismatch
from convert.text import printable


@click.command(
    cls=Command,
    about=message("Read every output that MANIFEST… names, and list those that are not as they were written."),
)
@click.argument("manifests", nargs=-1, required=True, metavar="MANIFEST…", type=click.Path())
@option(
    "--strict",
    group="common",
    is_flag=True,
    about=message("List also files beside a manifest, and below, that are in none."),
)
@option(
    "--key",
    group="common",
    metavar="FILE",
    about=message("Check also who signed each MANIFEST: a public key of minisign, or a list."),
)
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print nothing; only set the exit status."))
@progress_option
@language_option
@debug_option
@click.pass_context
def verify(
    context: click.Context,
    manifests: tuple[str, ...],
    strict: bool,
    key: str | None,
    language: Language | None,
    quiet: bool,
    lines: bool,
) -> None:
    """Read every output that MANIFEST… names, and list those that are not as they were written."""
    language = spoken(context)
    failed = False
    read: dict[str, Listing] = {}
    for path in manifests:
        try:
            read[path] = read_manifest(path)
        except ManifestError as error:  # the others can be verified all the same
            echo(f"convert: {error.text_in(language)}", err=True)
            failed = True

    def report(path: str, fault: Message) -> None:
        if not quiet:
            echo(message("{path}: {fault}", path=printable(path), fault=fault).text_in(language))

    forged = _forged(read, key, report) if key else 0
    outputs = wrong = unknown = 0
    count = sum(len(each.outputs) for each in read.values())
    with progress(message("verifying outputs"), count, quiet=quiet, lines=lines) as step:
        for path, each in read.items():
            for output in each.outputs:
                file = _beside(path, output.path)
                expected = Digest(output.bytes, output.sha256)
                if difference := mismatch(file, expected):
                    wrong += 1
                    report(file, _fault(difference, expected))
                outputs += 1
                step(1)
    if strict and not failed:  # what the manifest that cannot be read names is not known
        for file in _unknown(read):
            unknown += 1
            report(file, message("in no manifest"))
    if read and not quiet:
        figures = [
            message(
                "{count} output(s): {right} as written, {wrong} not", count=outputs, right=outputs - wrong, wrong=wrong
            )
        ]
        if strict and not failed:
            figures.append(message("{count} file(s) in no manifest", count=unknown))
        if key:
            figures.append(
                message("{count} signature(s) that count, {wrong} not", count=len(read) - forged, wrong=forged)
            )
        echo(clauses(figures, language))
    context.exit(FAILED if failed else FINDINGS if wrong or unknown or forged else 0)


def _forged(paths: Iterable[str], key: str, report: Callable[[str, Message], None]) -> int:
    """Report each manifest whose signature does not count, and return their number."""
    require()
    from convert.signing.keys import judged, read_keys
    from convert.signing.minisign import SigningError, read_signature

    keys = read_keys(text_of(key))
    count = 0
    for path in paths:
        fault: Message | None = message("it has no signature {file}", file=printable(os.path.basename(path) + ENDING))
        if os.path.isfile(path + ENDING):
            try:
                signature = read_signature(text_of(path + ENDING))
                fault = judged(Path(path).read_bytes(), signature, keys)
            except SigningError as error:
                fault = error.message
        if fault:
            report(path, fault)
            count += 1
    return count


def _fault(difference: Mismatch, expected: Digest) -> Message:
    match difference.fault:
        case "missing":
            return message("no such file")
        case "no file":
            return message("not a regular file")
        case "unreadable":
            return message("cannot be read: {reason}", reason=difference.actual)
        case "size":
            return message(
                "{found} bytes, and should have {expected}", found=difference.actual, expected=expected.bytes
            )
        case "content":
            return message("another content, of the same size")


def _beside(manifest: str, path: str) -> str:
    """Return the path of a file that a manifest names."""
    return os.path.join(os.path.dirname(manifest), *path.split("/"))


def _unknown(read: Mapping[str, Listing]) -> Iterator[str]:
    """Yield the files in the folders of the manifests that none of these names, in the order of their paths.

    Hidden files are no outputs, and manifests neither.
    """
    outputs = [_beside(path, each.path) for path in read for each in read[path].outputs]
    known = {os.path.realpath(path) for path in (*read, *(path + ENDING for path in read), *outputs)}
    on_the_way = {os.path.abspath(parent) for parent in {os.path.dirname(path) for path in outputs}}
    for top in _outermost([os.path.dirname(path) for path in read]):
        for folder, folders, files in os.walk(top or "."):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            links = {name for name in folders if os.path.islink(os.path.join(folder, name))}
            for name in sorted(name for name in (*files, *links) if not name.startswith(".")):
                file = os.path.normpath(os.path.join(folder, name))
                inside = os.path.join(os.path.abspath(file), "")
                through = name in links and any(os.path.join(each, "").startswith(inside) for each in on_the_way)
                if not through and os.path.realpath(file) not in known:
                    yield file


def _outermost(folders: Sequence[str]) -> Iterator[str]:
    """Yield each folder that lies in none of the others, once."""
    real: dict[str, str] = {}
    for folder in folders:
        real.setdefault(os.path.join(os.path.realpath(folder), ""), folder)
    for path, folder in real.items():
        if not any(path != other and path.startswith(other) for other in real):
            yield folder
