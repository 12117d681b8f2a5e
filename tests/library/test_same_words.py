"""Same words: versions of a song meet, different songs do not, and the sides may be exchanged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from songkin.library.same_words import KEPT, Terms, cosines, counted, hashed, sameness, sung_terms
from songkin.types import Lyrics

RIVER = Lyrics("I drove the old truck down the dusty road\nThe river runs behind the wooden barn")
LIVE = Lyrics("[Verse]\nI drove the old truck down that dusty road\nThe river runs behind the wooden barn\nThank you")
CITY = Lyrics("They count the money while the engine hums\nI grab the microphone and every rhyme is on the block")


def near(one: Lyrics, other: Lyrics) -> float:
    return float(cosines([sung_terms(one)], [sung_terms(other)])[0])


def test_words_and_pairs_are_counted_and_a_repeated_line_once() -> None:
    assert counted(Lyrics("rain rain go\nRain, rain go\nrain")) == {"rain": 3, "go": 1, "rain rain": 1, "rain go": 1}
    assert counted(Lyrics(bag={"rain": 3, "Go": 1, "off": -2})) == {"rain": 3, "go": 1}
    assert counted(None) == counted(Lyrics()) == {}


def test_a_live_take_is_the_same_and_another_song_is_not() -> None:
    assert near(RIVER, RIVER) == pytest.approx(1)
    assert sameness(np.array([near(RIVER, LIVE)]))[0] == 1
    assert sameness(np.array([near(RIVER, CITY)]))[0] == 0


def test_a_bag_meets_a_bag() -> None:
    bag = Lyrics(bag={"river": 2, "truck": 1, "barn": 4})
    assert near(bag, bag) == pytest.approx(1)
    assert near(bag, Lyrics()) == 0


def test_stop_words_alone_say_nothing() -> None:
    assert len(sung_terms(Lyrics("the\nand\nyou")).codes) == 0


def test_cosines_are_worked_out_by_hand() -> None:
    one, other = hashed({"a": 1.0, "b": 1.0}), hashed({"b": 3.0, "c": 4.0})
    nothing = hashed({})
    assert cosines([one, one, nothing], [other, one, one]).tolist() == pytest.approx([0.6 / 2**0.5, 1.0, 0.0])
    assert cosines([], []).tolist() == []
    assert cosines([nothing], [nothing]).tolist() == [0.0]


def test_sameness_rises_from_different_to_same() -> None:
    assert sameness(np.array([0.0, 0.4, 0.55, 0.7, 1.0])).tolist() == pytest.approx([0, 0, 0.5, 1, 1])


def test_a_long_song_keeps_its_weightiest_terms() -> None:
    assert len(sung_terms(Lyrics(" ".join(f"word{number}" for number in range(500)))).codes) == KEPT


TERMS = some.dictionaries(some.text(max_size=3), some.floats(0.5, 9), max_size=6).map(hashed)


@settings(deadline=None)
@given(some.lists(some.tuples(TERMS, TERMS), max_size=5))
def test_exchanged_sides_give_the_same_to_the_last_digit(pairs: list[tuple[Terms, Terms]]) -> None:
    left, right = [one for one, _ in pairs], [other for _, other in pairs]
    forth, back = cosines(left, right), cosines(right, left)
    assert forth.tolist() == back.tolist()
    assert ((forth >= 0) & (forth <= 1 + 1e-6)).all()
    assert [float(cosines([one], [other])[0]) for one, other in pairs] == forth.tolist()
