"""Splits: scikit-learn's own by song, and no artist on two sides by artist."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.errors import TrainingError
from songkin.training.data.labelled import LabelledSong
from songkin.training.epfl.splits import artist_split, random_split, split

model_selection = pytest.importorskip("sklearn.model_selection")


def songs(count: int, *, artists: int = 10_000, genres: tuple[str, ...] = ("rock", "pop")) -> list[LabelledSong]:
    return [
        LabelledSong(
            id=f"s{at}", artist=f"Artist {at % artists}", title=f"T{at}", text="la", genre=genres[at % len(genres)]
        )
        for at in range(count)
    ]


def test_the_random_split_is_scikit_learns_with_seed_11() -> None:
    own = songs(200, genres=("rock", "pop", "pop", "country"))
    genres = [song.genre for song in own]
    train, held = model_selection.train_test_split(own, test_size=0.3, random_state=11, stratify=genres)
    valid, test = model_selection.train_test_split(
        held, test_size=0.5, random_state=11, stratify=[song.genre for song in held]
    )
    assert random_split(own) == (tuple(train), tuple(valid), tuple(test))
    assert [len(side) for side in random_split(own)] == [140, 30, 30]


def test_a_genre_of_four_songs_does_not_stop_a_split() -> None:
    own = songs(60) + [LabelledSong(id=f"f{at}", artist="F", title="F", text="la", genre="folk") for at in range(4)]
    assert sum(map(len, random_split(own))) == 64


def test_too_few_songs_are_told_in_one_line() -> None:
    for few in ([], songs(1), songs(3)):
        with pytest.raises(TrainingError, match="cannot be split"):
            random_split(few)
    with pytest.raises(TrainingError, match="2 artists cannot be split into three sides"):
        artist_split(songs(30, artists=2))
    with pytest.raises(TrainingError, match="it is random or artist"):
        split(songs(30), "album")


@given(st.integers(12, 80), st.integers(6, 12), st.integers(0, 5))
@settings(max_examples=30)
def test_no_artist_stands_on_two_sides_and_no_song_is_lost(count: int, artists: int, seed: int) -> None:
    own = songs(count, artists=artists, genres=("rock",))
    sides = artist_split(own, seed=seed)
    names = [{song.artist for song in side} for side in sides]
    assert not (names[0] & names[1])
    assert not (names[0] & names[2])
    assert not (names[1] & names[2])
    assert sorted(song.id for side in sides for song in side) == sorted(song.id for song in own)


def test_songs_that_share_one_of_two_artists_stay_together() -> None:
    own = songs(40)
    duet = LabelledSong(id="d", artist="Artist 1; Artist 2", title="D", text="la", genre="pop")
    for seed in range(6):
        where = {song.id: at for at, side in enumerate(artist_split([*own, duet], seed=seed)) for song in side}
        assert where["s1"] == where["d"] == where["s2"]


def test_the_shares_of_an_artist_split_are_those_of_the_random_one() -> None:
    own = songs(1000, artists=300, genres=("rock", "pop", "country"))
    assert [len(side) for side in artist_split(own)] == pytest.approx([700, 150, 150], abs=12)
    assert artist_split(own) == artist_split(own)
    assert artist_split(own) != artist_split(own, seed=3)
