"""Scores of every channel come to one scale."""

from __future__ import annotations

import numpy as np
import pytest

from songkin.search.scale import alone, unit


def scores(*values: float) -> np.ndarray:
    return np.array(values, np.float32)


@pytest.mark.parametrize(
    ("given", "full", "top", "wanted"),
    [
        ((8, 6, 2), False, None, (1, 0.75, 0.25)),  # all that matched is there: 0 is what the others have
        ((8, 6, 2), True, None, (1, 2 / 3, 0)),  # the pool is full: the others have at most the last score
        ((0.5, -0.5), False, None, (1, 0)),  # below 0 the last one is the floor
        ((0.5, 0.25), False, 1.0, (0.5, 0.25)),  # the channel says what its best could be
        ((3, 1), False, 2.0, (1, 0.5)),  # and never goes beyond it
        ((4,), False, None, (1,)),
        ((4,), True, None, (1,)),
        ((4, 4), True, None, (1, 1)),
        ((0, 0), False, None, (0, 0)),  # nothing was found, however many were looked at
        ((0, 0), True, None, (0, 0)),
        ((), True, None, ()),
    ],
)
def test_the_best_becomes_one_and_what_was_not_named_zero(
    given: tuple[float, ...], full: bool, top: float | None, wanted: tuple[float, ...]
) -> None:
    found = unit(scores(*given), full=full, top=top)
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    assert found.dtype == np.float32


def test_the_scores_it_was_given_stay_as_they_were() -> None:
    given = scores(2, 1)
    unit(given, full=True)
    assert given.tolist() == [2, 1]


@pytest.mark.parametrize(
    ("given", "full", "wanted"),
    [
        ((1.5, 1.0, 0.5), False, (0.75, 0.5, 0.25)),  # of 2, the best there could be
        ((1.5, 1.0, 0.5), True, (0.5, 0.25, 0)),
        ((0.5, -0.5), False, (0.5, 0)),
        ((3, 1), False, (1, 0.5)),  # never beyond it
        ((), True, ()),
    ],
)
def test_by_itself_the_best_song_may_fit_badly(given: tuple[float, ...], full: bool, wanted: tuple[float, ...]) -> None:
    np.testing.assert_allclose(alone(scores(*given), full=full, best=2.0), wanted)
