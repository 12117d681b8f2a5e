"""Noisy lines: each kind does what it says, and exactly one song is right."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from rapidfuzz.distance import DamerauLevenshtein

from songkin.evaluation import KINDS, NoisyLine, noisy_lines

NIGHTS = ["night", "knight", "right", "write", "see", "sea", "there", "their", "road", "rode", "wait", "weight"]
LINES_BY_SONG = {
    f"song {n}": [
        f"the lantern on the {NIGHTS[n]} is {NIGHTS[n - 5]} number {n} for you",
        f"we {NIGHTS[n - 1]} along the harbour {NIGHTS[n - 3]} and count {n} gulls",
        f"only {n} short",
        "everybody sings the chorus one more time",
        "",
    ]
    for n in range(12)
}
FOUND = noisy_lines(LINES_BY_SONG, n=10, seed=1)


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def of_kind(kind: str) -> list[NoisyLine]:
    return [line for line in FOUND if line.kind == kind]


def test_every_kind_comes_in_the_number_asked_for() -> None:
    assert Counter(line.kind for line in FOUND) == dict.fromkeys(KINDS, 10)


def test_equal_seeds_give_equal_lines() -> None:
    assert noisy_lines(LINES_BY_SONG, n=10, seed=1) == FOUND != noisy_lines(LINES_BY_SONG, n=10, seed=2)


def test_a_line_comes_from_its_song_and_from_no_other() -> None:
    for found in FOUND:
        assert [song_id for song_id, lines in LINES_BY_SONG.items() if found.line in lines] == [found.song_id]
        assert len(words(found.line)) >= 6


def test_an_exact_line_is_the_line() -> None:
    assert all(found.text == found.line for found in of_kind("exact"))


def test_typos_spoil_two_words_by_one_stroke_each() -> None:
    for found in of_kind("typos"):
        pairs = zip(words(found.text), words(found.line), strict=True)
        assert [DamerauLevenshtein.distance(*pair) for pair in pairs if pair[0] != pair[1]] == [1, 1]


def test_a_lost_line_has_two_words_fewer_and_two_of_them_out_of_order() -> None:
    for found in of_kind("lost"):
        left = words(found.text)
        assert len(left) == len(words(found.line)) - 2
        assert not Counter(left) - Counter(words(found.line))
        rest = iter(words(found.line))
        assert not all(word in rest for word in left)


def test_two_misheard_words_are_other_words_of_the_collection() -> None:
    vocabulary = {word for lines in LINES_BY_SONG.values() for line in lines for word in words(line)}
    for found in of_kind("misheard"):
        pairs = list(zip(words(found.text), words(found.line), strict=True))
        assert sum(heard != sung for heard, sung in pairs) == 2
        assert set(words(found.text)) <= vocabulary


def test_a_word_is_misheard_as_one_of_the_same_sound_where_there_is_one() -> None:
    songs = {
        "a": ["the knight and the weight were both beside harbour walls"],
        "b": ["night wait", "zebra crossing orange"],
        "c": ["night wait", "zebra crossing orange"],
    }
    heard = {word for seed in range(20) for line in noisy_lines(songs, n=1, seed=seed) for word in words(line.text)}
    assert {"night", "wait"} <= heard


def test_a_fragment_is_four_words_in_a_row_that_no_other_song_has() -> None:
    for found in of_kind("fragment"):
        assert len(words(found.text)) == 4
        looked_for = f" {' '.join(words(found.text))} "
        holding = {
            song_id
            for song_id, lines in LINES_BY_SONG.items()
            if any(looked_for in f" {' '.join(words(line))} " for line in lines)
        }
        assert holding == {found.song_id}


@pytest.mark.parametrize(
    "lines_by_song",
    [
        {},
        {"a": []},
        {"a": ["too short a line"]},
        {"a": ["one two three four five six"]} | {"b": ["One, two, three, four: five six!"]},
    ],
)
def test_no_line_that_fits_gives_no_noisy_line(lines_by_song: dict[str, list[str]]) -> None:
    assert noisy_lines(lines_by_song, n=3) == []


def test_words_of_other_scripts_do_not_break_it() -> None:
    songs = {"a": ["я тебя люблю и буду всегда любить"], "b": ["夜 の 空 に 星 が ひとつ 光る"]}
    assert {line.kind for line in noisy_lines(songs, n=2)} >= {"exact", "lost", "fragment"}
