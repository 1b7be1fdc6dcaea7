"""A member of an archive with an absolute path, a path through `..`, a link, a device, or an encrypted one."""

from convert.rules.rule import Rule

RULE = Rule("SRC003", "unsafe-member", "error")
