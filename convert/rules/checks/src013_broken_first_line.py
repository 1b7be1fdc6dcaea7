"""A mirror's page whose first line is not `### TITLE`."""

from convert.rules.rule import Rule

RULE = Rule("SRC013", "broken-first-line", "warning")
