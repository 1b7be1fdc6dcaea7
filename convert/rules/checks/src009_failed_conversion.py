"""A document on which this program itself failed."""

from convert.rules.rule import Rule

RULE = Rule("SRC009", "failed-conversion", "error")
