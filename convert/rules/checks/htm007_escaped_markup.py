"""HTML that was escaped once more than it should be, so that readers see tags."""

from convert.rules.rule import Rule

RULE = Rule("HTM007", "escaped-markup", "warning", fixed_by_reader=True)
