"""An article that is in the archive more than once with the same text, mostly in several channels."""

from convert.rules.rule import Rule

RULE = Rule("SET001", "duplicate-article", "info")
