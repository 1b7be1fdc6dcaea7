"""Pictures that articles need, and which of them must be asked for."""

import os
from collections.abc import Iterable
from typing import NamedTuple

from convert.pictures.guard import AddressGuard, RefusedError, Target
from convert.pictures.index import Record
from convert.pictures.model import LASTING, Missing, Stored
from convert.pictures.store import PictureStore


class Need(NamedTuple):
    """Picture that some articles need."""

    address: str
    sites: tuple[str, ...] = ()
    """Hosts of those articles' own addresses, without repetition."""


class Job(NamedTuple):
    """Picture to ask for."""

    need: Need
    target: Target
    record: Record | None = None
    """Row of the store, if its picture is only to be compared with the server's."""


class Plan(NamedTuple):
    """Division of pictures into those to ask for and the others."""

    jobs: list[Job]
    """Pictures to ask for, in the order in which they are wanted, those last that an earlier run failed to get."""
    stored: int
    """Number of pictures that the store has."""
    known: list[tuple[Need, Missing]]
    """Pictures that were asked for before, and that asking again soon would not bring."""
    refused: list[tuple[Need, Missing]]
    """Pictures whose addresses may not be asked."""


class Choice(NamedTuple):
    """Choice of the pictures to ask for again."""

    again: bool = False
    """True to ask again for all that are missing."""
    before: int = -1
    """Moment, in seconds since 1970, before which a stored picture was asked for if it is to be compared."""
    robots: bool = True
    """True if robots.txt is heeded; otherwise what it kept from us is asked for."""


def plan_of(wanted: Iterable[Need], store: PictureStore | None, guard: AddressGuard, choice: Choice) -> Plan:
    """Return what must be asked for; the store is None where there is none yet."""
    plan = Plan([], 0, [], [])
    failed: list[Job] = []  # which must not keep a run from the others if their host is left alone for them
    stored = 0
    for each in wanted:
        record = store.index.find(each.address) if store else None
        found = record.found if record else None
        if store and record and isinstance(found, Stored) and _is_there(store, found):
            if record.asked >= choice.before:
                stored += 1
                continue
        else:
            record = None
        try:
            target = guard.judge(each.address, each.sites)
        except RefusedError as error:
            if record:
                stored += 1
            else:
                plan.refused.append((each, Missing("not-allowed", str(error))))
            continue
        if isinstance(found, Missing) and _lasts(found, choice, guard):
            plan.known.append((each, found))
        else:
            (failed if isinstance(found, Missing) else plan.jobs).append(Job(each, target, record))
    return plan._replace(jobs=plan.jobs + failed, stored=stored)


def _is_there(store: PictureStore, picture: Stored) -> bool:
    try:
        return os.stat(store.path(picture)).st_size == picture.size
    except OSError:
        return False


def _lasts(missing: Missing, choice: Choice, guard: AddressGuard) -> bool:
    """Return whether a picture that was missing is not asked for again; what was refused may be allowed now."""
    if choice.again or (missing.reason == "robots" and not choice.robots):
        return False
    if missing.reason == "not-allowed":
        return guard.refuses_still(missing.detail)
    return missing.reason in LASTING
