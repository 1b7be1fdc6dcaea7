"""The helper that other tests ask whether time grows with a size."""

import pytest
from helpers.growth import grows_with_it


def spin(times: int) -> int:
    return sum(range(times))


@pytest.mark.slow
def test_growth_of_linear_work_is_accepted() -> None:
    assert grows_with_it(spin, lambda size: size, 10_000)


@pytest.mark.slow
def test_growth_of_quadratic_work_is_refused_however_fast_it_is() -> None:
    """The work takes some microseconds at the given size, too little to be noticed."""
    assert not grows_with_it(lambda size: spin(size * size), lambda size: size, 20)
