"""The plan of `--fit`: which treatment each picture of a book gets, so that all of them take no more than some bytes.

Rungs of a ladder lead from the profile down: quality to 60 by steps of one, the longer edge to 480 by steps of 3 %,
quality to 50, grey, the longer edge to 320, quality to 45; then pictures that lead no article are left out, the last
ones first, and at the very end those that lead one.  The plan takes the first rung that all pictures fit on, and puts
picture by picture, in reading order, one rung higher while there is room.  What is left over, if it is more than the
slack, lets one picture after the other climb as far as it can.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from convert.pictures.profiles import Treatment

GOOD, FAIR, POOR = 60, 50, 45
"""Qualities at which the ladder turns to something else."""
MIDDLE, SMALL = 480, 320
"""Longer edges at which it does."""
UNBOUNDED, UNKNOWN = 2400, 90
"""Edge and quality below a profile that leaves pictures as they are."""
STEP = 0.97
"""Proportion of a longer edge to the one before."""
FINE, FINEST = 0.997, 40
"""Proportion of the longer edges between two rungs, for the last bytes, and the most of them that are tried."""
NEAR = 4
"""Qualities that are tried for the last bytes."""
SAMPLE = 16
"""Pictures, evenly spaced, by which a rung is guessed before all are tried."""


class Candidate(Struct, frozen=True, gc=False):
    """Picture of a book."""

    sha256: str
    """SHA-256 of its bytes in the store."""
    width: int
    height: int
    leads: bool
    """True if it leads an article."""
    size: int
    """Bytes by the profile."""


class Fitted(Struct, frozen=True):
    """Treatment of each picture of a book, and the rung that was reached."""

    treatments: Mapping[str, Treatment | None]
    """By the SHA-256 of a picture in the store; None for one that is left out."""
    rung: Treatment
    """The lowest treatment of a picture that is shown."""
    reduced: int
    """Number of pictures with that treatment."""
    left_out: int
    limit: int = 0
    """Most bytes of the book."""

    @property
    def figures(self) -> dict[str, int]:
        """Return the rung and the counts as a manifest has them."""
        return {
            "limit": self.limit,
            "pictures": len(self.treatments),
            "edge": self.rung.edge,
            "quality": self.rung.quality,
            "grey": int(self.rung.grey),
            "on_this_rung": self.reduced,
            "left_out": self.left_out,
        }


Measure = Callable[[Sequence[tuple[str, Treatment]]], list[int]]
"""Function that returns the number of bytes of each of some pictures after its treatment."""


def ladder(profile: Treatment) -> list[Treatment]:
    """Return the rungs below a profile, and the profile as the first one.

    >>> [rung.text for rung in ladder(Treatment(600, 46, grey=True))][:3]
    ['600-46-grey', '582-46-grey', '564-46-grey']
    """
    rungs = [profile]
    if not profile.edge or not profile.quality:
        rungs.append(Treatment(profile.edge or UNBOUNDED, profile.quality or UNKNOWN, profile.grey))
    for quality, edge in ((GOOD, 0), (0, MIDDLE), (FAIR, 0), (0, -1), (0, SMALL), (POOR, 0)):
        rung = rungs[-1]
        if edge < 0:
            rungs += [] if rung.grey else [replace(rung, grey=True)]
        elif edge:
            rungs += _shrinking(rung, edge)
        else:
            rungs += [replace(rung, quality=each) for each in range(rung.quality - 1, quality - 1, -1)]
    return rungs


def _shrinking(rung: Treatment, least: int) -> Iterator[Treatment]:
    edge = rung.edge
    while edge > least:
        edge = max(int(edge * STEP), least)
        yield replace(rung, edge=edge)


class Fit:
    """Search for the plan of one book."""

    def __init__(self, candidates: Sequence[Candidate], profile: Treatment, measure: Measure) -> None:
        self._candidates = candidates
        self._rungs = ladder(profile)
        self._measure = measure
        self._sizes = {(each.sha256, self._rungs[0]): each.size for each in candidates}
        every = max(1, -(-len(candidates) // SAMPLE))
        self._sample = candidates[::every]

    def plan(self, room: int, slack: int) -> Fitted:
        """Return the plan by which the pictures take no more than `room` bytes, and no less by more than the slack."""
        rung = self._rung(room)
        chosen: dict[str, Treatment | None] = {}
        if rung < len(self._rungs):
            chosen = {each.sha256: self._rungs[rung] for each in self._candidates}
        else:
            chosen = self._leaving_out(room)
        room -= self._cost(chosen)
        higher = self._rungs[min(rung, len(self._rungs) - 1) - 1] if rung else None
        for each in self._candidates if higher else ():
            if higher and chosen[each.sha256] == self._rungs[min(rung, len(self._rungs) - 1)]:
                room = self._climb(chosen, each, higher, room)
        for each in self._candidates:
            if room <= slack:
                break
            room = self._climb(chosen, each, self._best(each, chosen[each.sha256], room), room)
        return self._fitted(chosen)

    def cost(self, plan: Fitted) -> int:
        """Return the bytes that the pictures take by a plan."""
        return self._cost(plan.treatments)

    def _fitted(self, chosen: dict[str, Treatment | None]) -> Fitted:
        shown = [each for each in chosen.values() if each]
        lowest = max(shown, key=self._depth, default=self._rungs[-1])
        return Fitted(chosen, lowest, shown.count(lowest), len(chosen) - len(shown))

    def _depth(self, treatment: Treatment) -> int:
        return self._rungs.index(treatment) if treatment in self._rungs else -1

    def _rung(self, room: int) -> int:
        """Return the first rung that all pictures fit on, the number of rungs if there is none."""
        low, high, scale = -1, len(self._rungs), 1.0
        while high - low > 1:
            guess = self._guess(room * scale, low, high)
            total = self._total(self._candidates, guess)
            if total <= room:
                high = guess
            else:
                low = guess
            scale = self._total(self._sample, guess) / max(total, 1)
        return high

    def _guess(self, room: float, low: int, high: int) -> int:
        """Return the first rung between two that the sample fits on."""
        first, last = low + 1, high - 1
        while first < last:
            middle = (first + last) // 2
            if self._total(self._sample, middle) <= room:
                last = middle
            else:
                first = middle + 1
        return first

    def _total(self, candidates: Sequence[Candidate], rung: int) -> int:
        treatment = self._rungs[rung]
        return sum(self._sizes_of([(each.sha256, treatment) for each in candidates]))

    def _sizes_of(self, wanted: Sequence[tuple[str, Treatment]]) -> list[int]:
        new = [each for each in wanted if each not in self._sizes]
        self._sizes.update(zip(new, self._measure(new), strict=True))
        return [self._sizes[each] for each in wanted]

    def _cost(self, chosen: Mapping[str, Treatment | None]) -> int:
        return sum(self._sizes_of([(sha256, each) for sha256, each in chosen.items() if each]))

    def _leaving_out(self, room: int) -> dict[str, Treatment | None]:
        """Return a plan that leaves out as many pictures as it must, the last ones first, those that lead later."""
        chosen: dict[str, Treatment | None] = {each.sha256: self._rungs[-1] for each in self._candidates}
        room -= self._cost(chosen)
        for each in [*_backwards(self._candidates, leads=False), *_backwards(self._candidates, leads=True)]:
            if room >= 0:
                break
            chosen[each.sha256] = None
            room += self._sizes[each.sha256, self._rungs[-1]]
        return chosen

    def _climb(
        self, chosen: dict[str, Treatment | None], each: Candidate, treatment: Treatment | None, room: int
    ) -> int:
        """Give a picture a better treatment if there is room for it, and return the room that is left."""
        if treatment is None:
            return room
        before = chosen[each.sha256]
        more = self._sizes_of([(each.sha256, treatment)])[0] - (self._sizes[each.sha256, before] if before else 0)
        if more > room:
            return room
        chosen[each.sha256] = treatment
        return room - more

    def _best(self, each: Candidate, now: Treatment | None, room: int) -> Treatment | None:
        """Return the best treatment of a picture that there is room for, None if there is none better."""
        most = room + (self._sizes[each.sha256, now] if now else 0)
        rungs = self._rungs[: self._rungs.index(now)] if now in self._rungs else [] if now else self._rungs

        def fits(rung: Treatment) -> bool:
            return self._sizes_of([(each.sha256, rung)])[0] <= most

        first = _first(rungs, fits)
        if first > 0 and not rungs[first - 1].grey and [*rungs, now or self._rungs[-1]][first].grey:
            rungs = [replace(rung, grey=True) for rung in rungs[:first]]  # grey saves much at once
            first = _first(rungs, fits)
        if first == 0:
            return rungs[0] if rungs else None
        longest = min(rungs[first - 1].edge or UNBOUNDED, max(each.width, each.height))
        edges = [int(longest * FINE**power) for power in range(1, FINEST)]
        between = [
            replace(rungs[first - 1], edge=edge, quality=rungs[first - 1].quality or UNKNOWN)
            for before, edge in pairwise([longest, *edges])
            if SMALL <= edge < before
        ]
        fine = _first(between, fits)
        better = between[fine] if fine < len(between) else rungs[first] if first < len(rungs) else now
        return self._beside(each, better, most) if better else None

    def _beside(self, each: Candidate, base: Treatment, most: int) -> Treatment:
        """Return the largest result that there is room for, among some that are a little better than a treatment.

        Sizes go up by steps where an edge crosses the blocks of JPEG, so that edges alone leave gaps.
        """
        longest = max(each.width, each.height)
        near = [
            replace(base, edge=min(edge, longest), quality=base.quality + more)
            for edge in range(base.edge, base.edge + base.edge // 40, max(1, base.edge // 200))
            for more in range(NEAR if base.quality else 1)
        ]
        sizes = self._sizes_of([(each.sha256, treatment) for treatment in near])
        return max(zip(sizes, near, strict=True), key=lambda tried: tried[0] if tried[0] <= most else 0)[1]


def _first(rungs: Sequence[Treatment], fits: Callable[[Treatment], bool]) -> int:
    """Return the place of the first rung that fits, by halving; the number of rungs if none does."""
    low, high = 0, len(rungs)
    while low < high:
        middle = (low + high) // 2
        if fits(rungs[middle]):
            high = middle
        else:
            low = middle + 1
    return low


def _backwards(candidates: Sequence[Candidate], *, leads: bool) -> Iterator[Candidate]:
    return (each for each in reversed(candidates) if each.leads is leads)
