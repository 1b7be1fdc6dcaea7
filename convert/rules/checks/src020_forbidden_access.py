"""A document that makes this program try what converting it is not for."""

from convert.rules.rule import Rule

RULE = Rule("SRC020", "forbidden-access", "error")
