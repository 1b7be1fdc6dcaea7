"""Datelines: those that a link divides, and their distance from the day of publication (ART004)."""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from helpers.data import ROOT
from helpers.mirror import WRAPPER
from hypothesis import given, strategies as st

from convert.document import read_and_clean
from convert.model import Article
from convert.sources import Source

CASES = {
    name: (ROOT / "tests" / "cases" / name / "source.md").read_text("utf-8")
    for name in ("plain", "banned1-epoch-rss", "banned1-reuters", "banned2-ntd", "banned2-soh", "traditional-chinese")
}
LINK = '\n   <{tag} href="https://www.epochtimes.com/gb/tag/x.html">\n    {words}\n   </{tag}>\n   '
PUBLISHED = date(2023, 9, 12)
"""The day in the address of `WRAPPER`."""


def article_of(text: str) -> Article:
    article, *_ = read_and_clean(Source("", "source.md", text.encode()))
    assert article is not None
    return article


def divided(dateline: str) -> Iterator[str]:
    """Yield a dateline with a link around each part of it."""
    for size in (1, 3, len(dateline)):
        for at in range(len(dateline) - size + 1):
            words = dateline[at : at + size]
            for tag in ("ok", "b"):
                yield dateline[:at] + LINK.format(tag=tag, words=words) + dateline[at + size :]


@pytest.mark.parametrize("name", CASES)
def test_dateline_is_read_wherever_a_link_divides_it(name: str) -> None:
    before = article_of(CASES[name])
    assert before.dateline
    for each in divided(before.dateline):
        after = article_of(CASES[name].replace(before.dateline, each, 1))
        assert after.dateline == before.dateline
        assert after.published == before.published
        assert (after.authors, after.report_type, after.agency) == (before.authors, before.report_type, before.agency)


@given(st.integers(-400, 400) | st.sampled_from([-2, -1, 0, 1, 59, 60, 61]))
def test_dateline_is_reported_before_the_day_of_the_address_and_long_after_it(days: int) -> None:
    day = PUBLISHED + timedelta(days)
    body = f" <p>\n  【大纪元{day.year}年{day.month:02}月{day.day}日讯】（大纪元记者纸鸢报导）纸放进水里会散开。\n </p>"
    text = WRAPPER.format(title="纸", body=body)
    _, findings, *_ = read_and_clean(Source("", "n1.md", text.encode()), thorough=True)
    ids = [each.message.id for each in findings if each.code == "ART004"]
    assert ids == (["dateline-early"] if days < 0 else ["dateline-late"] if days > 60 else [])
