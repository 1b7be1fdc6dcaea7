"""Addresses of pictures that are shown until a script loads others."""

import re

from convert.late import late_pattern
from convert.text import HTML_SPACE

LONGEST = 1000
"""Longest address of a placeholder, in characters; a longer `data:` address is a picture."""
_NOWHERE = late_pattern(r"data:|about:|javascript:|#", re.I)
_PLACEHOLDER = late_pattern(
    r"(?:^|[/_-])(?:white|blank|spacer|placeholder|loading|lazy|grey|gray|transparent|1x1)[^/]*$", re.I
)
"""The end of the address of a picture that holds a place, from its last slash."""


def is_placeholder(address: str) -> bool:
    """Return True if an address is empty or that of a picture that is shown until a script loads another one."""
    address = address.strip(HTML_SPACE)
    if not address or len(address) > LONGEST:
        return not address
    path = address.partition("?")[0]
    return bool(_NOWHERE.match(path) or _PLACEHOLDER.search(path, max(0, path.rfind("/"))))
