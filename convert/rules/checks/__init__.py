"""The rules, a file each, named after its code; `convert.rules.RULES` is their order."""
