"""A page whose text is UTF-8 that somebody read as Latin-1."""

from convert.rules.rule import Rule

RULE = Rule("TXT004", "misread-text", "error", fixed_by_reader=True)
