"""What heads read of words: passages as directions, pairs within lines, a chorus once, bags without style."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from songkin.annotate.reading import BAG_WORDS, PASSAGES, joined, read
from songkin.annotate.style import STYLE
from songkin.testing import ToyEncoder
from songkin.types import Lyrics

TOY = ToyEncoder()


def test_nothing_read_is_nothing() -> None:
    own = read([], TOY)
    assert own.vectors.shape == (0, TOY.dim)
    assert own.styles.shape == (0, len(STYLE))
    assert own.words == ()
    assert own.bags.shape == (0,)


def test_a_text_without_words_is_zeros_among_others() -> None:
    own = read([Lyrics(), Lyrics("[Chorus]"), Lyrics("rain on the roof")], TOY)
    np.testing.assert_allclose(np.linalg.norm(own.vectors, axis=1), [0, 0, 1], atol=1e-6)
    assert own.words[:2] == ({}, {})
    assert not own.bags.any()


def test_pairs_stay_within_a_line_and_stamps_and_marks_are_no_words() -> None:
    own = read([Lyrics("[Verse 1]\n[00:05.00]Rain falls\nDown now")], TOY).words[0]
    assert own == {"rain": 1, "falls": 1, "rain falls": 1, "down": 1, "now": 1, "down now": 1}


def test_a_chorus_sung_ten_times_counts_once_in_words_but_shows_in_style() -> None:
    once, often = "rain falls\nsun shines", "rain falls\nsun shines\n" + "rain falls\n" * 9
    own = read([Lyrics(once), Lyrics(often)], TOY)
    assert own.words[0] == own.words[1]
    at = STYLE.index("repeated_lines")
    assert own.styles[0, at] < own.styles[1, at]


def test_a_bag_gives_counts_and_a_direction_but_neither_pairs_nor_style() -> None:
    own = read([Lyrics(bag={"Rain": 3, "sun": 1, "never": 0, "odd": -2})], TOY)
    assert own.bags.tolist() == [True]
    assert own.words[0] == {"rain": 3, "sun": 1}
    assert not own.styles.any()
    np.testing.assert_allclose(np.linalg.norm(own.vectors, axis=1), 1, atol=1e-6)


def test_text_goes_before_a_bag() -> None:
    own = read([Lyrics("rain", bag={"sun": 4})], TOY)
    assert own.words[0] == {"rain": 1}
    assert not own.bags.any()


def test_an_endless_text_or_bag_is_read_in_part() -> None:
    class Counting(ToyEncoder):
        seen: list[str]

        def encode_songs(self, texts: list[str]) -> object:  # type: ignore[override]
            self.seen = list(texts)
            return super().encode_songs(texts)

    counting = Counting()
    read([Lyrics("\n".join(f"line {n} of a very long song that has no end" for n in range(3000)))], counting)
    assert len(counting.seen) == PASSAGES
    read([Lyrics(bag={f"word{n}": n for n in range(1, 500)})], counting)
    (text,) = counting.seen
    assert len(text.split()) == BAG_WORDS
    assert text.startswith("word499 word498 ")


@given(st.lists(st.text(st.characters(), max_size=80), min_size=1, max_size=6))
def test_texts_are_read_alike_alone_and_together(texts: list[str]) -> None:
    together = read([Lyrics(text) for text in texts], TOY)
    alone = joined([read([Lyrics(text)], TOY) for text in texts])
    np.testing.assert_allclose(together.vectors, alone.vectors, atol=1e-6)
    np.testing.assert_array_equal(together.styles, alone.styles)
    assert together.words == alone.words


def test_some_rows_are_those_rows() -> None:
    own = read([Lyrics("rain"), Lyrics(bag={"sun": 1}), Lyrics("moon")], TOY).at(np.array([2, 1]))
    assert own.words == ({"moon": 1}, {"sun": 1})
    assert own.bags.tolist() == [False, True]
