"""Functions that import their module when they are first called, so that a run loads only what it uses."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any, AnyStr, cast


def late(name: str) -> Callable[..., Any]:
    """Return a function that calls `module:function`, and imports the module when it is first called.

    >>> late("posixpath:join")("a", "b")
    'a/b'
    """
    module, _, attribute = name.partition(":")
    function: Callable[..., Any] | None = None

    def call(*args: Any, **kwargs: Any) -> Any:
        nonlocal function
        if function is None:
            function = getattr(import_module(module), attribute)
        return function(*args, **kwargs)

    call.__qualname__ = name
    return call


class _Pattern:
    """A pattern that is compiled when one of its methods is first used; the methods are then its own attributes."""

    def __init__(self, expression: str | bytes, flags: int) -> None:
        self.pattern, self._flags = expression, flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        compiled = re.compile(self.pattern, self._flags)
        for method in _METHODS:
            setattr(self, method, getattr(compiled, method))
        return getattr(compiled, name)


_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


def late_pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """Return a pattern that is compiled when it is first used.

    Compiling takes a hundred times as long as most searches, and most documents need a third of the patterns.

    >>> late_pattern("a+").sub("-", "baa"), late_pattern("a+").pattern
    ('b-', 'a+')
    """
    return cast("re.Pattern[AnyStr]", _Pattern(expression, flags))
