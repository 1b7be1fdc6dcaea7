"""An article in a channel whose index pages and tables do not list it."""

from convert.rules.rule import Rule

RULE = Rule("SET004", "unlisted-page", "info")
