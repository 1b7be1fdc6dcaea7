"""A character for which no font of this machine has a glyph."""

from convert.rules.rule import Rule

RULE = Rule("PDF001", "missing-glyph", "warning")
