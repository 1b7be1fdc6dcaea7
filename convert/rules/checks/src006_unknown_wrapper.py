"""A page without the wrapper lines of any dialect known here."""

from convert.rules.rule import Rule

RULE = Rule("SRC006", "unknown-wrapper", "warning")
