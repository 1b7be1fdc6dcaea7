"""Character data and attributes of XML."""

from convert.late import late_pattern

NOT_XML = late_pattern("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML 1.0 does not allow."""
_ADDRESS = late_pattern(r"https?://[^\s<>]+")
_SLASH = late_pattern("(?<!/)/(?=[^/])")


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


def broken(html: str) -> str:
    """Return text of XML in which a line may break behind each slash of an address but those of `//`.

    >>> broken("see https://a.example/b/c")
    'see https://a.example/<wbr/>b/<wbr/>c'
    """
    return _ADDRESS.sub(lambda match: _SLASH.sub("/<wbr/>", match[0]), html)
