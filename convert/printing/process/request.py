"""A request to draw, and the sealed process's side of it."""

import msgspec
from msgspec import Struct

from convert.errors import ConvertError, MissingError
from convert.messages import Message, message
from convert.printing.drawing import draw
from convert.printing.model import Chunk, Drawn


class DrawRequest(Struct, frozen=True):
    """Chunk to draw, and its limits."""

    chunk: Chunk
    seconds: int
    """Most seconds of processor time."""
    memory: int
    """Most bytes of the process's data."""

    @property
    def exceeded(self) -> Message:
        """Return the reason for exceeding the limits: both, because which one is exceeded first may vary."""
        return message("drawing-limit", seconds=self.seconds, memory=self.memory >> 20)


class DrawResult(Struct, frozen=True):
    """PDF of a chunk, or the reason why there is none."""

    drawn: Drawn | None = None
    reason: Message | None = None
    missing: bool = False
    """True if the system lacks something that every chunk needs."""


def answer(request: bytes) -> bytes:
    """Answer an encoded `DrawRequest` with an encoded `DrawResult`; called in a sealed process."""
    return msgspec.msgpack.encode(_draw(msgspec.msgpack.decode(request, type=DrawRequest)))


def _draw(request: DrawRequest) -> DrawResult:
    try:
        return DrawResult(draw(request.chunk))
    except ConvertError as error:
        return DrawResult(reason=error.message, missing=isinstance(error, MissingError))
    except MemoryError:
        return DrawResult(reason=request.exceeded)
    except RecursionError:
        return DrawResult(reason=message("drawing-depth"))
    except Exception as error:  # an engine's bug must not lose the other articles
        return DrawResult(reason=message("drawing-failure", error=type(error).__name__, words=str(error)[:300]))
