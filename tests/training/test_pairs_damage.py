"""Words spoilt on purpose: how much, which ones, always the same ones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import TrainingError
from songkin.evaluation.noise import WORD
from songkin.training.pairs.damage import DAMAGES, Damage, drop_words, misspell, stem, truncate

SONG = "Rolling waves are carrying me\nhome, where the harbours' lights\nwere burning — ölige Nächte, it's 1987"
ALL = pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
STRENGTHS = st.floats(0, 1)


def words(text: str) -> list[str]:
    return WORD.findall(text)


@ALL
def test_no_strength_leaves_the_text_as_it_is(damage: Damage) -> None:
    for text in (SONG, "", "  odd   spaces \n\n here ", "\n", "— !"):
        assert damage(text, 0.0) == text


@ALL
@pytest.mark.parametrize("strength", [-0.1, 1.1, float("nan")])
def test_a_strength_beyond_its_range_is_an_error(damage: Damage, strength: float) -> None:
    with pytest.raises(TrainingError, match=r"it lies in \[0, 1\]"):
        damage(SONG, strength)


@ALL
@given(text=st.text(max_size=60), strength=STRENGTHS, seed=st.integers(0, 3))
def test_any_text_is_spoilt_the_same_way_each_time(damage: Damage, text: str, strength: float, seed: int) -> None:
    assert damage(text, strength, seed=seed) == damage(text, strength, seed=seed)


@given(STRENGTHS, STRENGTHS, st.integers(0, 3))
def test_more_strength_loses_the_same_words_and_more(one: float, other: float, seed: int) -> None:
    less, more = sorted((one, other))
    left = [words(drop_words(SONG, strength, seed=seed)) for strength in (less, more)]
    rest = iter(left[0])
    assert all(word in rest for word in left[1])
    assert len(words(truncate(SONG, more))) <= len(words(truncate(SONG, less)))
    changed = [
        {
            at
            for at, pair in enumerate(zip(words(SONG), words(stem(SONG, s, seed=seed)), strict=True))
            if len(set(pair)) > 1
        }
        for s in (less, more)
    ]
    assert changed[0] <= changed[1]


def test_lost_words_are_about_as_many_as_asked_and_lines_stay() -> None:
    text = "\n".join(" ".join(f"word{line}x{at}" for at in range(10)) for line in range(100))
    for strength in (0.1, 0.5, 0.9):
        spoilt = drop_words(text, strength, seed=1)
        assert abs(len(words(spoilt)) / 1000 - (1 - strength)) < 0.05
        assert spoilt.count("\n") == 99
        assert "  " not in spoilt
    assert words(drop_words(text, 1.0)) == []


def test_the_end_is_cut_off() -> None:
    assert truncate("one two, three\nfour", 0.5) == "one two"
    assert truncate("one two, three\nfour!", 0.25) == "one two, three"
    assert (truncate(SONG, 1.0), truncate("", 0.5)) == ("", "")


def test_stems_are_porters_second_as_musixmatch_has_them() -> None:
    assert stem("Happy babies were dancing, always", 1.0) == "happi babi were danc, alway"


def test_misspelt_words_keep_their_place_and_short_words_their_spelling() -> None:
    spoilt = misspell(SONG, 1.0, seed=2)
    before, after = words(SONG), words(spoilt)
    assert spoilt != SONG
    assert spoilt.count("\n") == SONG.count("\n")
    assert "me" in after
    changed = sum(word not in after for word in before if len(word) >= 3)
    assert changed > 0.9 * sum(len(word) >= 3 for word in before)


def test_another_seed_or_text_is_spoilt_elsewhere() -> None:
    text = " ".join(f"word{at}" for at in range(200))
    lost = [set(text.split()) - set(drop_words(text, 0.5, seed=seed).split()) for seed in (0, 1)]
    assert lost[0] != lost[1]
    other = text.replace("word0", "first")
    assert set(other.split()) - set(drop_words(other, 0.5).split()) != lost[0]
