"""Any article that the schema takes: made from the model's own declarations, with hostile values in every text.

Unlike those of `helpers.strategies`, these articles are not settled as readers leave them: nothing but the schema holds
for them.  They are made from a number instead of drawn by Hypothesis, which gives large ones too rarely.
"""

import string
from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from msgspec import inspect

from convert.model import MAX_DEPTH, Article

UNSEEN = ("\u200b", "\u3000", " \t\n ", "\x07\x1f", "\u2060\ufeff", "\u3164", "\u202e", "\u00ad", "\ufe0f", "\x81")
"""Texts of which nothing is to be seen."""
MARKUP = (
    "<b>&amp;",
    "]]>",
    "<!-- -->",
    "--",
    "\"'",
    "&#0;",
    "{0} %s",
    "\\",
    "a\x00b",
    "\ufffe\uffff",
    "\U0001fffe",
    "😀",
)
SCHEMES = ("https", "http", "ftp", "ftps", "mailto", "tel", "geo", "magnet", "javascript", "data", "file", "HTTPS", "")
SEPARATORS = (":", "://", ":/", ":///", "//", "\\\\", "#", "?", "")
PIECES = (
    *("[", "]", "#", "|", "^", " ", "%", "%zz", "%41", "%2e", "@", ":", "/", "//", "\\", "?", "..", "<", '"', "`", "{"),
    *(
        "纸",
        "😀",
        "\u0301",
        "\u200b",
        "\xad",
        "\u05d0",
        "ß",
        "。",
        "\x01",
        "\uffff",
        "\ue000",
        "a",
        "b=",
        "&",
        ";",
        "'",
    ),
    *("e.example", "user:pass@", ":80", ":99999", ":x", "[::1]", "1.2.3", "256.1.1.1", "xn--", "xn--a", "a" * 64, "."),
)
"""Parts of addresses: characters that have a meaning somewhere or are allowed nowhere, hosts, ports."""
NAMES = (
    *(
        "注一",
        "注二",
        "注",
        "sec 1",
        "sec:1",
        "sec_1",
        "sec-1",
        "sec.1",
        "SEC 1",
        "1",
        "..",
        "..20.",
        "a..b",
        "x-1",
        "-",
        "_",
    ),
    *("h-1", "%E6%B3%A8", "é", "e\u0301", "\u200b", '"', "<", "&", "#", "\x00", "\x01", "😀", "a" * 300, "contents"),
)
"""Identifiers, among them such as could be folded to the same."""
SECTIONS = (
    *(
        "",
        "a//b",
        "a/b",
        "a-b",
        "a b",
        "A",
        "a",
        "/",
        "//",
        ".",
        "..",
        "../x",
        "a/../b",
        "a.",
        ".a",
        "con",
        "NUL",
        "aux/x",
    ),
    *("纸", "墨", "\u200b", " ", "a" * 300, "a/2023-09", "%2e", "#", "?", "&", "<", '"', "\x00", "index/dates", "nav"),
)

WORDS = ("纸的历史", "paper", "The history of the paper and the press", "ㄓˇ", "عربي", "한글", "纸" * 40, "a" * 300)
SURROGATES = range(0xD800, 0xE000)


def article(number: int) -> Article:
    """Return the article of a number: any that the schema takes, and always the same."""
    made: Article = _Maker(Random(number)).struct(Article, NESTED)
    return made


def address(number: int) -> str:
    """Return the address of a number, which any of its characters may break."""
    return _Maker(Random(number)).address()


NESTED = MAX_DEPTH - 3
"""Deepest nesting; readers leave nothing deeper than `MAX_DEPTH`."""


