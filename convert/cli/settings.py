"""Settings from `convert.toml` or `pyproject.toml`: where the file is, what may stand in it, what is wrong."""

import json
import os
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from convert.cli.common import LEVELS
from convert.codec import article_json
from convert.control import Control
from convert.control.codes import UnknownCode, codes, near
from convert.control.paths import PatternError, Table, check
from convert.errors import UsageError
from convert.model import Level
from convert.readers import READERS

SCHEMA_NAME = "settings.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:settings:1"

Words = tuple[Annotated[str, Meta(min_length=1)], ...]
Select = Annotated[
    Annotated[Words, Meta(min_length=1)] | msgspec.UnsetType,
    Meta(
        title="Select",
        description="The rules that are told: codes, families or names. Without it, all.",
        examples=[["SRC", "LNK002", "empty-body"]],
    ),
]
Ignore = Annotated[
    Words,
    Meta(
        title="Ignore",
        description="The rules that are not told, whatever is selected: codes, families or names.",
        examples=[["TXT", "relative-link"]],
    ),
]
Threshold = Annotated[
    Level | msgspec.UnsetType,
    Meta(title="Level", description="Findings of this level and above are told.", examples=["info"]),
]


class PerPath(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """What differs for the documents that the patterns name."""

    path: Annotated[
        Words,
        Meta(
            min_length=1,
            title="Path",
            description="Patterns as in .gitignore, from the folder of the settings.",
            examples=[["pages/old/", "*.html"]],
        ),
    ]
    select: Select = msgspec.UNSET
    ignore: Ignore = ()
    level: Threshold = msgspec.UNSET


class File(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Settings of `convert validate`."""

    select: Select = msgspec.UNSET
    ignore: Ignore = ()
    level: Threshold = msgspec.UNSET
    strict: Annotated[
        bool | msgspec.UnsetType,
        Meta(title="Strict", description="Whether warnings count as errors.", examples=[True]),
    ] = msgspec.UNSET
    base_url: Annotated[
        Annotated[str, Meta(pattern="^https?://")] | msgspec.UnsetType,
        Meta(
            title="Base URL",
            description="Address of the source root in its mirror.",
            examples=["https://github.com/OWNER/epoch-news/blob/master/"],
        ),
    ] = msgspec.UNSET
    from_: Annotated[
        str | msgspec.UnsetType,
        Meta(
            title="From",
            description="Form of the documents; without it each tells its own.",
            examples=["markdown"],
            extra_json_schema={"enum": sorted(READERS)},
        ),
    ] = msgspec.field(default=msgspec.UNSET, name="from")
    cache: Annotated[
        Annotated[str, Meta(min_length=1)] | msgspec.UnsetType,
        Meta(
            title="Cache",
            description="Folder for what was found, so that only what changed is looked at again; from that of the "
            "settings.",
            examples=[".convert-cache"],
        ),
    ] = msgspec.UNSET
    per_path: Annotated[
        tuple[PerPath, ...],
        Meta(
            title="Per path",
            description="What differs by path; of two that name a document, the later wins.",
            examples=[[{"path": ["pages/old/"], "ignore": ["TXT"]}]],
        ),
    ] = ()


class SettingsError(UsageError):
    """A settings file that cannot be taken, with every fault that it has."""

    def __init__(self, path: str, faults: Iterable[str]) -> None:
        super().__init__("\nconvert: ".join(f"{path}: {fault}" for fault in faults))


class Found(Struct, frozen=True):
    """Settings and the file that they come from; no file, no settings."""

    path: str = ""
    file: File = msgspec.field(default_factory=File)

    def defaults(self) -> dict[str, Any]:
        """What the file says instead of the command line's own defaults, by the names of its options."""
        file = self.file
        given = {"level": file.level, "strict": file.strict, "base_url": file.base_url, "from_": file.from_}
        if file.cache is not msgspec.UNSET:
            given["cache"] = os.path.join(os.path.dirname(self.path), file.cache)
        return {name: value for name, value in given.items() if value is not msgspec.UNSET}

    def control(self, select: list[str], ignore: list[str], *, levels: bool = True) -> Control:
        """What is told, with the command line's words on top: its `select` puts aside every `select` and `ignore` of
        the file, its `ignore` is added; without `levels` the levels by path are put aside too."""
        file, more = self.file, codes(ignore)
        tables = tuple(
            Table(
                each.path,
                None if select or each.select is msgspec.UNSET else codes(each.select),
                frozenset() if select else codes(each.ignore),
                each.level if levels and each.level is not msgspec.UNSET else None,
            )
            for each in file.per_path
        )
        if select:
            return Control(codes(select), more, tables, os.path.dirname(self.path))
        chosen = None if file.select is msgspec.UNSET else codes(file.select)
        return Control(chosen, codes(file.ignore) | more, tables, os.path.dirname(self.path))


# --- where the file is -----------------------------------------------------------------------------------------------


def find(folder: str) -> Found:
    """The settings of the nearest folder that has some, from `folder` up to the root of its git repository; outside of
    any repository those of `folder` alone.  `convert.toml` goes before `pyproject.toml`."""
    for each in _upwards(os.path.abspath(folder)):
        for name in ("convert.toml", "pyproject.toml"):
            path = os.path.join(each, name)
            if os.path.isfile(path) and (found := load(path, needed=False)):
                return found
    return Found()


def _upwards(folder: str) -> list[str]:
    folders = [folder]
    while not os.path.exists(os.path.join(folders[-1], ".git")):
        above = os.path.dirname(folders[-1])
        if above == folders[-1]:
            return [folder]
        folders.append(above)
    return folders


def load(path: str, *, needed: bool = True) -> Found | None:
    """The settings in a file; None where it is a `pyproject.toml` that has none, unless they are `needed`.

    Raises:
        SettingsError: it cannot be read, or something in it is wrong.
    """
    shown = os.path.relpath(path)
    shown = path if shown.startswith("..") else shown
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise SettingsError(shown, [f"cannot be read: {reason}; name a file, or say --isolated"]) from None
    project = os.path.basename(path) == "pyproject.toml"
    if project and not needed and b"convert" not in data:
        return None
    try:
        table: Any = tomllib.loads(data.decode("utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise _not_toml(shown, str(wrong), data) from None
    except RecursionError:
        raise SettingsError(shown, ["not TOML that can be read: too many brackets inside one another"]) from None
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise SettingsError(f"{shown}:{line}", ["not UTF-8; save the file as UTF-8"]) from None
    if project:
        tool = table.get("tool")
        table = tool.get("convert") if isinstance(tool, dict) else None
        if table is None:
            if needed:
                raise SettingsError(shown, ["there is no table [tool.convert]"])
            return None
    return Found(os.path.abspath(path), _typed(shown, table, "tool.convert" if project else ""))


def _not_toml(path: str, message: str, data: bytes) -> SettingsError:
    """The error of what is not TOML, with the place where reading stopped."""
    if place := re.search(r" \(at line (\d+), column (\d+)\)$", message):
        where = f"{path}:{place[1]}:{place[2]}"
        message = message[: place.start()]
    else:  # "(at end of document)"
        lines = data.count(b"\n") + 1
        where = f"{path}:{lines}"
    return SettingsError(where, [f"not TOML: {message[:1].lower()}{message[1:]}"])


# --- what may stand in it --------------------------------------------------------------------------------------------


def _typed(path: str, table: Any, above: str) -> File:
    """The settings of a table; the decoder says yes at once, only on a no does the schema explain."""
    faults: list[str] = []
    file = File()
    try:
        file = msgspec.convert(table, File)
    except msgspec.ValidationError as refused:
        faults += explain(table, above) or [str(refused)]
    else:
        if file.from_ is not msgspec.UNSET and file.from_ not in READERS:
            faults += explain(table, above)
    faults += _unknown_codes(table, above)
    faults += _bad_patterns(file, above)
    if faults:
        raise SettingsError(path, faults)
    return file


def explain(table: Any, above: str = "") -> list[str]:
    """Every fault of a table by the published schema: the path of the key, and what is wrong with it."""
    from jsonschema import Draft202012Validator  # costs 40 ms, for what most runs never need

    faults: dict[str, None] = {}
    told: set[str] = set()
    errors = Draft202012Validator(article_json.published(SCHEMA_NAME)).iter_errors(table)
    for error in sorted(
        errors, key=lambda each: ([str(part) for part in each.absolute_path], each.validator != "type")
    ):
        where = _key(above, error.absolute_path)
        if error.validator == "additionalProperties":
            known = sorted(error.schema["properties"])
            for key in (key for key in error.instance if key not in known):
                faults[f"{_key(where, [key])}: there is no such key; {_hint(key, known)}"] = None
        elif error.validator == "required":
            for key in (key for key in error.validator_value if key not in error.instance):
                faults[f"{where}: the key {key!r} is missing"] = None
        elif where not in told:  # what is no string is no known string either: the type speaks for both
            told.add(where)
            faults[f"{where or 'the file'}: {_reason(error, where)}"] = None
    return list(faults)


def _reason(error: Any, where: str) -> str:
    """What is wrong with the value of the key `where`, in a sentence."""
    value = error.instance
    match error.validator:
        case "type" if where.endswith("per-path"):
            return f"{_toml(value)} should be a list of tables; write [[{where}]] above each"
        case "minItems" if where.endswith("select"):
            return "must not be empty; name at least one rule, or leave the key out for all"
        case "type":
            return f"{_toml(value)} should be {_TYPES[error.validator_value]}"
        case "enum":
            return f"{_toml(value)} is not known; {_hint(str(value), error.validator_value)}"
        case "minLength" | "minItems":
            return "must not be empty"
        case "pattern":
            return f"{_toml(value)} should be an absolute http or https address"
    return str(error.message)


_TYPES = {
    "array": 'a list, such as ["LNK"]',
    "boolean": "true or false",
    "object": "a table",
    "string": "a string",
}


def _toml(value: Any) -> str:
    """A value as it stands in TOML, cut short."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, bool):
        return str(value).lower()
    shown = f'"{value}"' if isinstance(value, str) else str(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def _hint(word: str, known: Iterable[str]) -> str:
    known = list(known)
    meant = near(word.lower().replace("_", "-"), known)
    return f"did you mean {meant!r}?" if meant else f"choose one of: {', '.join(known)}"


def _key(above: str, parts: Iterable[Any]) -> str:
    """The path of a key as people write it.

    >>> _key("tool.convert", ["per-path", 0, "my key"])
    'tool.convert.per-path[0]."my key"'
    """
    path = above
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part if re.fullmatch(r'[A-Za-z0-9_-]+', part) else json.dumps(part, ensure_ascii=False)}"
    return path.lstrip(".")


def _unknown_codes(table: Any, above: str) -> Iterator[str]:
    """Words that name no rule, also in a table that has other faults."""
    tables: list[tuple[list[Any], Any]] = [([], table)] if isinstance(table, dict) else []
    more = table.get("per-path") if tables else None
    tables += [(["per-path", number], each) for number, each in enumerate(more if isinstance(more, list) else ())]
    for parts, each in tables:
        for name in ("select", "ignore"):
            words = each.get(name) if isinstance(each, dict) else None
            for number, word in enumerate(words if isinstance(words, list) else ()):
                try:
                    codes([word] if isinstance(word, str) and word else [])
                except UnknownCode as wrong:
                    yield f"{_key(above, [*parts, name, number])}: {wrong}"


def _bad_patterns(file: File, above: str) -> Iterator[str]:
    for table, each in enumerate(file.per_path):
        for number, pattern in enumerate(each.path):
            try:
                check(pattern)
            except PatternError:
                where = _key(above, ["per-path", table, "path", number])
                yield f"{where}: {_toml(pattern)} is no pattern of .gitignore; write \\[ and \\\\ for the characters"


@cache
def make_schema() -> dict[str, Any]:
    """The JSON Schema 2020-12 of a settings file, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([File], ref_template="#/$defs/{name}")
    for struct in definitions.values():  # msgspec gives the words of a Literal in the order of a set
        struct["properties"]["level"]["enum"] = list(LEVELS)
    definitions = msgspec.json.decode(msgspec.json.encode(definitions))  # defaults are tuples, in JSON lists
    top = definitions.pop("File")
    del top["required"]  # nothing is
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "title": "Settings",
        "$defs": definitions,
    }
