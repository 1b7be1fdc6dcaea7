"""Keys that a reader trusts: one public key, or a list of keys with the dates from and until which they count."""

import tomllib
from datetime import UTC, date, datetime

import msgspec
from msgspec import Struct

from convert.messages import Message, message
from convert.signing.minisign import PublicKey, Signature, SigningError, read_public
from convert.text import printable

MAX_BYTES = 1 << 20
"""Largest file of keys."""


class ListedKey(Struct, frozen=True, forbid_unknown_fields=True):
    """Key in a list."""

    public: str
    """Line of the public key."""
    name: str = ""
    """Name for people."""
    since: date | None = None
    """First day on which its signatures count."""
    until: date | None = None
    """Last day on which they do, as of a key that another one has replaced."""
    withdrawn: date | None = None
    """Day on which it was withdrawn: somebody else may have it, and no signature of it counts, whatever its date."""


class KeyList(Struct, frozen=True, forbid_unknown_fields=True):
    """List of keys."""

    key: tuple[ListedKey, ...]


def read_keys(text: str) -> tuple[tuple[PublicKey, ListedKey], ...]:
    """Return the keys of a file: a public key of minisign, or a list of them in TOML.

    Raises:
        SigningError: it is neither.
    """
    if "[[key]]" not in text:
        return ((read_public(text), ListedKey(text)),)
    try:
        listed = msgspec.convert(tomllib.loads(text), KeyList).key
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise SigningError("the list of keys cannot be read: {reason}", reason=printable(str(error))) from None
    return tuple((read_public(each.public), each) for each in listed)


def judged(data: bytes, signature: Signature, keys: tuple[tuple[PublicKey, ListedKey], ...]) -> Message | None:
    """Return why a signature of these bytes does not count, None if it does."""
    found = next(((key, listed) for key, listed in keys if key.number == signature.number), None)
    if found is None:
        number = PublicKey(signature.number, b"").name
        return message("it is signed with the key {key}, which is none of yours", key=number)
    key, listed = found
    name = listed.name or key.name
    if not signature.verifies(data, key):
        return message("the signature is of another content: it was changed, or made anew and not signed")
    if listed.withdrawn:
        return message("its key {name} was withdrawn on {day}", name=name, day=str(listed.withdrawn))
    try:
        day = datetime.fromtimestamp(signature.moment, UTC).date()
    except (ValueError, OverflowError, OSError):
        day = date.max
    if (listed.since and day < listed.since) or (listed.until and day > listed.until):
        return message("it was signed on {day}, when its key {name} did not count", day=str(day), name=name)
    return None
