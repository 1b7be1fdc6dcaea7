"""`convert verify MANIFEST…`: whether outputs are still what their manifests say."""

import os
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

import click

from convert import manifest
from convert.cli.common import FAILED, FINDINGS, language_option, progress, spoken
from convert.manifest import Manifest, ManifestError
from convert.messages import Language
from convert.store.digest import Digest, Wrong, wrong_with
from convert.text import printable

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "line": "{}: {}",
            "missing": "missing",
            "no file": "not a regular file",
            "unreadable": "cannot be read: {found}",
            "size": "{found} bytes, and should have {said}",
            "content": "another content, of the same size",
            "unknown": "in no manifest",
            "figures": "{} output(s): {} as written, {} not",
            "more": "; {} file(s) in no manifest",
        },
        "zh": {
            "line": "{}：{}",
            "missing": "不见了",
            "no file": "不是普通文件",
            "unreadable": "无法读取：{found}",
            "size": "有 {found} 字节，应当有 {said} 字节",
            "content": "大小相同，内容变了",
            "unknown": "不在任何构建清单里",
            "figures": "{} 个输出文件：{} 个与写出时相同，{} 个不同",
            "more": "；{} 个文件不在任何构建清单里",
        },
    }
)


@click.command()
@click.argument("manifests", nargs=-1, required=True, metavar="MANIFEST…", type=click.Path())
@click.option("--strict", is_flag=True, help="Also name files beside a manifest, and below, that are in none.")
@language_option
@click.option("-q", "--quiet", is_flag=True, help="Only the exit status.")
@click.pass_context
def verify(
    context: click.Context, manifests: tuple[str, ...], strict: bool, language: Language | None, quiet: bool
) -> None:
    """Read every output that MANIFEST… names, and tell which are not what was written."""
    words = _WORDS[language or spoken(os.environ)]
    failed = False
    read: dict[str, Manifest] = {}
    for path in manifests:
        try:
            read[path] = manifest.read(path)
        except ManifestError as error:  # the others can be verified all the same
            click.echo(f"convert: {error}", err=True)
            failed = True

    def say(path: str, fault: str) -> None:
        if not quiet:
            click.echo(words["line"].format(printable(path), fault))

    outputs = wrong = unknown = 0
    with progress("verifying", sum(len(each.outputs) for each in read.values()), quiet=quiet) as step:
        for path, each in read.items():
            for output in each.outputs:
                file = _beside(path, output.path)
                said = Digest(output.bytes, output.sha256)
                if found := wrong_with(file, said):
                    wrong += 1
                    say(file, _told(words, found, said))
                outputs += 1
                step(1)
    if strict and not failed:  # what the manifest that cannot be read names is not known
        for file in _unknown(read):
            unknown += 1
            say(file, words["unknown"])
    if read and not quiet:
        more = words["more"].format(unknown) if strict and not failed else ""
        click.echo(words["figures"].format(outputs, outputs - wrong, wrong) + more)
    context.exit(FAILED if failed else FINDINGS if wrong or unknown else 0)


def _told(words: Mapping[str, str], found: Wrong, said: Digest) -> str:
    return words[found.fault].format(found=found.found, said=said.bytes)


def _beside(manifest: str, path: str) -> str:
    """A file of a manifest by a name for the system."""
    return os.path.join(os.path.dirname(manifest), *path.split("/"))


def _unknown(read: Mapping[str, Manifest]) -> Iterator[str]:
    """The files in the folders of the manifests that none of these names, nor is one, in the order of their paths; what
    is hidden is nobody's output."""
    outputs = [_beside(path, each.path) for path in read for each in read[path].outputs]
    known = {os.path.realpath(path) for path in (*read, *outputs)}
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
    """Each folder that lies in none of the others, once."""
    real: dict[str, str] = {}
    for folder in folders:
        real.setdefault(os.path.join(os.path.realpath(folder), ""), folder)
    for path, folder in real.items():
        if not any(path != other and path.startswith(other) for other in real):
            yield folder
