"""A file that cannot be opened or read."""

from convert.rules.rule import Rule

RULE = Rule("SRC001", "unreadable-file", "error")
