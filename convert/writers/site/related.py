"""Articles that share keywords.

The keywords of an article that few others have weigh most.  Of a keyword that many have, only the articles nearest in
the order are looked at: so the work grows with the number of articles alone, and a new article changes only the lists
of those near it.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence

MOST = 5
"""Related articles that a page names."""
NEAR = 20
"""Articles on each side that are looked at for each keyword."""


def related(place: int, keys: Sequence[str], places: Mapping[str, Sequence[int]], count: int) -> list[int]:
    """Return the places of the articles that share most with the one at a place, the most related first.

    `keys` are the article's keywords, `places` the sorted places of the articles with each, `count` that of all.

    >>> related(1, ["ink", "paper"], {"ink": [0, 1, 3], "paper": [0, 1, 2, 3, 4]}, 16)
    [0, 3, 2, 4]
    """
    if len(keys) == 1:
        return _nearest(place, places[keys[0]])
    weights: dict[int, int] = {}
    for key in keys:
        having = places[key]
        middle = bisect_left(having, place)
        weight = (count // len(having)).bit_length() + 1
        for other in having[max(0, middle - NEAR) : middle + NEAR + 1]:
            if other != place:
                weights[other] = weights.get(other, 0) + weight
    ordered = sorted(weights, key=lambda other: (-weights[other], abs(other - place), other))
    return ordered[:MOST]


def _nearest(place: int, having: Sequence[int]) -> list[int]:
    """Return the places nearest to one that has them too, of equally near ones the smaller first.

    >>> _nearest(10, [2, 9, 10, 11, 14])
    [9, 11, 14, 2]
    """
    before, after = bisect_left(having, place), bisect_left(having, place + 1)
    nearest: list[int] = []
    while len(nearest) < MOST and (before > 0 or after < len(having)):
        if before > 0 and (after == len(having) or place - having[before - 1] <= having[after] - place):
            before -= 1
            nearest.append(having[before])
        else:
            nearest.append(having[after])
            after += 1
    return nearest
