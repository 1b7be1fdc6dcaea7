"""PDF: every object of the file, whether or not a page leads to it, and every earlier revision (pikepdf).

Names are compared as the parser reads them, so that `/J#61vaScript` is one, also in object streams and encrypted files.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pikepdf

from convert.audit.found import Found, Scope
from convert.audit.kinds import kind_of
from convert.audit.pdf_names import ANNOTATIONS, CATALOG, INFO, PAGE, QUIET
from convert.audit.target import Kind, target, tracks
from convert.audit.vector import places

_PLACES = places("pdf")
_KEYS = {at[4:]: name for at, name in _PLACES.items() if at.startswith("key:/") and at.count("/") == 1}
_ACTIONS = {at[7:]: name for at, name in _PLACES.items() if at.startswith("action:/")}
_AUTO = {at[5:]: name for at, name in _PLACES.items() if at.startswith("auto:/")}
_NAME = re.compile(rb"/[^\s/<>()\[\]{}%]+")
_ADDRESS = re.compile(rb"(?i)(?:https?|ftp|file|smb|mailto):/?/?|//|\\\\\\\\")
_WEB = re.compile(r"(?i)\s*(?:https?|ftp|file|smb|wss?)://|\\\\|//")
_USER = re.compile(r"(?i)[A-Z]:\\Users\\|/home/[^/\s]+/|/Users/[^/\s]+/|file:///[^\s]")
_TRIGGERS = frozenset({"/OpenAction", "/AA", "/NA"})
_WITH_ACTIONS = frozenset({"/A", "/PA", "/Next"})
_FILES = ("/UF", "/F", "/DOS", "/Unix", "/Mac")
"""Keys of a file's specification that hold its path."""
_TYPES = {
    "html": "text/html",
    "xhtml": "application/xhtml+xml",
    "svg": "image/svg+xml",
    "css": "text/css",
    "pdf": "application/pdf",
    "markdown": "text/markdown",
    "json": "application/json",
    "text": "text/plain",
}
"""Type by which an attached file is judged, of those that its name says."""
_PAIRED = frozenset({"/Names", "/Limits", "/Kids", "/Nums"})
"""Keys of trees, whose texts are names."""
_PROLOGUE = re.compile(r"<!(?:DOCTYPE|ENTITY)[^>]*|<\?xml-stylesheet[^>]*", re.I)
_WATCHED = frozenset(
    {key.encode() for key in (*_KEYS, *_TRIGGERS, *_WITH_ACTIONS, "/URI", "/FS", "/JS", "/Launch", "/Action", "/Annot")}
    | {key.encode() for key in (*_FILES, "/BaseState", "/ViewState", "/Subtype2", "/FontMatrix", "/Metadata")}
    | {
        b"/Filespec",
        b"/PS",
        b"/Catalog",
        b"/Page",
        b"/Annots",
        b"/SubmitForm",
        b"/GoToR",
        b"/Sig",
        b"/Base",
    }
)
_END = re.compile(rb"startxref\s+(\d{1,18})\s*(?:%%EOF)?")
SHORT = 16
"""Most bytes after the end of a file that say nothing."""
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
    begin = data.find(b"%PDF-", 0, 1024)
    if data[: max(begin, 0)].strip(b"\xef\xbb\xbf \t\r\n"):
        yield Found("pdf-broken", f"{begin} bytes before %PDF", entry=scope.entry)
    ends = list(_END.finditer(data))
    if ends and len(data[ends[-1].end() :].strip(b"\0\x1a\t\r\n ")) > SHORT:
        yield Found("pdf-hidden-bytes", f"{len(data) - ends[-1].end()} bytes at the end", entry=scope.entry)
    earlier = [match for match in ends[:-1] if int(match[1])]  # the first of a linearized file is 0
    if earlier:
        yield Found("pdf-earlier-revision", f"{len(earlier)} before the last", entry=scope.entry)
    for end in (match.end() for match in ends[:-1][-REVISIONS:]):
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
            warnings = [each for each in pdf.get_warnings() if "Resources is missing" not in str(each)]
            if warnings:
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
            entry = each.entry or self.scope.entry
            yield Found(each.vector, each.quote[:200], each.line, each.column, entry, each.object or number)

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
        if "/EF" in value:
            yield from self._attached(value)
        if "/PS" in (subtype, _name(value, "/Subtype2")):
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
        if not action and state in ("auto", "action") and ("/S" in value or "/JS" in value):
            yield Found("pdf-unknown-action", _text(value, "/S", "/JS"))
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
            if action == "/URI" and target(quote, self.scope).kind is Kind.SCRIPT:
                yield Found("script-link", quote)

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
        elif "/S" not in value or _name(value, "/S") == "/MCD":
            keys = _FILES if "/S" not in value else ("/D",)
            paths = (_plain(value[key]) for key in keys if isinstance(value.get(key), pikepdf.String))
            yield from (Found("pdf-file-network", path) for path in paths if _WEB.match(path))

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
        elif key in ("/BaseState", "/ViewState") and _name(owner, key) == "/OFF":
            yield Found("pdf-hidden-layer", key)
        elif key == "/Metadata" and isinstance(value, pikepdf.Stream):
            yield from _metadata(value)
        elif key == "/FontMatrix" and any(isinstance(each, pikepdf.Object) for each in _parts(value)):
            yield Found("pdf-broken", key)
        elif key not in QUIET and key not in _PAIRED:
            texts = (_plain(each) for each in (value, *_parts(value)) if isinstance(each, pikepdf.String))
            yield from (Found("pdf-address-elsewhere", f"{key} {each}") for each in texts if _WEB.match(each))

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
            text = _text_of(metadata)
            if "xmpMM:History" in text or "stRef:filePath" in text or "xmpMM:Ingredients" in text:
                yield Found("pdf-history", "xmpMM:History", object=metadata.objgen[0])
            if match := _USER.search(text):
                yield Found("pdf-user-path", match[0], object=metadata.objgen[0])

    def _attached(self, value: Any) -> Iterator[Found]:
        """Yield what is found in the files that a specification holds, by their types and by their names."""
        held = value.get("/EF")
        names = {_plain(value[key]) for key in _FILES if isinstance(value.get(key), pikepdf.String)}
        streams = {each.objgen: each for _, each in held.items()} if isinstance(held, pikepdf.Dictionary) else {}
        for stream in streams.values():
            if not isinstance(stream, pikepdf.Stream):
                continue
            data = stream.read_bytes()
            guessed = {_TYPES.get(kind_of(data[:4096], name), "") for name in names}
            types = {*guessed, _name(stream, "/Subtype").lstrip("/")} - {""} or {""}
            inside = Scope(
                f"{self.scope.entry}/{min(names, default='')}".strip("/"), None, self.scope.depth, self.scope.judge
            )
            for each in sorted(types):
                yield from inside.nested(data, each)


def _parts(value: Any) -> list[Any]:
    return list(value) if isinstance(value, pikepdf.Array) else []


def _metadata(stream: pikepdf.Stream) -> Iterator[Found]:
    """Yield definitions and style sheets of metadata, which programs that read XML may load."""
    for match in _PROLOGUE.finditer(_text_of(stream)):
        yield Found("xml-stylesheet" if match[0][1] == "?" else "xml-entity", match[0])


def _text_of(stream: pikepdf.Stream) -> str:
    data = stream.read_bytes()[: 1 << 20]
    wide = next((each for each in ("utf-16-le", "utf-16-be") if "<".encode(each) in data[:8]), "utf-8")
    return data.decode(wide, "replace")


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
