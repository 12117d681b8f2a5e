"""How well descriptions meet a request."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.search.containment import Descriptions, Rarity, heard, named
from songkin.search.terms import description_terms

SETS = (
    ("soft piano", "female vocal", "slow tempo"),  # 0
    ("soft piano",),  # 1
    ("piano", "soft strings"),  # 2
    ("fast tempo", "distorted guitar"),  # 3
    ("fast tempo", "distorted guitar", "1980s", "live recording"),  # 4
    (),  # 5
)


def told(descriptors: tuple[str, ...]) -> str:
    return description_terms(", ".join(descriptors), descriptors, None)


TEXTS = [told(descriptors) for descriptors in SETS]


def scores(text: str) -> list[float]:
    return [float(score) for score in Descriptions(TEXTS, Rarity(TEXTS)).scores(heard(text))]


def best(text: str) -> int:
    return int(np.argmax(scores(text)))


def test_a_song_whose_every_descriptor_is_named_comes_before_one_with_unnamed_ones() -> None:
    assert best("something with a soft piano") == 1
    assert best("distorted guitar at a fast tempo") == 3


def test_a_song_that_tells_more_of_what_is_asked_comes_first() -> None:
    assert best("soft piano and a female vocal, slow tempo") == 0


def test_a_descriptor_in_full_beats_its_words_apart() -> None:
    found = scores("soft piano")
    assert found[1] > found[2] > 0


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("a woman singing", 0), ("eighties", 4), ("in concert", 4), ("distorrted gitar", 3), ("quick tempo", 3)],
)
def test_other_words_and_other_spellings_find_a_descriptor(text: str, wanted: int) -> None:
    assert best(text) == wanted


def test_what_is_said_counts_more_than_what_is_said_in_other_words() -> None:
    assert scores("female vocal")[0] > scores("woman singing")[0]


@pytest.mark.parametrize("text", ["", "the of and", "zyzzyva", "?!"])
def test_a_request_that_meets_nothing_scores_nothing(text: str) -> None:
    assert scores(text) == [0.0] * len(SETS)


def test_intensity_weighs_little() -> None:
    texts = [told(("extremely quiet",)), told(("quiet harp",)), told(("extremely fast",))]
    found = Descriptions(texts, Rarity(texts)).scores(heard("extremely quiet"))
    assert found[0] > found[1] > found[2]


def test_no_descriptions_give_no_scores() -> None:
    assert len(Descriptions([], Rarity([])).scores(heard("rain"))) == 0
    assert Descriptions(["", None], Rarity([])).scores(heard("rain")).tolist() == [0.0, 0.0]


def test_a_rare_term_is_rarer_than_a_common_one() -> None:
    rarity = Rarity(["rain piano", "piano", "piano harp"]).of(["rain", "piano", "never"])
    assert rarity[0] > rarity[1]
    assert 0 < rarity.min() <= rarity.max() <= 1


def test_a_descriptor_is_named_as_a_whole_in_part_or_in_other_words() -> None:
    asked = heard("soft piano with a woman singing")
    assert named("soft piano", asked) == 1.0
    assert named("loud piano", asked) == 0.5
    assert 0 < named("female vocal", asked) < 0.5
    assert named("tuba", asked) == 0.0
    assert named("", asked) == 0.0


def test_a_song_tagged_songs_answers_no_request_for_songs() -> None:
    texts = [told(("songs", "soft piano")), told(("slow", "piano"))]
    found = Descriptions(texts, Rarity(texts)).scores(heard("slow songs"))
    assert found[0] == 0.0 < found[1]
    assert named("songs", heard("slow songs")) == 0.0


words = st.sampled_from(["soft", "piano", "slow", "fast", "rain", "extremely", "voice", "1980s", "женский"])
descriptors = st.lists(words, min_size=1, max_size=3).map(" ".join)


@given(st.lists(st.lists(descriptors, max_size=4), max_size=6), st.lists(words, max_size=6))
def test_a_row_that_shares_a_word_scores_above_zero(sets: list[list[str]], asked: list[str]) -> None:
    texts = [told(tuple(names)) for names in sets]
    found = Descriptions(texts, Rarity(texts)).scores(heard(" ".join(asked)))
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    for score, names in zip(found, sets, strict=True):
        if {*asked} & {word for name in names for word in name.split()}:
            assert score > 0


@given(st.permutations(range(len(SETS))))
def test_a_score_depends_on_no_order(order: list[int]) -> None:
    asked, rarity = heard("soft piano, fast tempo"), Rarity(TEXTS)
    shuffled = Descriptions([TEXTS[at] for at in order], rarity).scores(asked)
    assert np.allclose(shuffled, Descriptions(TEXTS, rarity).scores(asked)[order])


@given(st.lists(st.lists(descriptors, max_size=4), max_size=8), st.lists(words, max_size=6), st.data())
def test_some_rows_score_as_they_would_alone(sets: list[list[str]], asked: list[str], data: st.DataObject) -> None:
    texts = [told(tuple(names)) for names in sets]
    some = data.draw(st.lists(st.integers(0, len(sets) - 1), unique=True)) if sets else []
    said, rarity = heard(" ".join([*asked, "paino"])), Rarity(texts)
    among = Descriptions(texts, rarity).scores(said, np.array(some, np.int64))
    assert np.allclose(among, Descriptions([texts[at] for at in some], rarity).scores(said))
