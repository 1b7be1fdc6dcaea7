"""A picture whose address is that of a placeholder, and whose real address is in an attribute for a script."""

from convert.rules.rule import Rule

RULE = Rule("IMG005", "lazy-placeholder", "info", fixed_by_reader=True)
