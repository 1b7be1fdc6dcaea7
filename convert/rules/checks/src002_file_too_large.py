"""A file of more than 16 MiB."""

from convert.rules.rule import Rule

RULE = Rule("SRC002", "file-too-large", "error")
