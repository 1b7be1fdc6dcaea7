"""The first sentence of an article and the minutes that it takes, for lists of articles."""

from collections.abc import Iterator
from functools import partial

from convert.late import late_pattern
from convert.model import Article, Paragraph, Quote, texts
from convert.text import visible

WIDTH = 60
"""Most characters of a summary."""
SAMPLE = 600
"""Characters of a paragraph in which its first sentence is looked for."""
SHORTEST = 6
"""Fewest characters of a summary that says something."""
WORDS_PER_MINUTE = 238
"""Silent reading of English (Brysbaert, Journal of Memory and Language 109, 2019)."""
CHARACTERS_PER_MINUTE = 330
"""Silent reading of Chinese: 255 aloud (IReST: Trauzettel-Klosinski and Dietz, Investigative Ophthalmology & Visual
Science 53, 2012), times 238/183, as silent reading of English is to reading aloud."""

_OPENER = late_pattern(r"\s*(?:【[^】]{0,80}】|\[[^\]]{0,80}\])\s*")
_CREDIT = late_pattern(
    r"\s*[（(〔][^（()）〕]{0,80}?(?:记者|記者|报导|報導|报道|報道|电|電|讯|訊|编译|編譯|综合|綜合|撰文|作者|编辑|編輯|分析|评论|評論|"
    r"文[／/])"
    r"[^（()）〕]{0,80}[）)〕]\s*"
)
_DATELINE = late_pattern(
    r"\s*(?:[^，。！？：“”、]{2,20}?(?:\d{1,4}年)?\d{1,2}月\d{1,2}日(?:电|電|讯|訊)[，：: –—-]*"
    r"|[A-Z][A-Za-z ,.()]{2,40}? [–—-]{1,2} |[–—-]+ )\s*"
)
_SKIPPED = late_pattern(
    r"\s*(?:[（(〔【]?(?:图|圖)(?:片|说|說|为|為|[:：／/])|照片|摄影|攝影|责任编辑|責任編輯|原文|来源|來源|主持人|Photo|Image|Picture|\d+[.、]?\s*$"
    r"|https?:)"
)
_CLOSING = '[”’」』）)"]'
_END = late_pattern(
    f"(?:。+|[！？!?]+(?!{_CLOSING}+[\u4e00-\u9fff])|……|"
    f"(?<!\\bMr)(?<!\\bDr)(?<!\\bSt)(?<!Mrs)(?<!\\b[A-Z])\\.(?= +[A-Z“\"'(]|\\s*$)){_CLOSING}*"
)
_PAUSE = late_pattern("[，；：、,;:—]|(?<=[A-Za-z0-9.'’])\\s")
_WORD = late_pattern("[A-Za-z\u00c0-\u024f\u0370-\u05ff]+")


def minutes(article: Article) -> int:
    """Return how many minutes it takes to read an article, at least one."""
    text = "".join(texts(article.body))
    wide = (len(text.encode("utf-8", "replace")) - len(text)) // 2  # Chinese takes three bytes a character
    whole = wide / CHARACTERS_PER_MINUTE + len(_WORD.findall(text)) / WORDS_PER_MINUTE
    return max(1, round(whole))


def summary(article: Article) -> str:
    """Return the first sentence of an article, without what only says where it comes from; "" if it has no text.

    It is cut after a clause or a word if it is longer than `WIDTH`.
    """
    title = _bare(article.title)
    for sentence in map(partial(_without_openers, dateline=article.dateline), _paragraphs(article)):
        start = 0
        while start < len(sentence):
            match = _END.search(sentence, start + SHORTEST)
            end = match.end() if match else len(sentence)
            first, start = sentence[start:end].strip(), end
            if len(_bare(first)) >= SHORTEST and _bare(first) != title:
                return cut(first)
    return ""


def _paragraphs(article: Article) -> Iterator[str]:
    """Yield the paragraphs of the text, and what is quoted, without captions, headings and tables."""
    for block in article.body:
        if isinstance(block, Paragraph | Quote):
            text = " ".join(visible("".join(texts(block.children))[:SAMPLE]).split())
            if text and not _SKIPPED.match(text):
                yield text


def _without_openers(text: str, dateline: str) -> str:
    """Return a text without bracketed headings, credits and datelines at its beginning."""
    while True:
        if dateline and text.startswith(dateline):
            text = text[len(dateline) :].lstrip(" ，：:】")
            continue
        match = _OPENER.match(text) or _CREDIT.match(text) or _DATELINE.match(text)
        if not match or match.end() == len(text):
            return text if not match else ""
        text = text[match.end() :]


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def cut(text: str) -> str:
    """Return a text of at most `WIDTH` characters, cut after a clause or a word.

    >>> cut("纸" * 50 + "，" + "墨" * 50)[-3:], len(cut("纸" * 70)), cut("纸的历史。")
    ('纸纸…', 60, '纸的历史。')
    """
    if len(text) <= WIDTH:
        return text
    pauses = [match.start() for match in _PAUSE.finditer(text, 0, WIDTH)]
    end = pauses[-1] if pauses and pauses[-1] >= WIDTH // 2 else WIDTH - 1
    opened = max(map(text[:end].rfind, "（("))
    if opened >= WIDTH // 2 and not any(mark in text[opened:end] for mark in "）)"):
        end = opened
    return f"{text[:end].rstrip(' ，；：、,;:—')}…"
