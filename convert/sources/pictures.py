"""References to files that are kept beside a page in one file, such as its pictures."""

import hashlib
import html
import re
from collections.abc import Iterator

from convert.late import late_pattern

_REFERENCE = late_pattern(
    r"""(?<=[\s"'])(?:[\w:-]{0,30}[-:])?(?:src|data|poster|href)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.I
)
MAX_REFERENCES = 20_000
"""Most references of a page that are looked up."""


def references(page: str) -> Iterator[str]:
    """Yield the references of a page to files, as its parser will see them.

    >>> list(references('<img src="a.png?b&amp;c"><p data-src=\\'cid:x@y\\'><image xlink:href="b.png"/>'))
    ['a.png?b&c', 'cid:x@y', 'b.png']
    """
    for number, match in enumerate(_REFERENCE.finditer(page)):
        if number >= MAX_REFERENCES:
            return
        if value := (match[1] or match[2] or match[3] or ""):
            yield html.unescape(value)


def content_address(data: bytes) -> str:
    """Return the address of a picture that has none: it names its bytes, and leads nowhere.

    >>> content_address(b"")[:20]
    'sha256:e3b0c44298fc1'
    """
    return f"sha256:{hashlib.sha256(data).hexdigest()}"
