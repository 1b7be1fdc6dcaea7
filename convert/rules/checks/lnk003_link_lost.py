"""A link of the source, with something to see in it, whose target is neither in the article nor in the list of what
was taken out."""

from convert.rules.rule import Rule

RULE = Rule("LNK003", "link-lost", "error", fidelity=True)
