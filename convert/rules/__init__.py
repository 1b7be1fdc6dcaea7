"""The RULES table: every rule by its code.

A rule is registered by its file in `checks/`, which is named after its code and name.  Fixes are applied in the order
of the table, which is the order of the codes.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType

from convert.rules import checks
from convert.rules.rule import Rule

_NAMES = sorted(module.name for module in iter_modules(checks.__path__))

RULES: Mapping[str, Rule] = MappingProxyType(
    {rule.code: rule for rule in (import_module(f"{checks.__name__}.{name}").RULE for name in _NAMES)}
)
