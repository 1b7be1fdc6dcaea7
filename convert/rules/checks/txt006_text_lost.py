"""Characters of the source that are neither in the article nor in the list of what was taken out."""

from convert.rules.rule import Rule

RULE = Rule("TXT006", "text-lost", "error", fidelity=True)
