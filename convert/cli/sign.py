"""`convert sign MANIFEST…`: signatures that say who made the files that a manifest names."""

import os
import time
from importlib.util import find_spec
from pathlib import Path

import click

from convert.cli.common import debug_option, language_option
from convert.cli.help import Command, option, spoken
from convert.cli.manifests import read_manifest
from convert.cli.screen import echo
from convert.errors import MissingExtraError, StoreError, UsageError, reason
from convert.messages import Language, message
from convert.store import new_file
from convert.text import printable

ENDING = ".minisig"
"""End of the name of a signature, beside the file that it signs."""
PASSWORD = "CONVERT_KEY_PASSWORD"  # noqa: S105 -- the name of a variable
LARGEST = 1 << 16
"""Bytes of the largest file of a key or a signature."""


@click.command(
    cls=Command,
    about=message("Sign each MANIFEST, so that readers with your public key know your books from forged ones."),
)
@click.argument("manifests", nargs=-1, metavar="MANIFEST…", type=click.Path())
@option("--key", group="common", metavar="FILE", about=message("Sign with this secret key, in the form of minisign."))
@option(
    "--new-key",
    group="common",
    metavar="FILE",
    about=message("Make a new key: the secret one in FILE, the public one in FILE.pub."),
)
@option("-q", "--quiet", group="common", is_flag=True, about=message("Print nothing; only set the exit status."))
@language_option
@debug_option
@click.pass_context
def sign(
    context: click.Context,
    manifests: tuple[str, ...],
    key: str | None,
    new_key: str | None,
    language: Language | None,
    quiet: bool,
) -> None:
    """Sign each MANIFEST."""
    language = spoken(context)
    if bool(new_key) == bool(key):
        raise UsageError("name your secret key with --key FILE, or make one with --new-key FILE")
    if bool(new_key) == bool(manifests):
        raise UsageError("name the manifests to sign, or no manifest with --new-key")
    require()
    from convert.signing import minisign

    if new_key:
        made = minisign.new_key()
        password = os.environ.get(PASSWORD, "")
        _write(new_key, minisign.secret_file(made, password), 0o600)
        _write(f"{new_key}.pub", minisign.public_file(made.public), 0o644)
        if not quiet:
            echo(made.public.text())
        return
    secret = minisign.read_secret(read(str(key)), os.environ.get(PASSWORD, ""))
    for path in manifests:
        read_manifest(path)
        data = Path(path).read_bytes()
        with new_file(path + ENDING) as file:
            file.write(minisign.sign(data, secret, int(time.time()), os.path.basename(path)).encode())
        if not quiet:
            echo(
                message("{path} signed with the key {key}", path=printable(path), key=secret.public.name).text_in(
                    language
                )
            )


def require() -> None:
    """Check that signatures can be made and verified.

    Raises:
        MissingExtraError: the package for it is not installed.
    """
    if find_spec("cryptography") is None:
        raise MissingExtraError(
            "signatures need a package that is not installed; install it: pip install 'archive-convert[sign]'"
        )


def read(path: str) -> str:
    """Return the content of the small file of a key or a signature.

    Raises:
        UsageError: it cannot be read, or is none.
    """
    try:
        with open(path, "rb") as file:
            return file.read(LARGEST).decode()
    except OSError as error:
        raise UsageError("cannot read {path}: {reason}", path=repr(printable(path)), reason=reason(error)) from None
    except UnicodeDecodeError:
        raise UsageError("{path} is no key of minisign; it is not text", path=repr(printable(path))) from None


def _write(path: str, text: str, mode: int) -> None:
    """Write the file of a key; another file is never replaced."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except OSError as error:
        raise StoreError(
            "cannot write {path}: {reason}; name a file that is not there",
            path=repr(printable(path)),
            reason=reason(error),
        ) from None
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
