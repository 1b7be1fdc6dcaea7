"""A document that takes more work than any article."""

from convert.rules.rule import Rule

RULE = Rule("SRC014", "too-complex", "error")
