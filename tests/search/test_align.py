"""How a remembered line is scored against the lines of songs."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as some

from songkin.search.align import MOST_WORDS, Aligned, align

FERRY = "meet me where the ferry lights burn low\ni left my coat upon the landing"
KETTLE = "the kettle sings at half past four\nand nobody is home to hear it anymore"
LIGHTS = "turn the lights down low\nmeet me at the landing where i left you"
OLD = "work all day\nand work all night and work it out"


def aligned(request: str, *songs: str) -> Aligned:
    keys, parts = np.arange(len(songs)), np.zeros(len(songs), np.int64)
    return align(request.split(), keys, parts, songs)


def first(request: str) -> int:
    return int(aligned(request, KETTLE, LIGHTS, OLD, FERRY).keys[0])


@pytest.mark.parametrize(
    "request_text",
    [
        "meet me where the ferry lights burn low",
        "meet me whree the fery lights burn low",
        "where meet the lights ferry burn",
        "meat me wear the fairy lights burn low",
        "mete me whereth a ferrilights burn low",
        "me where the ferry",
        "lights burn low i left my coat",
        "ferry lights",
    ],
)
def test_a_line_is_found_misspelt_shuffled_misheard_cut_or_spanning_two(request_text: str) -> None:
    assert first(request_text) == 3


def test_the_very_line_scores_1_and_everything_else_less() -> None:
    found = aligned("the kettle sings at half past four", KETTLE, LIGHTS)
    assert found.scores[0] == 1.0
    assert found.scores[1] < 0.6


def test_two_neighbouring_lines_are_one_unit_with_a_score_of_1() -> None:
    found = aligned(FERRY.replace("\n", " "), FERRY)
    assert (found.scores[0], found.lines[0], found.widths[0]) == (1.0, 0, 2)


def test_lines_on_both_sides_of_a_passage_border_are_neighbours() -> None:
    songs = ["one two three", "four five six", "four five six"]
    found = align(["two", "three", "four", "five"], np.array([7, 7, 8]), np.array([1, 2, 2]), songs)
    assert found.keys[0] == 7
    assert (found.rows[0], found.widths[0]) == (0, 2)


def test_passages_with_a_gap_between_them_are_no_neighbours() -> None:
    found = align(["three", "four"], np.array([7, 7]), np.array([1, 3]), ["one two three", "four five six"])
    assert found.widths.tolist() == [1]


def test_a_verse_is_aligned_with_four_lines_at_once() -> None:
    verse = "a b c d e\nf g h i j\nk l m n o\np q r s t"
    found = aligned(verse.replace("\n", " "), verse)
    assert (found.scores[0], found.widths[0]) == (1.0, 4)


def test_a_word_asked_twice_needs_two_words() -> None:
    assert aligned("on and on and on", "on and off", "on and on and on we go").keys[0] == 1


def test_a_fragment_in_a_long_line_beats_its_words_scattered_in_a_short_one() -> None:
    long = "somebody ought to have told me what to do with all of it before i ever came"
    found = aligned("what to do with", "do what with to", long)
    assert found.keys.tolist() == [1, 0]


def test_vowels_that_are_alike_by_chance_do_not_count_as_words() -> None:
    found = aligned("oh i do", "oh i do", "you a do")
    assert found.scores[0] > found.scores[1] + 0.3


def test_equal_lines_come_by_key() -> None:
    keys, parts = np.array([9, 4, 6]), np.zeros(3, np.int64)
    assert align(["rain"], keys, parts, ["rain"] * 3).keys.tolist() == [4, 6, 9]


def test_a_song_comes_once_with_its_best_line() -> None:
    found = align(["rain", "again"], np.array([3, 3, 3]), np.arange(3), ["rain", "sun\nrain again", "again"])
    assert (found.keys.tolist(), found.rows.tolist(), found.lines.tolist()) == ([3], [1], [1])


@pytest.mark.parametrize(("request_text", "songs"), [("", (FERRY,)), ("rain", ())])
def test_no_words_or_no_passages_give_no_songs(request_text: str, songs: tuple[str, ...]) -> None:
    assert len(aligned(request_text, *songs).keys) == 0


def test_words_without_sounds_are_compared_by_letters() -> None:
    assert aligned("🌧 ⛵", "rain boat", "🌧 ⛵").keys[0] == 1


def test_chinese_character_pairs_are_words() -> None:
    assert aligned("海上 上生 生明 明日", "海上 上生 生明 明月", "床前 前明 明月 月光").keys[0] == 0


def test_only_the_first_forty_words_are_asked() -> None:
    assert aligned(" ".join(map(str, range(500))), FERRY).places.shape == (1, MOST_WORDS)


def test_an_arrow_column_is_as_good_as_strings() -> None:
    column = pa.chunked_array([[KETTLE], [FERRY]])
    found = align(["fery", "lihgts"], np.arange(2), np.zeros(2, np.int64), column)
    assert found.keys.tolist() == aligned("fery lihgts", KETTLE, FERRY).keys.tolist()


WORDS = ["on", "and", "the", "ferry", "fairy", "light", "lite", "kettle", "é", "海", "🌧"]
words = some.lists(some.sampled_from(WORDS), min_size=1, max_size=12)


@given(words, some.lists(words, min_size=1, max_size=8))
def test_scores_lie_in_0_to_1_and_never_rise(request_words: list[str], songs: list[list[str]]) -> None:
    found = aligned(" ".join(request_words), *map(" ".join, songs))
    assert sorted(found.keys.tolist()) == list(range(len(songs)))
    assert (found.scores >= 0).all()
    assert (found.scores <= 1).all()
    assert (np.diff(found.scores) <= 0).all()


@given(words)
def test_a_line_is_exactly_itself(line: list[str]) -> None:
    assert aligned(" ".join(line), " ".join(line)).scores[0] == 1.0
