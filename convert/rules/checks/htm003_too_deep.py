"""Elements that nest more than 120 deep, or blocks more than 8 deep."""

from convert.rules.rule import Rule

RULE = Rule("HTM003", "too-deep", "warning", fixed_by_reader=True)
