"""Imports and fonts that processes drawing with WeasyPrint inherit, loaded once for all of them: it takes a second."""

import sys
from contextlib import suppress
from typing import Any

from convert.printing.fonts.chain import chain
from convert.printing.weasy.engine import engine

_importing = True


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Refuse to start programs, as an audit hook (PEP 578), while WeasyPrint is imported.

    Its search for libraries would run a compiler, and works without.
    """
    if _importing and event.startswith("subprocess."):
        raise PermissionError(event)


sys.addaudithook(_refuse)
with suppress(Exception):  # whatever is missing is reported when it is needed
    chain("zh-Hans")
    engine()
_importing = False
