"""Text that slipped into the names of an element's attributes."""

from convert.rules.rule import Rule

RULE = Rule("HTM008", "text-in-attribute", "warning", fixed_by_reader=True)
