"""Limits of politeness, time and size."""

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Limits of a run; all times are in seconds."""

    per_host: int = 1
    """Number of requests at a time to one host."""
    delay: float = 0.2
    """Shortest time from the beginning of a request to that of the next one to the same host."""
    timeout: float = 60.0
    """Longest time of a request, from the connection to the last byte."""
    connecting: float = 15.0
    """Longest time until a connection is made."""
    silence: float = 30.0
    """Longest time without a byte."""
    largest: int = 32 << 20
    """Number of bytes of the largest picture."""
    attempts: int = 4
    """Number of attempts at a picture while its server has a passing fault."""
    backoff: float = 1.0
    """Time before the second attempt, about twice as long before each further one."""
    patience: float = 120.0
    """Longest time that a server may ask to wait; a host that asks for more is left alone in this run."""
    give_up: int = 10
    """Number of pictures in a row that a host may fail before it is left alone in this run."""
    hops: int = 5
    """Number of redirects that are followed."""
    connections: int = 32
    """Number of requests at a time to all hosts."""
    robots: bool = True
    """True to heed robots.txt."""


HEAVY = 4 << 20
"""Bytes of a picture that is heavy: only a few are held at a time, so that memory stays bounded."""
HEAVY_AT_ONCE = 2
RESUMABLE = 256 << 10
"""Bytes of a picture that was cut off from which its rest is asked for; less is quicker asked for anew."""
ROBOTS_BYTES = 512 << 10
"""Bytes of robots.txt that are read (RFC 9309, section 2.5, asks for at least 500 kibibytes)."""
LONGEST_CRAWL_DELAY = 30.0
"""Seconds of the longest Crawl-delay that is heeded as it is; a longer one counts as this."""
