"""End tags of elements that have none."""

from convert.rules.rule import Rule

RULE = Rule("HTM006", "stray-end-tag", "info", fixed_by_reader=True)
