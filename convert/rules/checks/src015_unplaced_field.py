"""A field of a front matter that has no place in the article."""

from convert.rules.rule import Rule

RULE = Rule("SRC015", "unplaced-field", "info")
