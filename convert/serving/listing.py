"""The page that lists a folder without `index.html`."""

import base64
import hashlib
import os
from collections.abc import Iterable
from html import escape

from convert.messages import Language, message
from convert.serving.tree import Entry, address_of

STYLE = (
    ":root{color-scheme:light dark}"
    "body{max-width:50rem;margin:2rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif}"
    "h1{font-size:1.25rem;overflow-wrap:anywhere}table{width:100%;border-collapse:collapse}"
    "td,th{padding:.25rem .5rem;text-align:start;border-bottom:1px solid #8884;overflow-wrap:anywhere}"
    "td+td,th+th{text-align:end;white-space:nowrap;font-variant-numeric:tabular-nums}"
)
_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
POLICY = f"default-src 'none'; style-src 'sha256-{_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The list's own Content-Security-Policy: nothing but its style."""
NAME, SIZE, UP = message("Name"), message("Size"), message("the folder above")


def page(path: str, entries: Iterable[Entry], language: Language, *, is_root: bool) -> bytes:
    """Return the list of a folder as HTML; `path` is shown."""
    title = escape(_words(path))
    rows = "" if is_root else f'<tr><td><a href="../">../</a> ({escape(UP.text_in(language))})</td><td></td></tr>\n'
    for name, is_folder, size in entries:
        slash = "/" * is_folder
        link = f'<a href="{address_of(name)}{slash}">{escape(_words(name))}{slash}</a>'
        rows += f"<tr><td>{link}</td><td>{'' if is_folder else f'{size:,}'}</td></tr>\n"
    heads = "".join(f'<th scope="col">{escape(each.text_in(language))}</th>' for each in (NAME, SIZE))
    text = (
        f'<!DOCTYPE html>\n<html lang="{"zh-Hans" if language == "zh" else "en"}">\n<head>\n<meta charset="utf-8"/>\n'
        f'<meta name="viewport" content="width=device-width"/>\n<title>{title}</title>\n<style>{STYLE}</style>\n'
        f"</head>\n<body>\n<main>\n<h1>{title}</h1>\n<table>\n<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody>\n</table>\n</main>\n</body>\n</html>\n"
    )
    return text.encode()


def _words(name: str) -> str:
    """Return a name that need not be UTF-8 as text."""
    return os.fsencode(name).decode("utf-8", "replace")