class _Maker:
    """Maker of values of the types of the model, as msgspec describes them."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def struct(self, cls: type, depth: int) -> Any:
        return cls(
            **{
                field.name: self.field(field, depth)
                for field in _fields(cls)
                if field.required or field.name in ("body", "children", "caption") or self.random.random() < 0.5
            }
        )

    def field(self, field: inspect.Field, depth: int) -> Any:
        if field.name in FIELDS and not isinstance(_bare(field.type), inspect.VarTupleType):
            return FIELDS[field.name](self)
        return self.value(field.type, depth)

    def value(self, kind: inspect.Type, depth: int) -> Any:
        kind = _bare(kind)
        match kind:
            case inspect.StructType():
                return self.struct(kind.cls, depth - 1)
            case inspect.VarTupleType():
                most = 4 if depth > 0 or isinstance(_bare(kind.item_type), inspect.StrType) else 0
                return tuple(self.value(kind.item_type, depth) for _ in range(self.random.randint(0, most)))
            case inspect.UnionType():
                return self.value(self.random.choice(kind.types), depth)
            case inspect.LiteralType():
                return self.random.choice(kind.values)
            case inspect.StrType():
                return self.text() if kind.min_length or self.random.random() < 0.8 else ""
            case inspect.IntType():
                least = kind.ge or 0
                return self.random.choice((least, least + 1, kind.le or 2**63))
            case inspect.BoolType():
                return self.random.random() < 0.5
            case inspect.NoneType():
                return None
        raise AssertionError(f"a kind of type that the model did not have: {kind}")

    def text(self) -> str:
        texts = self.random.choice((UNSEEN, MARKUP, WORDS, WORDS, ("",)))
        return self.random.choice(texts) or "".join(map(self.character, range(self.random.randint(1, 9))))

    def character(self, _: int) -> str:
        code = self.random.choice((0x80, 0x800, 0x10000, 0x110000))
        while (char := self.random.randrange(code)) in SURROGATES:
            pass
        return chr(char)

    def address(self) -> str:
        """Return an address that any of its characters may break, or a place in the article."""
        pieces = "".join(self.random.choices(PIECES, k=self.random.randint(0, 6)))
        start = self.random.choice(SCHEMES) + self.random.choice(SEPARATORS)
        return self.random.choice((start + pieces, f"https://e.example/{pieces}", f"#{self.random.choice(NAMES)}"))

    def language(self) -> str:
        tags = [self.letters(string.ascii_letters + string.digits, 2, 8) for _ in range(self.random.randint(0, 2))]
        usual = self.random.choice(("zh-Hans", "zh-Hant", "en", "ar"))
        return self.random.choice((usual, "-".join((self.letters(string.ascii_lowercase, 2, 3), *tags))))

    def letters(self, among: str, least: int, most: int) -> str:
        return "".join(self.random.choices(among, k=self.random.randint(least, most)))

    def moment(self) -> str:
        year, *rest = (f"{self.random.randrange(100):02}" for _ in range(7))
        day = self.random.choice((f"{year}{rest[0]}-{rest[1]}-{rest[2]}", f"20{year}-0{self.random.randint(1, 9)}-15"))
        time = f"T{rest[3]}:{rest[4]}" + self.random.choice(("", f":{rest[5]}"))
        return self.random.choice((day, f"{day}{time}{self.random.choice(('Z', f'+{rest[0]}:{rest[1]}', '-08:00'))}"))


FIELDS: Mapping[str, Callable[[_Maker], Any]] = {
    **dict.fromkeys(("address", "target", "full_size"), _Maker.address),
    **dict.fromkeys(("captured", "published", "modified"), _Maker.moment),
    "language": _Maker.language,
    "sha256": lambda maker: maker.letters("0123456789abcdef", 64, 64),
    "schema_version": lambda maker: "1.1",
    "id": lambda maker: maker.random.choice(NAMES),
    "section": lambda maker: maker.random.choice(SECTIONS),
}
"""Values of a field by its name, where its type alone would not give them."""


@cache
def _fields(cls: type) -> tuple[inspect.Field, ...]:
    return inspect.type_info(cls).fields  # type: ignore[attr-defined, no-any-return]


def _bare(kind: inspect.Type) -> inspect.Type:
    return kind.type if isinstance(kind, inspect.Metadata) else kind
