"""Pages damaged at random, as editors, programs and bad luck damage them: lines cut, tags lost, odd characters."""

import random
from collections.abc import Callable

TAGS = (
    "<!--", "-->", "<!-- x -->", "<!-- > -->", "<p>", "</p>", " <p>\n", "\n </p>\n", "<p/>", "<div>",
    "</div>", "<br>", "<br/>", "<br/>\n<br/>", "</br>", "<b>", "</b>", "<strong>", "</strong>",
    "<em>\n x\n</em>", "<b></b>", "<b> </b>", "<i>x</b>", "<strong><em>x</em></strong>", "<a>", "</a>",
    '<a href="https://e.example/">', '<a href="">x</a>', '<a href="#x">x</a>', "<a href=x>x</a>",
    '<a name="x">x</a>', '<ok href="https://e.example/?a=1&amp;b=2">x</ok>', '<ok href=" #x">x</ok>',
    '<ok href="javascript:x">x</ok>', '<a href="/x" href="/y">x</a>', "<h2>", "</h2>", " <h4>\n </h4>\n",
    " <h2>\n  x\n </h2>\n", " <h3>\n  <b>\n   \u3000\n  </b>\n </h3>\n", "<h4>x</h5>", '<img src="/x.jpg"/>',
    '<img alt="x"/>', '<img src=""/>', '<img src="/x.jpg" width="1" height="1"/>', "<figure>", "</figure>",
    "<figcaption>", "<hr/>", "<table>", "<tr><td>x", "<ul><li>x", "<q>x</q>", "<pre>", "<script>",
    "</script>", "<style>p {display: none}</style>", "<template>", "<noscript>", "<title>", "<textarea>",
    "<svg>", "<math>", "<iframe>", '<p style="display:none">', '<p hidden="">',
    '<p style="text-align: center">', '<span class="sr-only">x</span>', "<wbr/>", "<o:p>", "<x", "<", ">",
    "</", "<P>", "</P >", "<p\n>", "</strong\n>", "< p>",
)  # fmt: skip
TEXTS = (
    "&", "&nbsp;", "&nbsp", "&amp;", "&amp;lt;", "&amp;amp;nbsp;", "&lt;p&gt;", "&lt;b&gt;x&lt;/b&gt;",
    "&copy", "&copy=", "&NewLine;", "&#160;", "&#x3000;", "&#10;", "&zwnj;", "&ngE;", "&foo;", "\t", "\r",
    "\r\n", "\x0c", "\x00", "\x07", "\x85", "\u00a0", "\u200b", "\u2028", "\u3000", "\ufeff", "  ", "\n",
    "\n\n", "\\", "$x$", "$5", "&dollar;",
    "$5 &bsol;(x&bsol;)", "$ &dollar;&dollar;x=y&dollar;&dollar;", "$$", "\\(x\\)", "'", '"', "“",
    "…", "·", "⽂", "é", "e\u0301", "한국", "Paper ",
    "\n### x\n", "\n#### [首页](x)\n", "\n---\n", "# ", "\n# x", "订阅：https://e.example/", "责任编辑：",
    "（记者纸鸢报导）", "x" * 2100, '="#',
)  # fmt: skip
CHANGES = (
    ('"', "'"), ('"', ""), ("'", '"'), ("=", " = "), ("/>", ">"), ("<p>", "<p >"), (" <p>", "  <p>"),
    (" <p>", "<p>"), ("\n", " "), ("<ok ", "<a "), ("</ok>", "</a>"), ("</ok>", "</span>"), ("<ok ", "<OK "),
    ("href=", "name="), ("href=", 'rel="x" href='), ("src=", "data-src="),
    ("src=", 'srcset="/y.jpg 2x" src='), ("src=", 'hidden="" src='), ("alt=", 'alt="x" alt='),
    ("class=", "id="), ('class="', 'class="sr-only '), ('class="', 'class="lazy '), ("600x400", "1x1"),
    ("n96", "blank"), ("https://", "//"), ("https://", ""), ("width: 600px", "display: none"), ("0px", "1px"),
    ("caption", "captions"), ("strong", "b"), ("h4", "h2"), ("。", "。\n"), ("，", ", "),
    ("\n </p>\n", "\n </p>"), ("\n </p>", "\n  </p>"), ("begin -->", "begin --"), ("end -->", "end"),
    ("<div", "<section"), ("</p>", "</P>"),
)  # fmt: skip


def damaged(page: str, dice: random.Random) -> str:
    """Return a page with one to three damages."""
    for _ in range(dice.choice((1, 1, 1, 2, 3))):
        page = dice.choice(DAMAGES)(page, dice)
    return page


def _place(page: str, dice: random.Random) -> int:
    """Return a place: anywhere, at the beginning of a line, or at its end."""
    at = dice.randrange(len(page) + 1)
    line = page.find("\n", at) + 1
    return dice.choice((at, line, max(line - 1, 0)))


def _insert(page: str, dice: random.Random) -> str:
    at = _place(page, dice)
    return page[:at] + dice.choice(TAGS) + page[at:]


def _write(page: str, dice: random.Random) -> str:
    at = _place(page, dice)
    return page[:at] + dice.choice(TEXTS) + page[at:]


def _lose(page: str, dice: random.Random) -> str:
    at = dice.randrange(len(page) + 1)
    return page[:at] + page[at + dice.choice((1, 1, 2, 5, 30)) :]


def _lines(page: str, dice: random.Random) -> str:
    """Return a page with a line, or a block of lines, lost, twice, or in another place."""
    lines = page.split("\n")
    at, count, to = dice.randrange(len(lines)), dice.choice((1, 1, 2, 3, 4)), dice.randrange(len(lines))
    some = lines[at : at + count]
    match dice.randrange(4):
        case 0:
            lines[at : at + count] = []
        case 1:
            lines[at:at] = some
        case 2:
            lines[at : at + count] = []
            lines[to:to] = some
        case _:
            lines = lines[:at]
    return "\n".join(lines)


def _change(page: str, dice: random.Random) -> str:
    """Return a page with one occurrence of something written otherwise, or each."""
    old, new = dice.choice(CHANGES)
    found = page.count(old)
    if not found or dice.random() < 0.1:
        return page.replace(old, new)
    parts = page.split(old)
    at = dice.randrange(found) + 1
    return old.join(parts[:at]) + new + old.join(parts[at:])


def _wrap(page: str, dice: random.Random) -> str:
    """Return a page with some of its characters in an element."""
    at = _place(page, dice)
    end = at + dice.choice((1, 4, 20, 60))
    name = dice.choice(("b", "strong", "em", "i", "u", "p", "span", "center", "div", "blockquote", "li", "font", "s"))
    return f"{page[:at]}<{name}>{page[at:end]}</{name}>{page[end:]}"


DAMAGES: tuple[Callable[[str, random.Random], str], ...] = (
    _write,
    _write,
    _insert,
    _lose,
    _lines,
    _change,
    _change,
    _wrap,
)
