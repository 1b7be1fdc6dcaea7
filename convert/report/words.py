"""What reports say besides the findings, in each language that people may read them in."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct


class Words(Struct, frozen=True):
    """The words of one language; in braces, in their order, what they are said of."""

    tag: str
    """The language (BCP 47)."""
    levels: Mapping[str, str]
    """How many findings there are of a level."""
    comma: str
    figures: str
    """Articles, other files, levels."""
    unshown: str
    """Of how many a kind the rest is not shown, and that rest."""
    more: str
    """A message, and how many more there are of its rule."""
    table: str
    """The heads of the table of rules."""
    written: str
    """Findings, and the baseline that they were written to."""
    gone: str
    """Findings of a baseline that are not there any more."""


WORDS: Mapping[str, Words] = MappingProxyType(
    {
        "en": Words(
            tag="en-US",
            levels={"error": "{} error(s)", "warning": "{} warning(s)", "info": "{} info(s)"},
            comma=", ",
            figures="{} article(s), {} other file(s): {}",
            unshown="not shown above, because GitHub takes {} of a kind: {}",
            more="{} (and {} more)",
            table="| Rule | | Level | Findings |",
            written="{} finding(s) written to {}",
            gone="{} finding(s) of the baseline are gone; write it again",
        ),
        "zh": Words(
            tag="zh-CN",
            levels={"error": "{} 个错误", "warning": "{} 个警告", "info": "{} 个提示"},
            comma="，",
            figures="{} 篇文章，{} 个其他文件：{}",
            unshown="GitHub 每一级最多显示 {} 个，上面没有列出的还有：{}",
            more="{}（另有 {} 处）",
            table="| 规则 | | 级别 | 数量 |",
            written="{} 个问题已写入 {}",
            gone="基线里有 {} 个问题已不复存在；请重新写一次基线",
        ),
    }
)
"""By the name of the language on the command line."""
