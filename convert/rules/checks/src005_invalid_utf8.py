"""Bytes that are no UTF-8; in a saved web page, bytes that are no characters of the encoding that it names."""

from convert.rules.rule import Rule

RULE = Rule("SRC005", "invalid-utf8", "error")
