"""A comment `<!-- convert."""

from convert.rules.rule import Rule

RULE = Rule("SRC010", "unknown-ignore", "warning")
