"""Sentences about JSON that is no article, and the places of its faults."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from convert import readers
from convert.codec import article_json
from convert.codec.violations import locate
from convert.errors import DocumentError

GOOD = """{
  "schema_version": "1",
  "id": "n1",
  "title": "纸",
  "language": "zh-Hans",
  "source": {"address": "https://example.org/n1"},
  "body": [
    {"type": "paragraph", "children": [{"type": "text", "text": "纸\\"}"}]},
    {"type": "heading", "level": 2, "children": [{"type": "text", "text": "墨"}]}
  ]
}"""


FAULTS: list[tuple[str, str, tuple[int, int], str]] = [
    ('"n1",', "null,", (3, 9), "id should be a text, and is null"),
    ('"id": "n1",', "", (1, 1), "the article lacks 'id'"),
    ('"id"', '"titel": 1, "id"', (1, 1), "the article has the unknown field 'titel'; did you mean 'title'?"),
    (
        '"zh-Hans"',
        '"Chinese!"',
        (5, 15),
        'language is "Chinese!", and should look like "zh-Hans", "zh-Hant", "en"',
    ),
    ('"paragraph"', '"paragraf"', (8, 14), "body[0].type should not be \"paragraf\"; did you mean 'paragraph'?"),
    ('"level": 2', '"level": 9', (9, 34), "body[1].level is 9, and should be at most 6"),
    ('"level": 2', '"level": "2"', (9, 34), "body[1].level should be a whole number, and is a text"),
    ('"墨"', '""', (9, 75), "body[1].children[0].text is empty"),
    (
        '{"address": "https://example.org/n1"}',
        '"https://example.org/n1"',
        (6, 13),
        "source should be an object, and is a text",
    ),
    ('"schema_version": "1"', '"schema_version": "2"', (2, 21), 'schema_version should not be "2"; it may be 1, 1.1'),
]
"""Text of the good document, the text that replaces it, the place of the fault, and the sentence about it."""

CHINESE = [
    "id 应当是文字，现在是 null",
    "文章缺少 'id'",
    "文章里有未知的字段 'titel'；是不是 'title'？",
    'language 现在是 "Chinese!"，应当写成 "zh-Hans", "zh-Hant", "en" 的样子',
    "body[0].type 不能是 \"paragraf\"；是不是 'paragraph'？",
    "body[1].level 现在是 9，最大只能是 6",
    "body[1].level 应当是整数，现在是文字",
    "body[1].children[0].text 是空的",
    "source 应当是对象，现在是文字",
    'schema_version 不能是 "2"；可以是 1, 1.1',
]
"""The sentence about each of FAULTS in Chinese."""


@pytest.mark.parametrize(("old", "new", "place", "message"), FAULTS)
def test_each_fault_has_a_sentence_and_a_place(old: str, new: str, place: tuple[int, int], message: str) -> None:
    with pytest.raises(DocumentError) as refused:
        readers.read(GOOD.replace(old, new, 1).encode(), "a.json", "")
    assert (str(refused.value.message), (refused.value.line, refused.value.column)) == (message, place)
    assert refused.value.code == "ART009"


@pytest.mark.parametrize(("fault", "message"), list(zip(FAULTS, CHINESE, strict=True)))
def test_each_fault_has_a_sentence_in_chinese(fault: tuple[str, str, tuple[int, int], str], message: str) -> None:
    with pytest.raises(DocumentError) as refused:
        readers.read(GOOD.replace(fault[0], fault[1], 1).encode(), "a.json", "")
    assert refused.value.message.text_in("zh") == message


def test_the_good_one_is_good() -> None:
    assert readers.read(GOOD.encode(), "a.json", "").article.title == "纸"
    assert article_json.explain(json.loads(GOOD)) is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


def paths(value: Any) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [(), *((key, *rest) for key, each in inside for rest in paths(each))]


@given(VALUES, st.sampled_from([None, 1, "\t"]))
def test_every_value_is_found_where_it_stands(value: Any, indent: Any) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    for path in paths(value):
        line, column = locate(text, path)
        wanted = value
        for part in path:
            wanted = wanted[part]
        rest = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
        assert json.JSONDecoder().raw_decode(rest)[0] == wanted
