"""A record of a web archive that the crawler cut off, or whose digest is not that of its content."""

from convert.rules.rule import Rule

RULE = Rule("SRC019", "doubtful-record", "warning")
