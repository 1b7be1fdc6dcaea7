"""Character data and attributes of XML."""

import re

NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow."""


def text(value: str) -> str:
    """Return `value` as character data of XML 1.0.

    >>> text("a < b & c")
    'a &lt; b &amp; c'
    """
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value if value.isprintable() else NOT_XML.sub("", value)


def attribute(value: str) -> str:
    """Return `value` as the value of an XML attribute in double quotes."""
    value = text(value).replace('"', "&quot;")
    return value if value.isprintable() else value.replace("\n", "&#10;").replace("\r", "&#13;").replace("\t", "&#9;")
