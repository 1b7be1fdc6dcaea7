"""Names that documents may use and that are known to load, run and reveal nothing by themselves (known.toml).

They are those of HTML, SVG 1.1 and 2, MathML and ARIA, in lower case.  Names that hold an address, a style or a script
are not there but in the table of vectors; a name that is in neither is a finding, because nobody knows what it does.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files

_KNOWN: Mapping[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in tomllib.loads(files("convert.audit").joinpath("known.toml").read_text("utf-8")).items()
}


ELEMENTS = _KNOWN["elements"]
"""Elements that are known; those of them that load or run something do so by attributes or in the table."""

INERT = _KNOWN["inert"]
"""Attributes that are known to hold neither an address, nor a style, nor a script."""

INERT_PREFIXES = ("data-", "aria-", "xmlns:", "epub:", "ibooks:", "inkscape:", "sodipodi:", "rdf:", "cc:", "dc:")
"""Beginnings of such attributes; the table names the few of them that reveal something."""

STYLED = _KNOWN["styled"]
"""Attributes whose values are CSS."""

RELATIONS = _KNOWN["relations"]
"""Relations of `<link>` that a program follows only when a person asks for it."""

HEADERS = _KNOWN["headers"]
"""Names of `<meta http-equiv>` that make the browser load nothing."""

SCRIPTS = _KNOWN["scripts"]
"""Types of scripts that browsers run."""

DATA_BLOCKS = _KNOWN["data_blocks"]
"""Types of `<script>` that hold data, which no browser runs."""

PUBLIC = (
    "-//W3C//",
    "-//IETF//",
    "-//NISO//",
    "-//WAPFORUM//",
    "ISO/IEC 15445:",
    "-//OEB",
    "+//ISBN 0-9673008-1-9//",
    "-//Apple",
)
"""Beginnings of public identifiers of document types that programs know without loading them."""

DEFINITIONS = tuple(
    f"{scheme}://{host}/"
    for scheme in ("http", "https")
    for host in ("www.w3.org", "www.idpf.org", "www.daisy.org", "openebook.org", "www.apple.com", "www.wapforum.org")
)
"""Beginnings of the addresses of those document types."""

NAMESPACES = {
    "": "",
    "http://www.w3.org/1999/xhtml": "",
    "http://www.w3.org/2000/svg": "",
    "http://www.w3.org/1998/Math/MathML": "",
    "http://www.w3.org/1999/xlink": "xlink:",
    "http://www.w3.org/XML/1998/namespace": "xml:",
    "http://www.idpf.org/2007/ops": "epub:",
    "http://www.w3.org/2001/10/synthesis": "ssml:",
    "http://apple.com/ibooks/html-extensions": "ibooks:",
    "http://www.w3.org/2001/XMLSchema-instance": "xsi:",
    "http://www.inkscape.org/namespaces/inkscape": "inkscape:",
    "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd": "sodipodi:",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
    "http://creativecommons.org/ns#": "cc:",
    "http://web.resource.org/cc/": "cc:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://www.w3.org/2001/XInclude": "xi:",
    "http://www.w3.org/1999/XSL/Transform": "xsl:",
}
"""Prefix for the names of each namespace; those of HTML, SVG and MathML have none."""
DESCRIBING = ("rdf:", "cc:", "dc:", "sodipodi:", "inkscape:")
"""Prefixes of elements that describe a document."""

FUNCTIONS = _KNOWN["functions"]
"""Functions of CSS, and of its selectors, that load nothing."""

AT_RULES = _KNOWN["at_rules"]
"""Rules of CSS that are known."""
