"""Facts from index pages and tables: names of channels, and the order of their articles."""

import pytest
from helpers.data import CORPUS, SEEDS, needs_corpus

from convert.building.survey import survey
from convert.bundle.index import Index
from convert.bundle.volumes import gather
from convert.model import Entry

PAGE = """### 纸与书

---

#### [三](../../pages/c/n3.md)

#### [二](../../pages/c/n2.md)

#### 第 [ [1](./1.md) ] 页"""


def order(index: Index, *names: str) -> list[str]:
    for name in names:
        index.add(Entry(f"pages/c/{name}.md", name, name, "", "2023-03-01", "c"))
    (section,) = gather(index).volumes[0].sections
    return [entry.id for entry in section.entries]


def test_articles_of_one_day_stand_as_the_table_lists_them() -> None:
    index = Index()
    index.look_at("indexes/c.csv", "n9,一，里面有\u2028一个行分隔符, 和逗号\nn1,二\n".encode())
    assert order(index, "n1", "n5", "n9") == ["n9", "n1", "n5"]


def test_pages_list_the_newest_first_and_page_one_is_the_oldest() -> None:
    index = Index()
    index.look_at("indexes/c/2.md", PAGE.replace("n3", "n8").replace("n2", "n1").encode())
    index.look_at("indexes/c/1.md", PAGE.encode())
    assert index.channels == {"c": "纸与书"}
    assert order(index, "n1", "n2", "n3", "n8") == ["n2", "n3", "n1", "n8"]


FRONT = "### 镜像\n[纸](indexes/nf1.md) | [书](https://e.org/x/indexes/nf2/README.md?t=0)\n"


@pytest.mark.parametrize(
    ("path", "text", "channels"),
    [
        ("indexes/names.csv", "p1,S看大陆\nhot,热点\n", {"p1": "看大陆", "hot": "热点"}),
        ("indexes/E纸.md", "#### [题](../pages/nf1/n1.md?t=1)\n", {"nf1": "纸"}),
        ("indexes/nf1.md", "### 已转移至新页面 [纸](E纸.md)\n", {}),
        ("indexes/nf1.md", "#### [题](../pages/nf1/n1.md)\n", {}),
        ("README.md", FRONT, {"nf1": "纸", "nf2": "书"}),
        ("README.md", "[1](indexes/nf1/1.md) [纸](indexes/nf1/2.md) [书](indexes/nf2/)\n", {"nf1": "纸", "nf2": "书"}),
        ("a/indexes/c/README.md", "### 纸\n", {"c": "纸"}),
        ("notes/纸.md", "### 纸\n", {}),
    ],
)
def test_channels_have_the_names_that_the_mirror_gives_them(path: str, text: str, channels: dict[str, str]) -> None:
    index = Index()
    index.look_at(path, text.encode())
    assert index.channels == channels


def test_the_seeds_channels_have_names() -> None:
    named = [section.title for section in gather(survey([str(SEEDS)]).index).volumes[0].sections]
    assert {"造纸与印刷", "书与图书馆", "格式与工具", "书与纸"} <= set(named)


@needs_corpus
def test_real_channels_have_names() -> None:
    titles = {section.key: section.title for section in gather(survey([str(CORPUS / "bn2")]).index).volumes[0].sections}
    assert (titles["nf4514"], titles["p1"], titles["soh3"]) == ("头条集锦", "看大陆", "文化")
