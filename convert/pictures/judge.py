"""Judging of bytes: whether they are a picture, and of which kind and size; by their content, whatever a name claims.

The whole picture is decoded, so that one that was cut off is refused.  That happens in a sealed process: bytes from
elsewhere are hostile.
"""

from msgspec import Struct, msgpack

from convert.pictures.model import Facts, Missing
from convert.pictures.recognise import unreadable
from convert.sandbox.process import ClosedError, ExceededError, KilledError, SandboxError, SealedProcess

MEMORY = 1 << 30
"""Most bytes of data of the process that reads pictures; one of 40 megapixels with a transparent ground takes half."""
SECONDS = 10
"""Most seconds of processor time for a picture; one of 40 megapixels takes a tenth."""


class Verdict(Struct, frozen=True, array_like=True):
    """Answer of the sealed process: facts about a picture, or the reason why it is refused."""

    kind: str = ""
    width: int = 0
    height: int = 0
    reason: str = ""
    """A key of `REASONS`; "" if the picture is good."""
    detail: str = ""


class Judge:
    """Judge of bytes, with a sealed process that starts with the first picture."""

    def __init__(self) -> None:
        self._process = SealedProcess(_answer, MEMORY)

    def judge(self, data: bytes) -> Facts | Missing:
        """Return the kind and size of a picture, or why these bytes are none that can be shown."""
        if unread := unreadable(data):
            return unread
        answer = ask(self._process, data)
        if isinstance(answer, Missing):
            return answer
        verdict = msgpack.decode(answer, type=Verdict)
        if verdict.reason:
            return Missing(verdict.reason, verdict.detail)
        return Facts(verdict.kind, verdict.width, verdict.height)

    def close(self) -> None:
        """End the process."""
        self._process.close()


def ask(process: SealedProcess, request: bytes) -> bytes | Missing:
    """Return the answer of a sealed process about a picture, or why there is none; a killed process is asked again."""
    for attempt in (1, 2):
        try:
            return process.ask(request, SECONDS)
        except ClosedError:
            raise
        except KilledError:
            if attempt == 2:
                break
        except ExceededError:
            return Missing("too-large", f"reading it takes more than {SECONDS} seconds or {MEMORY >> 20} MB")
        except SandboxError:
            break
    return Missing("broken", "the program that read it crashed")


def _answer(data: bytes) -> bytes:
    from convert.pictures.decoding import PictureError, judged  # only where there is a seal

    try:
        verdict = Verdict(*judged(data))
    except PictureError as error:
        verdict = Verdict(reason=error.reason, detail=error.detail)
    return msgpack.encode(verdict)
