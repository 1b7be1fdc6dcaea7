"""Text in an element that is never shown (`display: none`)."""

from convert.rules.rule import Rule

RULE = Rule("HTM002", "hidden-text", "warning", fixed_by_reader=True)
