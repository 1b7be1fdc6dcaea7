"""An index page or a table lists a page under another title than the page has."""

from convert.rules.rule import Rule

RULE = Rule("SET005", "differing-title", "info")
