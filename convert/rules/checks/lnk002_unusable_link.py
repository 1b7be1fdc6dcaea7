"""LNK002 unusable-link

## What it finds
A link that cannot lead anywhere: malformed, empty, to a file of somebody's own computer (`file:`), or with a scheme
that does something else than link (`javascript:`, `blob:`, `data:`); one without its scheme (`example.org/a`), with
two of them (`http://https://…`), or in quotation marks; one with `<`, `>` or a line end in it.

## Why it matters
At best it does nothing; at worst it runs code.

## Fix
Where there is no doubt what was meant, the address is written as it should be.  Elsewhere the text stays, the link
goes; its address is listed.
"""

from msgspec.structs import replace

from convert.model import Link
from convert.rules.rule import Context, Rule
from convert.urls import garbled, linkable, meant, resolve


def check(link: Link, context: Context) -> str | None:
    target = link.target
    if not target or not link.children or (target.startswith("#") and len(target) > 1):
        return None
    if linkable(target) and resolve(target, "") and not garbled(target):
        return None
    if whole := meant(target):
        return f"link {target} leads nowhere; it should be {whole}"
    return f"link {target} cannot be followed; href should be an address on the web"


def fix(link: Link, context: Context) -> Link:
    return replace(link, target=meant(link.target))


RULE = Rule("LNK002", "unusable-link", "warning", __doc__, on=(Link,), check=check, fix=fix)
