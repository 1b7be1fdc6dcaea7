"""A comment `<!-- convert: ignore … -->` that names no rule."""

from convert.rules.rule import Rule

RULE = Rule("SRC010", "unknown-ignore", "warning")
