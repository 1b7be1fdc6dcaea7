"""An article that was read, and that could not be drawn for a PDF."""

from convert.rules.rule import Rule

RULE = Rule("PDF002", "undrawn-article", "error")
