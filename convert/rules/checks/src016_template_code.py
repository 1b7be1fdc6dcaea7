"""Template code in a post that only the program which makes the site can run."""

from convert.rules.rule import Rule

RULE = Rule("SRC016", "template-code", "warning")
