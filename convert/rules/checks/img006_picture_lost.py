"""A picture of the source that is neither in the article nor in the list of what was taken out."""

from convert.rules.rule import Rule

RULE = Rule("IMG006", "picture-lost", "error", fidelity=True)
