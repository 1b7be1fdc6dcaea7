"""What processes that draw with WeasyPrint find imported and read, once for all of them: it takes a second."""

import sys
from contextlib import suppress
from typing import Any

from convert.printing.fonts.chain import chain
from convert.printing.weasy.engine import engine

_importing = True


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook (PEP 578): here too no program is started.  WeasyPrint's search for its libraries would run a
    compiler, and finds them without."""
    if _importing and event.startswith("subprocess."):
        raise PermissionError(event)


sys.addaudithook(_refuse)
with suppress(Exception):  # what is missing is told where it is wanted
    chain("zh-Hans")
    engine()
_importing = False
