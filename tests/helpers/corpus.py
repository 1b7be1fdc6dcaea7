"""The real articles, read and cleaned."""

import re
from functools import cache

from convert import readers
from convert.model import Article, Finding, Reading
from convert.rules.engine import clean
from convert.rules.rule import Context
from helpers.data import CORPUS

WRAPPER = re.compile(
    r"gfw-breaker\.win|手机上长按并复制|【[诚誠][征徵][荣榮]|后继续阅读。荣誉会员|\n#{1,4} +\[? *[🎬🔥💥]"
    r"|原文地址（需翻墙访问）|原文链接（需翻墙）|adsbygoogle"
)
"""Pattern of texts that only the wrapper of the mirror contains."""


@cache
def read(path: str) -> Reading:
    return readers.read((CORPUS / path).read_bytes(), path, "")


@cache
def cleaned(path: str) -> tuple[Article, tuple[Finding, ...]]:
    reading = read(path)
    article, taken = clean(reading, Context(reading.article.source.address, reading.home), path)
    return article, tuple(taken)
