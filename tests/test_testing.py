"""The contracts accept plugs that keep the laws and catch ones that break them."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given

from songkin.testing import (
    ChannelContract,
    EncoderContract,
    SourceContract,
    StageContract,
    ToyEncoder,
    check_ranking,
    rankings,
    songs,
)
from songkin.types import Query, Ranking, Song

LIBRARY = {1: Song("a", "Rain", year=1990), 2: Song("b", "Sun", year=2000), 3: Song("c", "Rain Again", year=2010)}


class Since(NamedTuple):
    """A filter: songs from a year on."""

    year: int

    def matches(self, song: Song) -> bool:
        return song.year is not None and song.year >= self.year

    def sql(self) -> str:
        return f"year >= {self.year}"

    def words(self) -> str:
        return f"since {self.year}"

    def fields(self) -> tuple[str, ...]:
        return ("year",)


class Titles:
    """A channel: songs whose title holds the text, newest first."""

    name = "titles"

    def __call__(self, query: Query, pool: int) -> Ranking:
        found = [k for k, song in LIBRARY.items() if query.text and query.text in song.title]
        kept = [k for k in found if query.where is None or query.where.matches(LIBRARY[k])]
        return Ranking.of(kept, kept).top(pool)


class DeafTitles(Titles):
    """Breaks the law: it does not hear the filter."""

    def __call__(self, query: Query, pool: int) -> Ranking:
        return Ranking.of(list(LIBRARY), list(LIBRARY)).top(pool)


class FirstTwo:
    """A stage: the first two."""

    name = "first two"

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        return ranking.top(2)


class Stray(FirstTwo):
    """Breaks the law: it brings a song of its own."""

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        return Ranking.of([99], [1.0])


class Loss(NamedTuple):
    """A record that did not arrive."""

    place: str
    reason: str


def read_titles(path: Path, *, lost: Callable[[Loss], object]) -> Iterator[Song]:
    """Read one title a line; an empty line is damaged."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line:
            yield Song(str(number), line)
        else:
            lost(Loss(f"{path.name}:{number}", "no title"))


class TestToyEncoder(EncoderContract):
    encoder = ToyEncoder()


class TestTitles(ChannelContract):
    channel = Titles()
    songs = LIBRARY
    queries = (Query("Rain"), Query("Rain", where=Since(2000)), Query("Snow"))


class TestFirstTwo(StageContract):
    stage = FirstTwo()
    rankings = (Ranking.of([1, 2, 3], [0.1, 0.2, 0.3]), Ranking.of([7], [1.0]))


class TestTitleLines(SourceContract):
    read = read_titles

    @pytest.fixture(autouse=True)
    def files(self, tmp_path: Path) -> None:
        self.path, self.damaged = tmp_path / "sound.txt", tmp_path / "damaged.txt"
        self.path.write_text("Rain\nSun\n", encoding="utf-8")
        self.damaged.write_text("Rain\n\nSun\n", encoding="utf-8")


def test_the_toy_encoder_counts_words_one_can_check_by_hand() -> None:
    (vector,) = ToyEncoder().encode_songs(["Rain, rain: sun!"])
    rain, sun = ToyEncoder.place("rain"), ToyEncoder.place("sun")
    assert (rain, sun) == (45, 55)
    assert vector[[rain, sun]] == pytest.approx([2 / 5**0.5, 1 / 5**0.5])
    assert np.count_nonzero(vector) == 2


def test_the_toy_encoder_gives_zeros_for_a_text_without_words() -> None:
    assert not ToyEncoder().encode_queries(["", " ... "]).any()


def test_a_channel_that_does_not_hear_the_filter_is_caught() -> None:
    contract = TestTitles()
    contract.channel = DeafTitles()
    with pytest.raises(AssertionError):
        contract.test_it_finds_only_songs_of_the_library_that_the_filter_lets_in()


def test_a_stage_that_brings_songs_of_its_own_is_caught() -> None:
    contract = TestFirstTwo()
    contract.stage = Stray()
    with pytest.raises(AssertionError):
        contract.test_it_returns_a_subset_of_the_songs_it_was_given()


@pytest.mark.parametrize(
    "ranking",
    [
        Ranking(np.array([1, 1]), np.array([1, 0], np.float32)),
        Ranking(np.array([1, 2]), np.array([0, 1], np.float32)),
        Ranking(np.array([1]), np.array([np.nan], np.float32)),
        Ranking(np.array([1]), np.array([0], np.float32), {"words": np.zeros(2, np.float32)}),
    ],
    ids=["a song twice", "rising", "no number", "a part too long"],
)
def test_a_ranking_against_the_rules_is_caught(ranking: Ranking) -> None:
    with pytest.raises(AssertionError):
        check_ranking(ranking)


@given(rankings())
def test_generated_rankings_keep_the_rules(ranking: Ranking) -> None:
    check_ranking(ranking)
    assert len(ranking) <= 20


@given(songs())
def test_generated_songs_have_an_id(song: Song) -> None:
    assert song.id
    assert all(0 <= weight <= 1 for weight in song.tags.values())


def test_importing_it_needs_neither_pytest_nor_hypothesis() -> None:
    code = "import sys, songkin.testing; assert not {'pytest', 'hypothesis'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
