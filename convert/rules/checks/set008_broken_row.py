"""A row of a table of a mirror, `indexes/CHANNEL.csv`, that is no identifier and a title."""

from convert.rules.rule import Rule

RULE = Rule("SET008", "broken-row", "warning")
