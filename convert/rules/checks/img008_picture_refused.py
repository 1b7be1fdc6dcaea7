"""A picture whose bytes are there but are none that can be shown."""

from convert.rules.rule import Rule

RULE = Rule("IMG008", "picture-refused", "warning")
