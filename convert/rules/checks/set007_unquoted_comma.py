"""A title in a table of a mirror, `indexes/CHANNEL.csv`, holds a comma, and no quotation marks are around it (RFC
4180, section 2)."""

from convert.rules.rule import Rule

RULE = Rule("SET007", "unquoted-comma", "warning")
