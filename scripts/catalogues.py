"""Gathers the ids of messages from the code into the catalogues, and compiles these.

`python scripts/catalogues.py` adds the ids that are new, drops those that no code names any more, writes each
convert/locale/LANGUAGE/LC_MESSAGES/convert.po in the order of the code, and compiles it beside.  With `--check` it
writes nothing, and ends with status 1 where something differs or a message has no words.
"""

import io
import string
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parents[1]
LOCALE = ROOT / "convert" / "locale"
LANGUAGES = ("en", "zh")

CLICK = frozenset(
    (
        "Choose from:\n\t{choices}",
        "Did you mean {possibility}?",
        "Error: {message}",
        "Got unexpected extra argument ({args})",
        "Invalid value for {param_hint}: {message}",
        "Invalid value: {message}",
        "Missing argument",
        "Missing option",
        "No such option {name!r}.",
        "Option {name!r} does not take a value.",
        "Option {name!r} requires an argument.",
        "Show the version and exit.",
        "Show this message and exit.",
        "Try '{command} {option}' for help.",
        "Usage:",
        "{value!r} is not {choice}.",
        "%(prog)s, version %(version)s",
    )
)
"""Messages of click that users of this program see; click has the gettext of the standard library translate them."""

CLICKS: dict[str, tuple[int, ...] | None] = {"_": None, "ngettext": (1, 2)}
"""click's names for the functions of gettext."""

KEYWORDS: dict[str, tuple[int, ...] | None] = dict.fromkeys(
    (
        "message",
        "translate",
        "UsageError",
        "ConvertError",
        "SourceError",
        "StoreError",
        "MissingError",
        "MissingExtraError",
        "DrawingError",
        "SigningError",
    )
)
"""The functions whose first argument is the id of a message."""


class _Catalog(Catalog):
    """A catalogue that looks the same whenever, and with whatever version of Babel, it is made."""

    mime_headers = [("Content-Type", "text/plain; charset=utf-8")]  # noqa: RUF012 -- a property in Babel


def gathered() -> Catalog:
    """Return the catalogue of all ids in the code, without words."""
    catalog = _Catalog(header_comment="")
    with redirect_stderr(io.StringIO()):  # Babel warns of each f-string in a call, also where it is no id
        found = list(extract_from_dir(ROOT / "convert", [("**.py", "python")], {}, KEYWORDS))
    for path, _, ids, comments, context in sorted(found, key=lambda each: (each[0], each[1])):
        catalog.add(ids, locations=[(f"convert/{path}", None)], auto_comments=comments, context=context)
    found = extract_from_dir(Path(click.__file__).parent, [("**.py", "python")], {}, CLICKS)
    for path, _, ids, _, _ in sorted(found, key=lambda each: (each[0], each[1])):
        if first(ids) in CLICK:
            catalog.add(ids, locations=[(f"click/{path}", None)])
    return catalog


def merged(language: str, ids: Catalog) -> Catalog:
    """Return the catalogue of a language with the words that it has now for each id of the code."""
    path = LOCALE / language / "LC_MESSAGES" / "convert.po"
    with path.open("rb") as file:
        known = read_po(file, locale=language)
    catalog = _Catalog(locale=language, header_comment="", fuzzy=False)
    catalog.mime_headers = [*_Catalog.mime_headers, ("Plural-Forms", catalog.plural_forms)]
    for each in ids:
        if each.id:
            words = known.get(each.id)
            catalog.add(each.id, words.string if words else "", locations=each.locations)
    return catalog


def wrong(language: str, catalog: Catalog) -> list[str]:
    """Return what is wrong with a catalogue, a line each: no words, or other arguments than in English."""
    lines = []
    for each in catalog:
        name = first(each.id)
        if not name:
            continue
        if not first(each.string):
            if language != "en" or is_short(name):
                lines.append(f"{language}: {name!r} has no words")
        elif language != "en" and name not in CLICK and arguments(first(each.string)) != arguments(english(name)):
            lines.append(f"{language}: {name!r} has other arguments than in English")
    missing = CLICK - {first(each.id) for each in catalog}
    return lines + [f"click does not say {name!r} any more" for name in sorted(missing)]


def first(words: str | Sequence[str]) -> str:
    """Return an id, or of one with a plural its singular."""
    return words if isinstance(words, str) else words[0]


def is_short(message_id: str) -> bool:
    """Return whether an id is one of a finding, such as `tracking-image`, and no English text."""
    return not set(message_id) - set(string.ascii_letters + string.digits + "-")


def english(message_id: str) -> str:
    """Return the English words of an id: those in the catalogue, or itself."""
    found = ENGLISH.get(message_id)
    return str(found.string) if found and found.string else message_id


def arguments(text: str) -> list[str]:
    """Return the names of the arguments in a text, sorted."""
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return the catalogue as text and compiled."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, omit_header=True, width=0, include_lineno=False)
    write_mo(compiled, catalog)
    return text.getvalue(), compiled.getvalue()


def main() -> int:
    """Write or check the catalogues; return the exit status."""
    check = sys.argv[1:] == ["--check"]
    ids, status = gathered(), 0
    for language in LANGUAGES:
        catalog = merged(language, ids)
        for line in wrong(language, catalog):
            print(line)
            status = 1
        for suffix, data in zip((".po", ".mo"), written(catalog), strict=True):
            path = LOCALE / language / "LC_MESSAGES" / f"convert{suffix}"
            if check and (not path.is_file() or path.read_bytes() != data):
                print(f"{path.relative_to(ROOT)} is not up to date: run `make catalogues`")
                status = 1
            elif not check:
                path.write_bytes(data)
    return status


with (LOCALE / "en" / "LC_MESSAGES" / "convert.po").open("rb") as file:
    ENGLISH = read_po(file, locale="en")

if __name__ == "__main__":
    raise SystemExit(main())
