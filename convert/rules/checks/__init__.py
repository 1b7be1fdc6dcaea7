"""The rules: one module for each, named after its code and name and collected by `convert.rules.RULES`."""
