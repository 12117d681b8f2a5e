"""Stretches of an array, by their beginnings and lengths."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from songkin.store.spans import spans

stretches = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 6)))


@given(stretches)
def test_every_stretch_is_laid_beside_the_one_before(given_ones: list[tuple[int, int]]) -> None:
    firsts, counts = [first for first, _ in given_ones], [count for _, count in given_ones]
    assert spans(firsts, counts).tolist() == [first + at for first, count in given_ones for at in range(count)]
