"""Encoding and decoding of an article as JSON, and its JSON Schema."""

import os
from functools import cache
from typing import Any

import msgspec

from convert.codec.violation import Violation
from convert.messages import message
from convert.model import SCHEMA_VERSION, Article

SCHEMA_NAME = "article.schema.json"
SCHEMA_ID = f"urn:archive-convert:schema:article:{SCHEMA_VERSION}"

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Article)


def encode(article: Article) -> bytes:
    """Return the article's JSON on one line, in UTF-8: fields in the order of the schema, without default values."""
    return _encoder.encode(article)


def decode(data: bytes) -> Article:
    """Return the article of `data`.

    Raises:
        msgspec.DecodeError: it is not JSON; its subclass `msgspec.ValidationError`: it is not an article.
    """
    return _decoder.decode(data)


def indent(data: bytes) -> bytes:
    """Return `data` indented for people, two spaces a level."""
    return msgspec.json.format(data, indent=2) + b"\n"


def schema() -> dict[str, Any]:
    """Return the published schema of the article."""
    return published(SCHEMA_NAME)


@cache
def published(name: str) -> dict[str, Any]:
    """Return a published schema, from the installed package or from the checkout."""
    package = os.path.dirname(os.path.dirname(__file__))
    packaged = os.path.join(package, "schemas", name)
    path = packaged if os.path.isfile(packaged) else os.path.join(os.path.dirname(package), "schemas", name)
    with open(path, "rb") as file:
        return msgspec.json.decode(file.read(), type=dict[str, Any])


def violation(article: Article) -> Violation | None:
    """Return how the article's JSON breaks the schema, or None.

    The decoder checks every constraint of the schema (a test compares them), so a valid article costs only parsing;
    the slower reference implementation explains violations.
    """
    data = encode(article)
    try:
        decode(data)
        return None
    except msgspec.DecodeError as refused:
        return explain(msgspec.json.decode(data)) or Violation((), message("article-violation", reason=str(refused)))


def explain(instance: Any) -> Violation | None:
    """Return the most relevant violation of the schema in a parsed JSON document, or None."""
    from convert.codec import violations  # importing jsonschema takes 40 ms, and most runs never need it

    return violations.explain(instance, schema())


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of `Article`, made from the model's declarations.

    Unions are written as if/then on `type`, so that a validator's error names the member's own field instead of "not
    valid under any of the given schemas".
    """
    (top,), definitions = msgspec.json.schema_components([Article], ref_template="#/$defs/{name}")
    unions: dict[str, Any] = {}
    structs = {name: _conditional(struct, unions) for name, struct in definitions.items()}
    for name, struct in structs.items():
        if "type" in struct["properties"]:
            (tag,) = struct["properties"]["type"]["enum"]
            struct["properties"]["type"] = {
                "title": "Type",
                "description": f"Marks this node as {name}.",
                "examples": [tag],
                "const": tag,
            }
            struct["required"].remove("type")  # a union requires it; where only one type is possible, it is optional
            if not struct["required"]:
                del struct["required"]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        **top,
        "$defs": dict(sorted((structs | unions).items())),
    }


def _conditional(node: Any, unions: dict[str, Any]) -> Any:
    """Return `node` with each of msgspec's tagged unions moved to `unions`, with an if/then for each member."""
    if isinstance(node, list | tuple):
        return [_conditional(each, unions) for each in node]
    if not isinstance(node, dict):
        return node
    node = {key: _conditional(value, unions) for key, value in node.items()}
    if "enum" in node:
        node["enum"] = sorted(node["enum"])  # msgspec does not sort them
    if (discriminator := node.pop("discriminator", None)) is None:
        return node
    tags: dict[str, str] = discriminator["mapping"]
    name = "Inline" if "text" in tags else "Block"
    unions[name] = {
        "title": name,
        "description": f"Any {name.lower()}; `type` says which kind.",
        "type": "object",
        "required": ["type"],
        "properties": {"type": {"enum": sorted(tags)}},
        "allOf": [
            {"if": {"properties": {"type": {"const": tag}}, "required": ["type"]}, "then": {"$ref": ref}}
            for tag, ref in sorted(tags.items())
        ],
    }
    return {"$ref": f"#/$defs/{name}"}
