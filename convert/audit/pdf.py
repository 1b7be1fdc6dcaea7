"""PDF: every object of the file, whether or not a page leads to it, and every earlier revision (pikepdf).

Names are compared as the parser reads them, so that `/J#61vaScript` is one, also in object streams and encrypted files.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from convert.audit.found import Found, Scope
from convert.audit.pdf_names import ANNOTATIONS, CATALOG, INFO, PAGE, QUIET
from convert.audit.target import tracks
from convert.audit.vector import places

_PLACES = places("pdf")
_KEYS = {at[4:]: name for at, name in _PLACES.items() if at.startswith("key:/") and at.count("/") == 1}
_ACTIONS = {at[7:]: name for at, name in _PLACES.items() if at.startswith("action:/")}
_AUTO = {at[5:]: name for at, name in _PLACES.items() if at.startswith("auto:/")}
_NAME = re.compile(rb"/[^\s/<>()\[\]{}%]+")
_ADDRESS = re.compile(rb"(?i)(?:https?|ftp|file|smb|mailto):/?/?|//|\\\\\\\\")
_WEB = re.compile(r"(?i)\s*(?:https?|ftp|file|smb|wss?)://|\\\\|//")
_USER = re.compile(r"(?i)[A-Z]:\\Users\\|/home/[^/\s]+/|/Users/[^/\s]+/|file:///[^\s]")
_TRIGGERS = frozenset({"/OpenAction", "/AA"})
_WITH_ACTIONS = frozenset({"/A", "/PA", "/Next"})
_WATCHED = frozenset(
    {key.encode() for key in (*_KEYS, *_TRIGGERS, *_WITH_ACTIONS, "/URI", "/FS", "/JS", "/Launch", "/Action", "/Annot")}
    | {
        b"/Filespec",
        b"/PS",
        b"/Catalog",
        b"/Page",
        b"/Annots",
        b"/SubmitForm",
        b"/GoToR",
        b"/Sig",
        b"/F",
        b"/UF",
        b"/Base",
    }
)
REVISIONS = 8
"""Most earlier revisions that are judged."""
DEEPEST = 60
"""Most arrays and dictionaries inside each other."""


def judge(data: bytes, scope: Scope) -> Iterator[Found]:
    """Yield what is found in a file."""
    seen = set()
    for found in _revision(data, scope):
        seen.add((found.vector, found.quote))
        yield found
    ends = [match.end() for match in re.finditer(rb"%%EOF", data)]
    earlier = ends[:-1][1 if b"/Linearized" in data[:1024] else 0 :]
    if earlier:
        yield Found("pdf-earlier-revision", f"{len(earlier)} before the last", entry=scope.entry)
    for end in earlier[-REVISIONS:]:
        for found in _revision(data[:end], scope):
            if (found.vector, found.quote) not in seen and found.vector != "pdf-broken":
                seen.add((found.vector, found.quote))
                yield found
    if len(earlier) > REVISIONS:
        yield Found("over-limits", f"{len(earlier)} revisions", entry=scope.entry)


def _revision(data: bytes, scope: Scope) -> Iterator[Found]:
    try:
        with pikepdf.open(BytesIO(data), suppress_warnings=True) as pdf:
            yield from _File(pdf, scope).judge()
            if warnings := pdf.get_warnings():  # which forgets them
                yield Found("pdf-broken", str(warnings[0]).rpartition(": ")[2], entry=scope.entry)
    except pikepdf.PasswordError:
        yield Found("pdf-encrypted", "", entry=scope.entry)
    except (pikepdf.PdfError, RuntimeError) as error:
        yield Found("pdf-broken", str(error).rpartition(": ")[2], entry=scope.entry)


class _File:
    """Walk over the objects of a file."""

    def __init__(self, pdf: pikepdf.Pdf, scope: Scope) -> None:
        self.pdf, self.scope = pdf, scope
        self.auto: set[tuple[int, int]] = set()
        """Objects that are actions which something other than a person sets off."""
        self.actions: set[tuple[int, int]] = set()
        """Objects that are actions which something leads to."""

    def judge(self) -> Iterator[Found]:
        watched = [each for each in self.pdf.objects if self._is_watched(each)]
        for each in watched:
            self._lead(each, 0)
        places = {each.objgen for each in watched}
        watched += [self.pdf.get_object(place) for place in sorted((self.auto | self.actions) - places)]
        for each in watched:
            yield from self._placed(self._walk(each, 0), each.objgen[0])
        yield from self._placed(self._about(), 0)

    def _placed(self, found: Iterator[Found], number: int) -> Iterator[Found]:
        for each in found:
            yield Found(each.vector, each.quote[:200], 0, 0, self.scope.entry, each.object or number)

    def _is_watched(self, value: Any) -> bool:
        """Return True if an object could hold anything of the table: most hold only text, numbers and references."""
        if isinstance(value, pikepdf.Stream):
            raw = value.stream_dict.unparse(resolved=True)
        elif isinstance(value, pikepdf.Dictionary | pikepdf.Array):
            raw = value.unparse(resolved=True)
        else:
            return False
        return not _WATCHED.isdisjoint(_NAME.findall(raw)) or _ADDRESS.search(raw) is not None

    # --- what leads to which action -----------------------------------------------------------------------------------

    def _lead(self, value: Any, depth: int) -> None:
        """Note the actions that an object leads to."""
        if depth > DEEPEST:
            return
        if isinstance(value, pikepdf.Array):
            for each in value:
                if isinstance(each, pikepdf.Object) and not each.is_indirect:
                    self._lead(each, depth + 1)
        elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            for key, each in value.items():
                if key in _TRIGGERS:
                    self._mark(each, depth, auto=True)
                elif key in _WITH_ACTIONS or key == "/JavaScript":
                    self._mark(each, depth, auto=False)
                if isinstance(each, pikepdf.Object) and not each.is_indirect:
                    self._lead(each, depth + 1)

    def _mark(self, value: Any, depth: int, *, auto: bool) -> None:
        if depth > DEEPEST or not isinstance(value, pikepdf.Dictionary | pikepdf.Array):
            return
        marked = self.auto if auto else self.actions
        if value.is_indirect:
            if value.objgen in marked:
                return
            marked.add(value.objgen)
        if isinstance(value, pikepdf.Array):
            for each in value:
                self._mark(each, depth + 1, auto=auto)
        elif "/S" in value:
            self._mark(value.get("/Next"), depth + 1, auto=auto)
        else:  # the actions of an AA by event
            for _, each in value.items():
                self._mark(each, depth + 1, auto=auto)

    # --- objects ------------------------------------------------------------------------------------------------------

    def _walk(self, value: Any, depth: int, state: str = "") -> Iterator[Found]:
        """Yield what is in an object; `state` is `auto` or `action` where an action is expected."""
        if depth > DEEPEST:
            yield Found("nested-too-deep", "")
            return
        if isinstance(value, pikepdf.Array):
            for each in value:
                if not isinstance(each, pikepdf.Object) or not each.is_indirect:
                    yield from self._walk(each, depth + 1, state)
        elif isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
            yield from self._dictionary(value, depth, state)

    def _dictionary(self, value: Any, depth: int, state: str) -> Iterator[Found]:
        if value.is_indirect and value.objgen in self.auto:
            state = "auto"
        elif value.is_indirect and value.objgen in self.actions:
            state = "action"
        kind, subtype = _name(value, "/Type"), _name(value, "/Subtype")
        yield from self._action(value, kind, state)
        yield from self._annotation(value, kind, subtype)
        yield from self._specification(value, kind)
        if subtype == "/PS":
            yield Found("pdf-postscript", "/PS")
        if kind == "/Sig" or "/ByteRange" in value:
            yield Found("pdf-validation", _name(value, "/SubFilter"))
        known = {"/Catalog": CATALOG, "/Page": PAGE}.get(kind)
        for key, each in value.items():
            if known and key not in known and key not in _KEYS:
                yield Found("pdf-unknown-key", f"{kind} {key}")
            yield from self._key(value, key, each, kind)
            if isinstance(each, pikepdf.Object) and each.is_indirect:
                continue
            inside = "auto" if key in _TRIGGERS or (state == "auto" and key == "/Next") else ""
            if state == "events":
                inside = "auto"
            elif key in _WITH_ACTIONS and not inside:
                inside = state or "action"
            if key == "/AA" or (state == "auto" and "/S" not in value):
                inside = "events" if key == "/AA" else "auto"
            yield from self._walk(each, depth + 1, inside)

    def _action(self, value: Any, kind: str, state: str) -> Iterator[Found]:
        action = _name(value, "/S")
        if state not in ("auto", "action"):
            told = kind == "/Action" or (action == "/JavaScript" and "/JS" in value)
            if told and action in ("/JavaScript", "/Launch", "/ImportData", "/Rendition"):
                state = "action"
            elif told and action != "/GoTo":
                yield Found("pdf-dormant-action", f"{action} {_text(value, '/URI', '/F')}")
                return
        if not action or state not in ("auto", "action") or action == "/GoTo":
            return
        quote = _text(value, "/URI", "/JS", "/F", "/N", "/Win", "/T") or action
        if state == "auto":
            yield Found(_AUTO.get(action) or _ACTIONS.get(action, "pdf-unknown-action"), quote)
            yield Found("pdf-open-action", action)
        else:
            yield Found(_ACTIONS.get(action, "pdf-unknown-action"), quote)
            if action == "/URI" and tracks(quote):
                yield Found("tracking-link", quote)

    def _annotation(self, value: Any, kind: str, subtype: str) -> Iterator[Found]:
        if kind != "/Annot" and not ("/Rect" in value and subtype):
            return
        if vector := _PLACES.get(f"annotation:{subtype}"):
            yield Found(vector, subtype)
        elif subtype not in ANNOTATIONS:
            yield Found("pdf-unknown-annotation", subtype)

    def _specification(self, value: Any, kind: str) -> Iterator[Found]:
        """Yield files elsewhere: specifications of files, and streams whose content is in another file."""
        if isinstance(value, pikepdf.Stream) and "/F" in value:
            yield Found("pdf-stream-file", _text(value, "/F"))
        elif _name(value, "/FS") == "/URL":
            yield Found("pdf-file-address", _text(value, "/F", "/UF"))
        elif kind in ("/Filespec", "/F") or "/EF" in value:
            path = _text(value, "/UF", "/F", "/DOS", "/Unix", "/Mac")
            if path.startswith(("\\\\", "//")) or _WEB.match(path):
                yield Found("pdf-file-network", path)

    def _key(self, owner: Any, key: str, value: Any, kind: str) -> Iterator[Found]:
        if key in _KEYS and not (key in ("/AA", "/Ref", "/IDS", "/CO", "/OFF", "/RH") and not _is_filled(value)):
            if key in ("/RC", "/RV"):
                yield from self._rich_text(value)
            elif (key != "/JavaScript" or isinstance(value, pikepdf.Dictionary)) and (
                key != "/Ref" or (isinstance(value, pikepdf.Dictionary | pikepdf.Stream) and "/F" in value)
            ):
                yield Found(_KEYS[key], f"{kind} {key}".strip())
        elif key == "/Base" and isinstance(value, pikepdf.String):
            yield Found("pdf-base-address", _plain(value))
        elif isinstance(value, pikepdf.String) and key not in QUIET and _WEB.match(_plain(value)):
            yield Found("pdf-address-elsewhere", f"{key} {_plain(value)}")

    def _rich_text(self, value: Any) -> Iterator[Found]:
        data = value.read_bytes() if isinstance(value, pikepdf.Stream) else _plain(value).encode("utf-8", "replace")
        for found in self.scope.nested(data, "application/xhtml+xml"):
            if found.vector != "broken-document":
                yield Found("pdf-rich-text", found.quote)

    # --- the file as a whole ------------------------------------------------------------------------------------------

    def _about(self) -> Iterator[Found]:
        info = self.pdf.trailer.get("/Info")
        for key, value in info.items() if isinstance(info, pikepdf.Dictionary) else ():
            if _USER.search(_plain(value)):
                yield Found("pdf-user-path", f"{key} {_plain(value)}")
            elif key not in INFO and _plain(value).strip():
                yield Found("pdf-info", f"{key} {_plain(value)}")
        metadata = self.pdf.Root.get("/Metadata")
        if isinstance(metadata, pikepdf.Stream):
            text = metadata.read_bytes()[: 1 << 20]
            if b"xmpMM:History" in text or b"stRef:filePath" in text or b"xmpMM:Ingredients" in text:
                yield Found("pdf-history", "xmpMM:History", object=metadata.objgen[0])
            if match := _USER.search(text.decode("utf-8", "replace")):
                yield Found("pdf-user-path", match[0], object=metadata.objgen[0])
        for name, attached in self.pdf.attachments.items():
            data = attached.get_file().read_bytes()
            inside = Scope(f"{self.scope.entry}/{name}".lstrip("/"), None, self.scope.depth, self.scope.judge)
            yield from inside.nested(data, attached.get_file().mime_type or "")


def _name(value: Any, key: str) -> str:
    found = value.get(key)
    return _plain(found) if isinstance(found, pikepdf.Name) else ""


def _plain(value: pikepdf.Object) -> str:
    """Return a name or a text; a name that is not in UTF-8 as it is written in a file."""
    try:
        return str(value)
    except UnicodeDecodeError:
        return value.unparse().decode("latin-1")


def _text(value: Any, *keys: str) -> str:
    """Return the first text under some keys, also that of a file's specification."""
    for key in keys:
        found = value.get(key)
        if isinstance(found, pikepdf.String | pikepdf.Name):
            return _plain(found)
        if isinstance(found, pikepdf.Dictionary):
            return _text(found, "/UF", "/F")
        if isinstance(found, pikepdf.Stream):
            return bytes(found.read_bytes()[:200]).decode("utf-8", "replace")
    return ""


def _is_filled(value: Any) -> bool:
    return not isinstance(value, pikepdf.Array | pikepdf.Dictionary) or len(value) > 0
