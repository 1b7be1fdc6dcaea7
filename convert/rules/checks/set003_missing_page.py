"""An index page or a table of a mirror lists a page that is not in the archive."""

from convert.rules.rule import Rule

RULE = Rule("SET003", "missing-page", "warning")
