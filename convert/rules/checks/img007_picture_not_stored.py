"""A picture that the store of pictures lacks, so that outputs show words in its place."""

from convert.rules.rule import Rule

RULE = Rule("IMG007", "picture-not-stored", "warning")
