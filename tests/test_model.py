"""Model, schema and decoder say the same."""

import json
from typing import Any

import jsonschema
import msgspec
import pytest
from helpers.soak import examples
from helpers.strategies import ARTICLES
from hypothesis import given, strategies as st

from convert import readers
from convert.codec import article_json
from convert.model import SCHEMA_VERSION, Article

SCHEMA = article_json.schema()
JUDGE = jsonschema.Draft202012Validator(SCHEMA)


def test_the_published_schema_is_the_models() -> None:
    assert article_json.make_schema() == SCHEMA, "run `make schema`"


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_property_is_explained() -> None:
    for name, definition in SCHEMA["$defs"].items():
        assert definition["description"], name
        if name in ("Block", "Inline"):
            continue
        assert definition["additionalProperties"] is False, name
        for key, value in definition["properties"].items():
            for needed in ("title", "description", "examples"):
                assert value.get(needed), f"{name}.{key} has no {needed}"


def test_the_examples_of_the_schema_are_valid() -> None:
    for name, definition in SCHEMA["$defs"].items():
        if name in ("Block", "Inline"):
            continue
        for key, value in definition["properties"].items():
            for example in value["examples"]:
                judge = jsonschema.Draft202012Validator({**value, "$defs": SCHEMA["$defs"]})
                assert judge.is_valid(example), f"{name}.{key}: {example}"


@pytest.mark.slow
@examples(200)
@given(ARTICLES)
def test_every_article_that_the_model_can_make_validates(article: Article) -> None:
    data = article_json.encode(article)
    assert list(JUDGE.iter_errors(json.loads(data))) == []
    assert article_json.decode(data) == article
    assert article_json.violation(article) is None


VALUES = ["null", '""', '"x"', "0", "-1", "7", "1.5", "true", "[]", "{}", "[{}]", '{"type":"text"}', '"2023-13"']
JSON_VALUES = st.sampled_from(VALUES).map(json.loads)  # a new value each time: they are changed


def parts(value: Any) -> list[Any]:
    """All objects and arrays inside a JSON value."""
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else []
    return [value, *(part for each in inside for part in parts(each))] if isinstance(value, dict | list) else []


@pytest.mark.slow
@examples(100)
@given(ARTICLES, st.data())
def test_decoder_refuses_what_the_schema_refuses(article: Article, data: st.DataObject) -> None:
    instance = json.loads(article_json.encode(article))
    for _ in range(data.draw(st.integers(1, 3))):
        part = data.draw(st.sampled_from(parts(instance)))
        keys = sorted(part) if isinstance(part, dict) else list(range(len(part)))
        what = data.draw(st.sampled_from(["change", "delete", "add"]))
        if what == "add" and isinstance(part, dict):
            part[data.draw(st.sampled_from(["x", "type", "children", "level", "colspan"]))] = data.draw(JSON_VALUES)
        elif what == "add":
            part.append(data.draw(JSON_VALUES))
        elif keys:
            key = data.draw(st.sampled_from(keys))
            if what == "delete":
                del part[key]
            else:
                part[key] = data.draw(JSON_VALUES)
    if not JUDGE.is_valid(instance):
        with pytest.raises(msgspec.ValidationError):
            article_json.decode(json.dumps(instance).encode())
        assert article_json.explain(instance)


def test_json_of_an_older_version_becomes_an_article_of_the_newest() -> None:
    source = '{"address":"https://example.org/a"}'
    old = f'{{"schema_version":"1","id":"a","title":"纸","language":"zh","source":{source},"body":[]}}'
    assert readers.read(old.encode(), "a.json", "").article.schema_version == SCHEMA_VERSION
