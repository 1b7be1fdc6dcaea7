"""An article that is in the archive more than once, with different texts."""

from convert.rules.rule import Rule

RULE = Rule("SET002", "differing-copies", "warning")
