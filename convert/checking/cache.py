"""Cache of checks."""

import msgspec

from convert.bundle.archive import Facts
from convert.bundle.lists import Listed
from convert.cache import Cache
from convert.cache.identity import identity_of
from convert.checking.document import Checked, Fate, digest_of
from convert.messages import Message
from convert.model import Finding
from convert.rules import RULES
from convert.settings import Settings
from convert.sources import Ref
from convert.sources.mirror import location_of
from convert.sources.naming import display_path
from convert.sources.sites import site_of

KIND = "check"


class CheckCache(Cache[Checked]):
    """Cache of `convert validate`."""

    def __init__(self, settings: Settings) -> None:
        self._base_url = settings.base_url
        identity = identity_of(settings.how.key, settings.fidelity, settings.control.comments)
        super().__init__(settings.cache, KIND, identity)

    def known_by(self, ref: Ref) -> str:
        """Return a document's place in its mirror, the mirror's address and its own, which decide targets of links."""
        return "\0".join((self._base_url, *location_of(ref), ref.address, ref.facts, *site_of(ref)))

    def digest_of(self, data: bytes) -> bytes:
        """Return the hash that a check has."""
        return digest_of(data)

    def encoded(self, value: Checked) -> tuple[bytes, bytes]:
        """Return digest and findings, without data that rule and path determine; empty if the document was not read."""
        findings = [
            (each.code, each.message, each.line, each.column, each.fixed, each.removed) for each in value.findings
        ]
        entry = _Check(value.fate, findings, value.inline_ignores, value.facts, value.listed)
        return value.digest, _ENCODER.encode(entry) if value.digest else b""

    def decoded(self, data: bytes, digest: bytes, ref: Ref) -> Checked | None:
        """Return the check, with the document's current path; None if it cannot be decoded."""
        path = display_path(ref)
        try:
            entry = _DECODER.decode(data)
            findings = [
                Finding(code, *_RULES[code], message, path, line, column, fixed, removed)
                for code, message, line, column, fixed, removed in entry.findings
            ]
        except (msgspec.DecodeError, UnicodeDecodeError, KeyError):
            return None
        return Checked(path, entry.fate, findings, entry.inline_ignores, entry.facts, entry.listed, digest)


class _Check(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Cached part of a check."""

    fate: Fate
    findings: list[tuple[str, Message, int, int, bool, str]]
    """Code, message, line, column, True if cleaning fixes it, and the removed text."""
    inline_ignores: tuple[str, ...]
    facts: Facts | None
    listed: tuple[Listed, ...]


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Check)
_RULES = {rule.code: (rule.name, rule.level) for rule in RULES.values()}
