"""A page whose body lacks the end mark of its dialect, or a file that ends inside its page."""

from convert.rules.rule import Rule

RULE = Rule("ART003", "truncated-body", "warning")
