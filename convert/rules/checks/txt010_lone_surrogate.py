"""Half of a character of UTF-16 that was cut in two."""

from convert.rules.rule import Rule

RULE = Rule("TXT010", "lone-surrogate", "warning", fixed_by_reader=True)
