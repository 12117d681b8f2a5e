"""Names of themes: what sets songs apart, worked out by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest

from songkin.atlas.naming import Mark, marks, named


def test_a_theme_is_told_by_what_its_songs_have_and_others_lack() -> None:
    counts = np.array([[9, 8, 0], [9, 1, 6]])  # love, snow, money
    first, second = marks(counts, np.array([10, 10]), ["love", "snow", "money"])
    assert [mark.name for mark in first] == ["snow"]
    assert [mark.name for mark in second] == ["money"]


def test_share_and_lift_are_as_defined() -> None:
    ((mark,), _) = marks(np.array([[8], [1]]), np.array([10, 19]), ["snow"])
    assert mark.share == pytest.approx(0.8)
    assert mark.lift == pytest.approx(0.8 / (1.5 / 20))


def test_the_order_is_share_times_the_logarithm_of_the_lift() -> None:
    counts = np.array([[40, 10], [10, 0]])  # common and telling against rare and only here
    (first, _) = marks(counts, np.array([50, 100]), ["common", "rare"])
    scores = [mark.share * math.log(mark.lift) for mark in first]
    assert [mark.name for mark in first] == ["common", "rare"]
    assert scores == sorted(scores, reverse=True)


def test_a_word_of_a_few_songs_names_no_theme() -> None:
    assert marks(np.array([[4], [0]]), np.array([40, 40]), ["snow"]) == [(), ()]
    assert marks(np.array([[4], [0]]), np.array([40, 40]), ["snow"], least=3)[0][0].name == "snow"


def test_half_of_a_small_theme_is_enough() -> None:
    (own, _) = marks(np.array([[2], [0]]), np.array([4, 40]), ["snow"])
    assert own[0].name == "snow"


def test_a_theme_of_all_songs_has_its_commonest_words() -> None:
    ((first, second),) = marks(np.array([[9, 6, 1]]), np.array([10]), ["love", "snow", "rare"])
    assert (first.name, second.name) == ("love", "snow")
    assert [first.lift, second.lift] == [1.0, 1.0]  # there is no elsewhere to be commoner than


def test_no_lift_is_beyond_twice_the_number_of_songs() -> None:
    found = marks(np.array([[100], [0]]), np.array([100, 900]), ["snow"])
    assert found[0][0].lift == pytest.approx(2 * 901)


def word(name: str, share: float = 0.5) -> Mark:
    return Mark(name, share, 3.0)


@pytest.mark.parametrize(
    ("words", "tags", "name"),
    [
        ([word("snow"), word("santa"), word("bells"), word("red")], [word("pop")], "snow, santa, bells"),
        ([word("snow"), word("rare", 0.06)], [word("folk"), word("sea")], "snow, folk"),
        ([word("rare", 0.06)], [], "rare"),
        ([word("snow")], [], "snow"),
        ([], [word("folk")], "folk"),
        ([], [], "like Tin Lantern"),
    ],
)
def test_a_name_is_words_then_descriptors_then_a_song(words: list[Mark], tags: list[Mark], name: str) -> None:
    assert named([words], [tags], ["Tin Lantern"]) == [name]


def test_no_name_comes_twice() -> None:
    own = [word("snow"), word("santa"), word("bells")]
    names = named([own, [*own, word("red")], own, own], [[]] * 4, ["a"] * 4)
    assert names == [
        "snow, santa, bells",
        "snow, santa, bells, red",
        "snow, santa, bells (3)",
        "snow, santa, bells (4)",
    ]
    assert len(set(names)) == 4
