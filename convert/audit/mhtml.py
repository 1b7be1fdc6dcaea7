"""Saved pages in one file (MHTML): each part by its type; an address that the file itself holds stays inside."""

import email
import email.policy
from collections.abc import Iterator
from mimetypes import MimeTypes

from convert.audit.found import Found, Scope
from convert.audit.target import in_utf8

guess_type = MimeTypes().guess_type  # of the library alone, the same on each machine


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in the parts of a saved page."""
    whole = email.message_from_bytes(data, policy=email.policy.compat32)
    parts = [each for each in whole.walk() if not each.is_multipart()]
    held = {str(each.get("Content-Location", "")).strip() for each in parts}
    held |= {f"cid:{str(each.get('Content-ID', '')).strip('<> ')}" for each in parts}
    names = ("Snapshot-Content-Location", "From", "To", "Message-ID")
    for name in names[:1]:
        if whole.get(name):
            yield Found("saved-from", str(whole[name]), entry=scope.entry)
    for number, part in enumerate(parts):
        body = part.get_payload(decode=True)
        if not isinstance(body, bytes):
            yield Found("broken-document", part.get_content_type(), entry=scope.entry)
            continue
        name = f"{number + 1}"
        inside = Scope(name, frozenset(), scope.depth, scope.judge, frozenset(held - {"", "cid:"}))
        if len(part.get_all("Content-Type", [])) > 1:
            yield Found("broken-document", "Content-Type", entry=name)
        types = {part.get_content_type()}
        if types <= {"application/octet-stream", "text/plain"}:  # programs go by the name then
            types.add(guess_type(str(part.get("Content-Location", "")))[0] or "")
        for media_type in sorted(types - {""}):
            for found in inside.nested(in_utf8(body, part.get_content_charset() or ""), media_type):
                yield Found(found.vector, found.quote, found.line, found.column, name)
    if len(parts) < 2 and whole.get_content_type() == "text/plain":
        yield Found("unknown-kind", "", entry=scope.entry)
