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
    semicolon: str
    figures: str
    """Articles, other files, levels."""
    unshown: str
    """Of how many a kind the rest is not shown, and that rest."""
    more: str
    """A message, and how many more there are of its rule."""
    table: str
    """The heads of the table of rules."""
    made: str
    """Articles, what they were written to, and seconds."""
    kept: str
    """Files."""
    left_out: str
    others: str
    trackers: str
    refused: str
    """Nothing was written, and why."""
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
            semicolon="; ",
            figures="{} article(s), {} other file(s): {}",
            unshown="not shown above, because GitHub takes {} of a kind: {}",
            more="{} (and {} more)",
            table="| Rule | | Level | Findings |",
            made="{:,} article(s) → {} in {:.1f} s",
            kept="{} file(s) left as they are",
            left_out="{} left out with errors",
            others="{} other file(s)",
            trackers="{} tracking image(s) removed",
            refused="nothing was written: --strict allows no error and no warning",
            written="{} finding(s) written to {}",
            gone="{} finding(s) of the baseline are gone; write it again",
        ),
        "zh": Words(
            tag="zh-CN",
            levels={"error": "{} 个错误", "warning": "{} 个警告", "info": "{} 个提示"},
            comma="，",
            semicolon="；",
            figures="{} 篇文章，{} 个其他文件：{}",
            unshown="GitHub 每一级最多显示 {} 个，上面没有列出的还有：{}",
            more="{}（另有 {} 处）",
            table="| 规则 | | 级别 | 数量 |",
            made="{:,} 篇文章 → {}，用时 {:.1f} 秒",
            kept="{} 个文件不必重做",
            left_out="{} 篇有错误，没有转换",
            others="{} 个其他文件",
            trackers="删去 {} 张跟踪图片",
            refused="什么也没有写：加了 --strict 就不允许有错误或警告",
            written="{} 个问题已写入 {}",
            gone="基线里有 {} 个问题已不复存在；请重新写一次基线",
        ),
    }
)
"""By the name of the language on the command line."""
