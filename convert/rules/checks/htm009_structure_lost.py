"""Fewer cells of tables or items of lists in the article than in the source, or in an output than in the article; a
paragraph that is not one in an output."""

from convert.rules.rule import Rule

RULE = Rule("HTM009", "structure-lost", "error", fidelity=True)
