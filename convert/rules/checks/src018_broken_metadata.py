"""A saved web page whose JSON-LD cannot be parsed."""

from convert.rules.rule import Rule

RULE = Rule("SRC018", "broken-metadata", "warning")
