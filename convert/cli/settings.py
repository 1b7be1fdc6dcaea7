"""Settings from `convert.toml` or `pyproject.toml`: where the file is, what it may hold, what is wrong."""

import os
import re
from collections.abc import Iterable
from functools import cache
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from convert.cli.conversion import CHOOSING, Conversion
from convert.control import Control, profiles
from convert.control.codes import codes
from convert.control.levels import LevelOrOff
from convert.control.paths import PathSettings
from convert.errors import UsageError, reason
from convert.messages import Language, Message, message
from convert.model import LEVELS, Level
from convert.readers import READERS
from convert.text import utf8

SCHEMA_NAME = "settings.schema.json"
SCHEMA_ID = "urn:archive-convert:schema:settings:1"

Words = tuple[Annotated[str, Meta(min_length=1)], ...]
Select = Annotated[
    Annotated[Words, Meta(min_length=1)] | msgspec.UnsetType,
    Meta(
        title="Select",
        description="The rules to report: codes, families or names. Without it, all.",
        examples=[["SRC", "LNK002", "empty-body"]],
    ),
]
Ignore = Annotated[
    Words,
    Meta(
        title="Ignore",
        description="The rules not to report, even if selected: codes, families or names.",
        examples=[["TXT", "relative-link"]],
    ),
]
Threshold = Annotated[
    Level | msgspec.UnsetType,
    Meta(title="Level", description="Findings of this level and above are reported.", examples=["info"]),
]
Levels = Annotated[
    dict[Annotated[str, Meta(min_length=1)], LevelOrOff],
    Meta(
        title="Levels",
        description="Levels by rule; keys are codes, families or names. `off` ignores the rule.",
        examples=[{"LNK": "info", "LNK003": "error", "long-heading": "off"}],
    ),
]


