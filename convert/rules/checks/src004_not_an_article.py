"""A file that is no article."""

from convert.rules.rule import Rule

RULE = Rule("SRC004", "not-an-article", "info")
