"""A page whose body lacks the end mark that every whole page of its dialect has."""

from convert.rules.rule import Rule

RULE = Rule("ART003", "truncated-body", "warning")