class PerPath(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Settings for the documents that the patterns match."""

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


class ConfigFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="kebab"):
    """Settings of an archive.

    `from`, `base-url`, `addresses`, `url`, `mime` and `cache` are for all commands, a table for conversions; the rest
    is for `convert validate`."""

    select: Select = msgspec.UNSET
    ignore: Ignore = ()
    level: Threshold = msgspec.UNSET
    levels: Levels = {}
    profile: Annotated[
        str | msgspec.UnsetType,
        Meta(
            title="Profile",
            description="Levels that come with the program; `levels` takes precedence over them.",
            examples=["mirror"],
            extra_json_schema={"enum": list(profiles.PROFILES)},
        ),
    ] = msgspec.UNSET
    strict: Annotated[
        bool | msgspec.UnsetType,
        Meta(title="Strict", description="True to count warnings as errors.", examples=[True]),
    ] = msgspec.UNSET
    base_url: Annotated[
        Annotated[str, Meta(pattern="^https?://")] | msgspec.UnsetType,
        Meta(
            title="Base URL",
            description="Address of the source root in its mirror.",
            examples=["https://github.com/OWNER/epoch-news/blob/master/"],
        ),
    ] = msgspec.UNSET
    addresses: Annotated[
        Annotated[str, Meta(min_length=1)] | msgspec.UnsetType,
        Meta(
            title="Addresses",
            description="File of the documents' original addresses, from the folder of the settings.",
            examples=["addresses.tsv"],
        ),
    ] = msgspec.UNSET
    url: Annotated[
        Annotated[Words, Meta(min_length=1)] | msgspec.UnsetType,
        Meta(
            title="URL",
            description="Addresses of the records of web archives to take; `*` means any characters.",
            examples=[["press.example/2019/*"]],
        ),
    ] = msgspec.UNSET
    mime: Annotated[
        Annotated[Words, Meta(min_length=1)] | msgspec.UnsetType,
        Meta(
            title="MIME",
            description="Media types of the records of web archives to take.",
            examples=[["text/html"]],
        ),
    ] = msgspec.UNSET
    from_: Annotated[
        str | msgspec.UnsetType,
        Meta(
            title="From",
            description="Format of the documents; without it each is detected.",
            examples=["markdown"],
            extra_json_schema={"enum": sorted(READERS)},
        ),
    ] = msgspec.field(default=msgspec.UNSET, name="from")
    dialects: Annotated[
        Words | msgspec.UnsetType,
        Meta(
            title="Dialects",
            description="Files that describe mirrors, from the folder of the settings.",
            examples=[["night-paper.toml"]],
        ),
    ] = msgspec.UNSET
    cache: Annotated[
        Annotated[str, Meta(min_length=1)] | msgspec.UnsetType,
        Meta(
            title="Cache",
            description="Cache directory, from the folder of the settings; unchanged sources are not read again.",
            examples=[".convert-cache"],
        ),
    ] = msgspec.UNSET
    per_path: Annotated[
        tuple[PerPath, ...],
        Meta(
            title="Per path",
            description="Settings by path; if several match a document, the last one wins.",
            examples=[[{"path": ["pages/old/"], "ignore": ["TXT"]}]],
        ),
    ] = ()
    conversion: Annotated[
        Conversion,
        Meta(
            title="Conversion",
            description="Format, options and output of `convert --to`.",
            examples=[{"to": "epub", "output": "books", "split": "channel,month", "update": True}],
        ),
    ] = Conversion()


class SettingsError(UsageError):
    """Error for a settings file that cannot be used, with every fault that it has."""

    def __init__(self, path: str, faults: Iterable[Message]) -> None:
        self.faults = [message("{path}: {fault}", path=path, fault=fault) for fault in faults]
        super().__init__(self.faults[0])

    def text_in(self, language: Language) -> str:
        """Return the faults, a line each."""
        return "\nconvert: ".join(fault.text_in(language) for fault in self.faults)


class Found(Struct, frozen=True):
    """Settings and the file that they come from; no file, no settings."""

    path: str = ""
    file: ConfigFile = msgspec.field(default_factory=ConfigFile)

    def defaults(self, command: str) -> dict[str, Any]:
        """Return the defaults of the file in place of a command's own, by the names of its options."""
        file, folder = self.file, os.path.dirname(self.path)
        given: dict[str, Any] = {
            "base_url": file.base_url,
            "from_": file.from_,
            "urls": file.url,
            "mimes": file.mime,
        }
        if file.dialects is not msgspec.UNSET:
            given["dialects"] = [os.path.join(folder, each) for each in file.dialects]
        if file.cache is not msgspec.UNSET:
            given["cache"] = os.path.join(folder, file.cache)
        if file.addresses is not msgspec.UNSET:
            given["addresses"] = os.path.join(folder, file.addresses)
        if command in ("to", "run-shard", "finish"):
            given |= file.conversion.defaults(folder)
        elif command == "fetch":
            given |= {name: value for name, value in file.conversion.defaults(folder).items() if name in CHOOSING}
        else:
            given |= {"level": file.level, "profile": file.profile, "strict": file.strict}
        return {name: value for name, value in given.items() if value is not msgspec.UNSET}

    def control(self, select: list[str], ignore: list[str], profile: str = "", *, by_path: bool = True) -> Control:
        """Return what is reported when the command line comes on top.

        Its `select` replaces every `select` and `ignore` of the file and all rules that are off, and its `ignore` is
        added; without `by_path` the levels by path are left out.
        """
        file, more = self.file, codes(ignore)
        levels, off = profiles.levels_in_use(file.levels, profile)
        tables = tuple(
            PathSettings(
                each.path,
                None if select or each.select is msgspec.UNSET else codes(each.select),
                frozenset() if select else codes(each.ignore),
                each.level if by_path and each.level is not msgspec.UNSET else None,
            )
            for each in file.per_path
        )
        ignored = more if select else codes(file.ignore) | off | more
        chosen = codes(select) if select else None if file.select is msgspec.UNSET else codes(file.select)
        return Control(chosen, ignored, tables, os.path.dirname(self.path), levels)


# --- where the file is -----------------------------------------------------------------------------------------------


def find(folder: str) -> Found:
    """Return the settings of the nearest folder that has some, from `folder` up to the root of its git repository.

    Outside of any repository only `folder` counts.  `convert.toml` takes precedence over `pyproject.toml`.
    """
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
    """Return the settings in a file; None where it is a `pyproject.toml` that has none, unless they are `needed`.

    Raises:
        SettingsError: it cannot be read, or something in it is wrong.
    """
    shown = os.path.relpath(path) if path else repr(path)
    shown = path if shown.startswith("..") else shown
    try:
        with open(path, "rb") as file:
            data = utf8(file.read())
    except OSError as error:
        fault = message("cannot be read: {reason}; name a file, or add --isolated", reason=reason(error))
        raise SettingsError(shown, [fault]) from None
    project = os.path.basename(path) == "pyproject.toml"
    if project and not needed and b"convert" not in data:
        return None
    import tomllib  # where there is no such file, it would take as long to load as this module

    try:
        table: Any = tomllib.loads(data.decode("utf-8"))
    except tomllib.TOMLDecodeError as wrong:
        raise _not_toml(shown, str(wrong), data) from None
    except RecursionError:
        fault = message("not TOML: {reason}", reason=message("too many brackets inside one another"))
        raise SettingsError(shown, [fault]) from None
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise SettingsError(f"{shown}:{line}", [message("not UTF-8; save the file as UTF-8")]) from None
    if project:
        tool = table.get("tool")
        table = tool.get("convert") if isinstance(tool, dict) else None
        if table is None:
            if needed:
                raise SettingsError(shown, [message("there is no table [tool.convert]")])
            return None
    return Found(os.path.abspath(path), _typed(shown, table, "tool.convert" if project else ""))


def _not_toml(path: str, words: str, data: bytes) -> SettingsError:
    """Return the error for a file that is not TOML, with the place where the parser stopped and its words."""
    if place := re.search(r" \(at line (\d+), column (\d+)\)$", words):
        where = f"{path}:{place[1]}:{place[2]}"
        words = words[: place.start()]
    else:  # "(at end of document)"
        lines = data.count(b"\n") + 1
        where = f"{path}:{lines}"
    words = words[:1].lower() + words[1:]
    return SettingsError(where, [message("not TOML: {reason}", reason=words)])


# --- what may stand in it --------------------------------------------------------------------------------------------


def _typed(path: str, table: Any, above: str) -> ConfigFile:
    """Return the settings of a table; the decoder accepts at once, only a refusal is explained by the schema."""
    from convert.cli import faults  # many runs find no settings

    wrong: list[Message] = []
    file = ConfigFile()
    try:
        file = msgspec.convert(table, ConfigFile)
    except msgspec.ValidationError as refused:
        wrong += faults.by_schema(table, above, SCHEMA_NAME) or [Message(str(refused))]
    else:
        known = (file.from_ or next(iter(READERS))) in READERS and (file.profile or "mirror") in profiles.PROFILES
        if not known or file.conversion.unknown():
            wrong += faults.by_schema(table, above, SCHEMA_NAME)
    wrong += faults.unknown_codes(table, above)
    wrong += faults.bad_patterns([each.path for each in file.per_path], above)
    if wrong:
        raise SettingsError(path, wrong)
    return file


@cache
def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of a settings file, made from the declarations above."""
    (_,), definitions = msgspec.json.schema_components([ConfigFile], ref_template="#/$defs/{name}")
    for struct in definitions.values():  # msgspec gives the words of a Literal in the order of a set
        if "level" in struct["properties"]:
            struct["properties"]["level"]["enum"] = list(LEVELS)
        if "levels" in struct["properties"]:
            struct["properties"]["levels"]["additionalProperties"]["enum"] = [*LEVELS, "off"]
    definitions = msgspec.json.decode(msgspec.json.encode(definitions))  # defaults are tuples, in JSON lists
    top = definitions.pop("ConfigFile")
    del top["required"]  # nothing is
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "title": "Settings",
        "$defs": definitions,
    }
