"""Songs with moods: halves and quadrants of their features, joins, splits by artist, features as numbers."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from irvine_songs import labelled, songs

from songkin.errors import SourceError
from songkin.training.irvine import audio
from songkin.training.irvine.songs import (
    AUDIO,
    MoodSong,
    by_artist,
    by_hand,
    chart,
    halves,
    joined,
    measured,
    quadrants,
    valued,
)

DATA = os.environ.get("SONGKIN_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="the public corpora are not here; SONGKIN_DATA names their folder")


def featured(name: str, **features: float) -> MoodSong:
    return MoodSong(name, name, name, "words", features=features)


def test_halves_are_cut_at_the_median_of_the_songs_to_train_on() -> None:
    own = [featured(str(at), valence=at / 10, energy=0.5) for at in range(5)]
    assert [song.mood for song in halves(own).songs] == [0, 0, 1, 1, 1]
    assert [song.mood for song in halves(own, np.array([3, 4])).songs] == [0, 0, 0, 0, 1]
    assert "valence" not in halves(own).audio
    assert halves([]).songs == []


def test_quadrants_leave_out_what_they_are_made_of() -> None:
    own = [featured(f"{v}{e}", valence=v, energy=e) for v in (0, 1) for e in (0, 1)]
    assert [song.mood for song in quadrants(own).songs] == [0, 1, 2, 3]
    assert set(AUDIO) - set(quadrants(own).audio) == {"valence", "energy"}
    assert quadrants([]).majority == 0.0


def test_songs_join_by_artist_and_title_however_they_are_spelt() -> None:
    others = [
        MoodSong("x", "THE ADA MOSS", "tin roof - 2009 Remaster", "", features={"energy": 0.3}),
        MoodSong("y", "Ada Moss", "Harbour", "", features=None),
    ]
    own = [MoodSong("1", "Ada Moss feat. Bo Lux", "Tin Roof", "w", 1), MoodSong("2", "Ada Moss", "Harbour", "w", 0)]
    found = joined(labelled(2)._replace(songs=own), others)
    assert [(song.id, song.features) for song in found.songs] == [("1", {"energy": 0.3})]
    assert found.note == "1 of 2 join by artist and title"
    assert joined(labelled(2)._replace(songs=own), []).songs == []


@given(some.lists(some.sampled_from("abcdefgh"), max_size=40), some.integers(0, 5))
def test_no_artist_is_on_two_sides_and_no_song_is_lost(artists: list[str], seed: int) -> None:
    own = [MoodSong(str(at), name, "", "w") for at, name in enumerate(artists)]
    sides = by_artist(own, seed=seed)
    assert sorted(np.concatenate(sides).tolist()) == list(range(len(own)))
    names = [{artists[at] for at in side} for side in sides]
    assert len(names[0] | names[1] | names[2]) == sum(map(len, names))


def test_sides_are_near_their_shares_and_songs_without_artist_stand_alone() -> None:
    own = [replace(song, artist="") for song in songs(100)]
    assert [len(side) for side in by_artist(own, seed=1)] == [70, 15, 15]


def test_discrete_features_are_spread_over_their_values() -> None:
    own = [featured("a", key=0, energy=0.1), featured("b", key=7, energy=0.2), MoodSong("c", "", "", "w")]
    found = audio.table(own, ("key", "energy"), one_hot=True)
    np.testing.assert_array_equal(found[:, :2], [[1, 0], [0, 1], [0, 0]])
    assert np.isnan(found[2, 2])
    assert audio.table(own, ("key", "energy")).shape == (3, 2)
    assert audio.table(own, ()).shape == (3, 0)


def test_scales_come_from_the_songs_trained_on_and_what_is_unknown_stands_at_their_mean() -> None:
    values = np.array([[1.0, 5.0], [3.0, 5.0], [np.nan, 5.0], [5.0, np.inf]])
    found = audio.scaled(values, np.array([0, 1]))
    np.testing.assert_allclose(found, [[-1, 0], [1, 0], [0, 0], [3, 0]])
    assert np.isfinite(audio.scaled(np.full((3, 2), np.nan), np.array([0]))).all()
    assert audio.scaled(np.empty((0, 2)), np.array([], int)).shape == (0, 2)


def test_songs_lacking_a_feature_are_left_out_where_it_is_needed() -> None:
    assert [
        song.id for song in valued([featured("a", energy=1), featured("b"), MoodSong("c", "", "", "")], "energy")
    ] == ["a"]


def test_a_corpus_that_is_not_there_is_named_with_its_home(tmp_path: object) -> None:
    with pytest.raises(SourceError, match=r"musicmood/train\.csv is not there"):
        by_hand(tmp_path)  # type: ignore[arg-type]


@pytest.mark.slow
@needs_data
def test_the_corpora_are_read_as_they_lie() -> None:
    own = by_hand()
    assert len(own.songs) == 997
    assert own.majority == pytest.approx(554 / 997)
    found = chart()
    assert len(found) > 4000
    assert len(valued(found, *AUDIO)) == len(found)
    assert "rock" in {tag for song in found[:50] for tag in song.tags} or found[0].tags
    assert 50 < len(joined(own, [*found, *measured()]).songs) < 200
