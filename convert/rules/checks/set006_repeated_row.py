"""A table of a mirror, `indexes/CHANNEL.csv`, lists one identifier twice."""

from convert.rules.rule import Rule

RULE = Rule("SET006", "repeated-row", "warning")
