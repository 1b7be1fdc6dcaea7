"""Errors of services as errors of ours: the reason, the next step, and none of the engine's own words.

The engine repeats addresses and answers of servers in its errors, and with them whatever a user put into an address.
"""

import re
from typing import Literal, NamedTuple

from convert.errors import ConvertError, SourceError, StoreError
from convert.late import late_pattern
from convert.messages import Message, message


class _Fault(NamedTuple):
    """Kind of error of a service."""

    sign: re.Pattern[str]
    """Expression that finds it in the name and the words of the engine's error."""
    reason: Message
    advice: Message


_AGAIN = message("run again later; what is done already stays")
_FAULTS = (
    _Fault(
        late_pattern("NoSuchBucket|ContainerNotFound|bucket does not exist", re.IGNORECASE),
        message("there is no such bucket"),
        message("check its name, and the endpoint and region in the environment"),
    ),
    _Fault(
        late_pattern(
            "InvalidAccessKeyId|SignatureDoesNotMatch|Unauthenticated|AuthFail|AuthenticationFail|status code: 401|"
            "InvalidToken|ExpiredToken|TokenRefresh|RequestTimeTooSkewed|invalid_grant"
        ),
        message("the service does not accept the credentials"),
        message("check those in the environment, and the clock of this machine"),
    ),
    _Fault(
        late_pattern("PermissionDenied|status code: 403|AccessDenied"),
        message("the service refuses access"),
        message(
            "check the credentials in the environment, or ask its owner for the right to list, read or write there"
        ),
    ),
    _Fault(
        late_pattern("^FileNotFoundError|NotFoundError"),
        message("there is no such object"),
        message("check its name; capital letters count"),
    ),
    _Fault(
        late_pattern(
            "PermanentRedirect|without LOCATION|status code: 301|status code: 307|AuthorizationHeaderMalformed"
        ),
        message("the bucket is in another region"),
        message("set AWS_REGION to the bucket's own"),
    ),
    _Fault(
        late_pattern("builder error|BadScheme"),
        message("the address of the service cannot be used"),
        message("check AWS_ENDPOINT_URL; one that begins with http:// needs AWS_ALLOW_HTTP=true too"),
    ),
    _Fault(
        late_pattern("InvalidPath|BadSegment|EmptySegment"),
        message("an object's name has a part that is empty, '.' or '..'"),
        message("rename it, or name the folders beside it"),
    ),
    _Fault(
        late_pattern("SlowDown|TooManyRequests|status code: (429|503)"),
        message("the service is too busy"),
        _AGAIN,
    ),
    _Fault(late_pattern("status code: 5"), message("the service has failed"), _AGAIN),
    _Fault(late_pattern("kind: Timeout|TimedOut|timed out"), message("the service answers too slowly"), _AGAIN),
    _Fault(
        late_pattern("kind: Connect|error sending request|dns error|Connection"),
        message("the service cannot be reached"),
        message("check the network, and the endpoint in the environment"),
    ),
    _Fault(
        late_pattern("Precondition"),
        message("it changed while it was read"),
        message("run again"),
    ),
)
_OTHER = _Fault(late_pattern(""), message("the service gave an answer that is not understood"), _AGAIN)
_URL = late_pattern(r"https?://[^\s,]+")
"""Addresses in the engine's words, which may have anything in them."""


def fault(error: BaseException, path: str, doing: Literal["read", "write"]) -> ConvertError:
    """Return the error to raise for one of the engine, with the address of the object or folder that it is about."""
    words = _URL.sub("", f"{type(error).__name__}: {error}")
    found = next((each for each in _FAULTS if each.sign.search(words)), _OTHER)
    if doing == "read":
        return SourceError(
            "cannot read {path}: {reason}; {advice}", path=repr(path), reason=found.reason, advice=found.advice
        )
    return StoreError(
        "cannot write {path}: {reason}; {advice}", path=repr(path), reason=found.reason, advice=found.advice
    )


def changed(path: str) -> SourceError:
    """Return the error for an object that is no longer the one that was listed."""
    return SourceError(
        "cannot read {path}: it changed since it was listed; run again, or list it anew", path=repr(path)
    )
