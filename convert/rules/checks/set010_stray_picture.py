"""The picture of a page for sharing, `pages/CHANNEL/ID.md.png`, without the page."""

from convert.rules.rule import Rule

RULE = Rule("SET010", "stray-picture", "warning")
