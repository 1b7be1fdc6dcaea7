"""Links that end with the end tag of another element."""

from convert.rules.rule import Rule

RULE = Rule("HTM001", "crossed-markup", "warning", fixed_by_reader=True)
