"""A link of an article to another article of a publisher that the archive mirrors, which is not in the archive."""

from convert.rules.rule import Rule

RULE = Rule("SET009", "dangling-link", "info")
