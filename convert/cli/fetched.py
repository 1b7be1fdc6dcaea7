"""Reports of `convert fetch`: what would be asked of whom, and what became of the pictures of each host."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from convert.cli.progress import duration, size
from convert.messages import Language, Message, message
from convert.pictures.fetching.limits import Limits
from convert.pictures.guard import NOT_ASKED, RefusedError, parse
from convert.pictures.model import LASTING, Missing, Stored
from convert.pictures.planning import Job, Need, Plan
from convert.pictures.store import PictureStore
from convert.report.words import clauses, listed
from convert.text import printable

GUESS = 70_000
"""Bytes of a picture, where the store has none of its host."""
ANSWER = 0.3
"""Seconds of an answer, where nothing is known of a host."""
SAMPLE = 200
"""Number of pictures of a host from whose sizes the others are estimated."""

COUNTS: Mapping[str, Message] = MappingProxyType(
    {
        "not-found": message("{count:,} gone"),
        "refused": message("{count:,} refused"),
        "robots": message("{count:,} kept by robots.txt"),
        "not-allowed": message("{count:,} at addresses that may not be asked"),
        "unreachable": message("{count:,} unreachable"),
        "server": message("{count:,} with a fault of the server"),
        "too-slow": message("{count:,} too slow"),
        "too-large": message("{count:,} too large"),
        "no-picture": message("{count:,} that are no picture"),
        "broken": message("{count:,} broken"),
        "left-alone": message("{count:,} not asked for, the host failed too often"),
    }
)
"""Numbers of pictures by the reason why they are missing."""


class _Host:
    """Counts of one host."""

    def __init__(self) -> None:
        self.fetched = self.bytes = self.unchanged = 0
        self.missing: Counter[str] = Counter()


class Tally:
    """Counts of a run, by host and by reason."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.hosts: defaultdict[str, _Host] = defaultdict(_Host)
        self.fetched = self.bytes = self.unchanged = self.passing = 0
        self.losses: list[tuple[str, Missing]] = []
        """Addresses of the pictures that are missing, and the reasons."""
        for need, missing in (*plan.known, *plan.refused):
            self._miss(need, missing, missing.reason)

    @property
    def missing(self) -> int:
        """Number of the pictures that the store lacks."""
        return len(self.losses)

    def add(self, job: Job, found: Stored | Missing, fetched: int, *, left_alone: bool) -> None:
        """Count what became of a picture."""
        host = self.hosts[job.target.host]
        if isinstance(found, Missing):
            self._miss(job.need, found, "left-alone" if left_alone else found.reason)
            self.passing += found.reason not in LASTING
        elif fetched:
            host.fetched += 1
            host.bytes += fetched
            self.fetched += 1
            self.bytes += fetched
        else:
            host.unchanged += 1
            self.unchanged += 1

    def _miss(self, need: Need, missing: Missing, reason: str) -> None:
        self.hosts[host_of(need.address)].missing[reason] += 1
        self.losses.append((need.address, missing))


def host_of(address: str) -> str:
    """Return the host of an address, "?" if it has none."""
    try:
        return parse(address).host
    except RefusedError:
        return "?"


def report_lines(tally: Tally, seconds: float, language: Language, *, verbose: bool) -> Iterator[str]:
    """Yield the lines of the report: with `verbose` each missing picture, then a line for each host, and the sums."""
    if verbose:
        for address, missing in tally.losses:
            yield f"{printable(address)}: {missing.message.text_in(language)}"
    for name, host in sorted(tally.hosts.items(), key=_most):
        parts = []
        if host.fetched:
            parts.append(message("{count:,} fetched, {size}", count=host.fetched, size=size(host.bytes)))
        if host.unchanged:
            parts.append(message("{count:,} unchanged", count=host.unchanged))
        yield _line(name, parts, host.missing, language)
    yield from _advice((missing for _, missing in tally.losses), language)
    plan = tally.plan
    sums = [
        message("{count:,} picture(s)", count=_all(plan)),
        message(
            "{count:,} fetched, {size}, in {time}", count=tally.fetched, size=size(tally.bytes), time=duration(seconds)
        ),
        message("{count:,} in the store from before", count=plan.stored + tally.unchanged),
        message("{count:,} missing", count=tally.missing),
    ]
    yield clauses(sums, language)


class _Estimate(NamedTuple):
    bytes: int
    seconds: float


def planned_lines(
    plan: Plan, store: PictureStore | None, limits: Limits, language: Language, *, verbose: bool
) -> Iterator[str]:
    """Yield the lines of a dry run: hosts, numbers of pictures, and estimates of bytes and time."""
    if verbose:
        for job in plan.jobs:
            yield printable(job.target.address)
    jobs = Counter(job.target.host for job in plan.jobs)
    missing: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for need, why in (*plan.known, *plan.refused):
        missing[host_of(need.address)][why.reason] += 1
    means = _means(store, set(jobs)) if store else {}
    estimates = {}
    for name in sorted({*jobs, *missing}, key=lambda each: (-jobs[each], each)):
        parts = []
        if count := jobs[name]:
            each = max(limits.delay, ANSWER / limits.per_host)
            estimate = estimates[name] = _Estimate(count * means.get(name, GUESS), count * each)
            parts = [
                message(
                    "{count:,} to fetch, about {size} in {time}",
                    count=count,
                    size=size(estimate.bytes),
                    time=duration(estimate.seconds),
                )
            ]
        yield _line(name, parts, missing[name], language)
    yield from _advice((why for _, why in (*plan.known, *plan.refused)), language)
    sums = [
        message("{count:,} picture(s)", count=_all(plan)),
        message(
            "{count:,} to fetch, about {size} in {time}",
            count=len(plan.jobs),
            size=size(sum(each.bytes for each in estimates.values())),
            time=duration(max((each.seconds for each in estimates.values()), default=0)),
        ),
        message("{count:,} in the store", count=plan.stored),
        message("nobody was asked"),
    ]
    yield clauses(sums, language)


def _all(plan: Plan) -> int:
    return len(plan.jobs) + plan.stored + len(plan.known) + len(plan.refused)


def _most(item: tuple[str, _Host]) -> tuple[int, str]:
    name, host = item
    return -(host.fetched + host.unchanged + host.missing.total()), name


def _line(name: str, parts: list[Message], missing: Counter[str], language: Language) -> str:
    losses = [message(COUNTS[reason].id, count=count) for reason, count in sorted(missing.items())]
    text = listed([*parts, *losses], language)
    return message("{path}: {fault}", path=printable(name), fault=text).text_in(language)


def _advice(losses: Iterable[Missing], language: Language) -> Iterator[str]:
    """Yield the line about hosts that are asked only if the user allows them, also those that redirects lead to."""
    refused = {each.detail.removesuffix(NOT_ASKED).split()[-1] for each in losses if each.detail.endswith(NOT_ASKED)}
    if hosts := sorted(refused):
        yield message(
            "to ask more hosts than the publishers', name them: {options}",
            options=" ".join(f"--allow-host {printable(each)}" for each in hosts[:3]) + (" …" if hosts[3:] else ""),
        ).text_in(language)


def _means(store: PictureStore, hosts: set[str]) -> dict[str, int]:
    """Return the mean size of a picture of each host, from some that the store has."""
    sizes: defaultdict[str, list[int]] = defaultdict(list)
    for record in store.index.records():
        if isinstance(record.found, Stored):
            host = host_of(record.address)
            if host in hosts and len(sizes[host]) < SAMPLE:
                sizes[host].append(record.found.size)
    return {host: sum(each) // len(each) for host, each in sizes.items()}
