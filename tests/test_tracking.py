"""Tracking in links: what is known is taken out by choice, and nothing that only looks like it."""

import json
from base64 import urlsafe_b64encode
from pathlib import Path
from urllib.parse import quote

import pytest
from helpers.program import run
from hypothesis import given, strategies as st

from convert.tracking import Parameters, Redirector, cleaned, trackers

TARGET = "https://paper.example/a?id=75&b=%E7%BA%B8#top"

LOOK_ALIKES = """
https://paper.example/a?id=75
https://paper.example/a?
https://paper.example/a#
https://paper.example/a?b&c=&=d
https://paper.example/utm_source=feed
https://paper.example/a?id=utm_source
https://paper.example/a?source=feed&medium=print&campaign=7
https://paper.example/a?xutm_source=feed
https://paper.example/a?utm=32633
https://paper.example/a?UTM_ZONE=50
https://paper.example/a?fbclidx=1
https://paper.example/a?click=1
https://paper.example/a?si=1&s=2&t=3&feature=4
https://paper.example/a?ref=chapter-2
https://paper.example/a?from=2019&version=2&key=7&lang=zh
https://paper.example/a?tag=ink&mod=3&st=5
https://paper.example/a?ei=1&ved=2
https://paper.example/?n14072129
https://paper.example/url?q=https%3A%2F%2Fother.example%2F
https://paper.example/link?target=https%3A%2F%2Fother.example%2F
https://paper.example/redirect?url=https%3A%2F%2Fother.example%2F
https://www.youtube.com/watch?v=abc&t=75
https://www.youtube.com/watch?v=abc&list=def&index=2
https://notyoutube.com/watch?v=abc&si=1
https://youtube.com.example/watch?v=abc&si=1
https://mp.weixin.qq.com/s?__biz=1&mid=2&idx=1&sn=3
https://www.google.com/search?q=https%3A%2F%2Fpaper.example
https://www.google.com/maps?q=ink
https://www.google.com/url?q=ink
https://www.google.com/url?q=javascript%3Aalert(1)
https://www.google.com/url?q=file%3A%2F%2F%2FC%3A%2Fa
https://www.google.com/url
https://www.facebook.com/paper?u=https%3A%2F%2Fpaper.example
https://vk.com/paper?to=https%3A%2F%2Fpaper.example
https://www.linkedin.com/in/paper?url=https%3A%2F%2Fpaper.example
https://www.bing.com/search?u=a1aHR0cHM6Ly9wYXBlci5leGFtcGxl
https://www.bing.com/ck/a?u=a1-not-base64-
https://l.facebook.com/l.php?u=%2Frelative
https://out.reddit.com/
https://space.bilibili.com/75?mid=75
https://paper.example/a?b=1&amp;utm=2
https://user:utm_source@paper.example/a
mailto:ink@paper.example?subject=utm_source%3Dfeed
magnet:?xt=urn:btih:0&utm_source=feed
tel:+8675
#utm_source
../a?utm_source=feed
""".strip().splitlines()


@pytest.mark.parametrize("row", trackers().parameters, ids=lambda row: row.about)
def test_a_known_parameter_goes_and_the_page_stays(row: Parameters) -> None:
    for host in row.hosts or ("paper.example",):
        for name in row.names:
            tracking = f"{name.replace('*', 'x')}=x%20y"
            assert cleaned(f"https://www.{host}/a?id=75&{tracking}#top") == f"https://www.{host}/a?id=75#top"
            assert cleaned(f"https://{host}/a?{tracking}&b&c=%e7%ba%b8") == f"https://{host}/a?b&c=%e7%ba%b8"
            assert cleaned(f"http://{host.upper()}:80/a?{tracking}") == f"http://{host.upper()}:80/a"


def through(row: Redirector, target: str) -> list[str]:
    """Addresses that lead to a target through a redirector."""
    value = quote(target, safe="")
    if row.encoding:
        value = row.prefix + urlsafe_b64encode(target.encode()).decode().rstrip("=")
    return [
        f"https://{host}{path}?h=1&{name}={value}&t=2"
        for host in (row.host, f"www.{row.host}")
        for path in row.paths or ("/",)
        for name in row.parameters
    ]


@pytest.mark.parametrize("row", trackers().redirectors, ids=lambda row: row.host)
def test_a_redirector_leads_to_its_target(row: Redirector) -> None:
    for address in through(row, TARGET):
        assert cleaned(address) == TARGET
        assert cleaned(through(trackers().redirectors[0], address)[0]) == TARGET
    assert cleaned(through(row, "https://paper.example/?utm_source=feed")[0]) == "https://paper.example/"


def test_the_first_of_several_targets_counts() -> None:
    assert cleaned("https://google.com/url?url=https://a.example/&url=https://b.example/") == "https://a.example/"


def test_a_circle_of_redirectors_ends() -> None:
    address = "https://paper.example/"
    for _ in range(40):
        address = through(trackers().redirectors[1], address)[0]
    assert cleaned(address).startswith("https://facebook.com/")


@pytest.mark.parametrize("address", LOOK_ALIKES)
def test_what_only_looks_like_it_stays(address: str) -> None:
    assert cleaned(address) == address


@given(st.text(max_size=40))
def test_anything_may_be_an_address(rest: str) -> None:
    for start in ("", "https://www.google.com/url?q=", "https://paper.example/?utm_source="):
        once = cleaned(start + rest)
        assert cleaned(once) == once


PAGE = """---
title: 纸
id: n1
source: https://paper.example/1
---

# 纸

[甲](https://a.example/?id=1&utm_source=feed)，[乙](https://www.google.com/url?q=https://b.example/)，[丙](https://c.example/?id=3)。
纸放进水里会散开，放进书里能留一千年。
"""


@pytest.mark.slow
@pytest.mark.rule("LNK005")
def test_links_are_cleaned_by_choice(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(PAGE, "utf-8")
    run("--to", "markdown", "a.md", "-o", "as-it-is.md", "--quiet", cwd=tmp_path)
    assert "utm_source=feed" in (tmp_path / "as-it-is.md").read_text("utf-8")
    done = run("--to", "markdown", "a.md", "-o", "b.md", "--clean-links", "--ledger", "ledger.jsonl", cwd=tmp_path)
    assert done.returncode == 0
    text = (tmp_path / "b.md").read_text("utf-8")
    assert "[甲](https://a.example/?id=1)，[乙](https://b.example/)，[丙](https://c.example/?id=3)" in text
    ledger = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text("utf-8").splitlines()]
    assert [(each["code"], each["line"]) for each in ledger if each["code"] == "LNK005"] == [("LNK005", 9)] * 2


@pytest.mark.slow
def test_an_update_heeds_the_choice(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.md").write_text(PAGE, "utf-8")
    build = ("--to", "markdown", "in", "-o", "out", "--update")
    run(*build, cwd=tmp_path)
    first = (tmp_path / "out" / "a.md").read_bytes()
    run(*build, "--clean-links", cwd=tmp_path)
    assert (tmp_path / "out" / "a.md").read_bytes() != first
    run(*build, cwd=tmp_path)
    assert (tmp_path / "out" / "a.md").read_bytes() == first
