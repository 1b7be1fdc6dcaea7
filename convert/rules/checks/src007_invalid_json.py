"""A JSON document that cannot be parsed."""

from convert.rules.rule import Rule

RULE = Rule("SRC007", "invalid-json", "error")
