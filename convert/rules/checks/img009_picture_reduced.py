"""A picture that is smaller than its profile makes it, or left out, so that a book keeps to its size."""

from convert.rules.rule import Rule

RULE = Rule("IMG009", "picture-reduced", "info")
