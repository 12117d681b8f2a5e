"""A song outside the library is a seed like any: its lyrics are cut as songs are, its features are what is aimed at."""

from __future__ import annotations

import numpy as np
import pytest
from search_songs import Shelf

from songkin.search.condition import starts
from songkin.search.features import aim, spread
from songkin.search.meaning import centre
from songkin.search.outside import GIVEN, given
from songkin.types import Query

VERSES = """[Verse 1]
[00:10.00]The thunder over the harbour rolls, the rain is drumming on the tin
[00:14.00]I leave the kettle on for you and count the gulls along the wall
[00:19.00]Nobody hears the foghorn call and nobody will let me in
[Chorus]
[00:25.00]Oh the rain, the rain on the breakwater, the rain on the roof of it all
[00:31.00]The ferry is gone and the foghorn calls, and the rain on the roof of it all
[00:37.00]We wait at the window, we wait for the thunder, we wait for the kettle to call
"""


def test_several_passages_are_a_song_and_one_is_words_to_look_for() -> None:
    assert given(Query(lyrics="thunder rolling in")) is None
    assert given(Query("rain")) is None
    song = given(Query(lyrics=VERSES))
    assert song is not None
    assert len(song.passages) == 2
    assert not any("[" in passage for passage in song.passages)


def test_features_make_a_song_of_any_words_and_of_none() -> None:
    song = given(Query(lyrics="thunder rolling in", features={"energy": 0.9}))
    assert song is not None
    assert song.passages == ("thunder rolling in",)
    assert song.about_stems
    silent = given(Query(features={"tempo_bpm": 100.0}))
    assert silent is not None
    assert (silent.passages, silent.stems, silent.about_stems) == ((), (), ())


def test_its_vector_is_the_centre_of_its_passages(shelf: Shelf) -> None:
    assert shelf.meaning is not None
    song = given(Query(lyrics=VERSES))
    assert song is not None
    assert shelf.encoder is not None
    wanted = centre(centre(shelf.encoder.encode_songs(song.passages))[None])
    target = shelf.meaning.target("passages", Query(lyrics=VERSES))
    assert target is not None
    np.testing.assert_allclose(target, wanted, atol=1e-6)


def test_words_of_one_passage_are_still_read_as_a_request(shelf: Shelf) -> None:
    assert shelf.meaning is not None
    target = shelf.meaning.target("passages", Query(lyrics="thunder rolling in"))
    assert target is not None
    np.testing.assert_allclose(target, shelf.meaning.vector("thunder rolling in"), atol=1e-6)


def test_its_words_find_songs_that_sing_them(shelf: Shelf) -> None:
    ranking = shelf.channels["words"](Query(lyrics=VERSES), 10)
    assert set(shelf.ids(ranking)[:2]) == {"rain", "storm"}


def test_a_wish_is_measured_from_the_values_given(shelf: Shelf) -> None:
    asked = Query(features={"energy": 0.4}, targets={"energy": 1.0, "tempo_bpm": 1.0})
    median = spread(shelf.store, "tempo_bpm").median
    np.testing.assert_allclose(starts(shelf.store, asked, ["energy", "tempo_bpm"]), [0.4, median])
    aims = aim(shelf.store, asked)
    assert aims["energy"] == pytest.approx(0.4 + spread(shelf.store, "energy").deviation)


def test_given_features_and_seeds_are_aimed_at_together(steps: Shelf) -> None:
    aims = aim(steps.store, Query(like=("t93",), features={"tempo_bpm": 103.0}))
    assert aims == pytest.approx({"tempo_bpm": 98, "valence": 0.4})


def test_features_alone_find_songs_that_sound_so(shelf: Shelf) -> None:
    answer = shelf.engine.answer(Query(features={"valence": 0.9, "energy": 0.9, "tempo_bpm": 124.0}))
    hit = answer.hits[0]
    assert hit.song.id == "disco"
    assert [reason.channel for reason in hit.reasons] == ["features"]
    assert hit.reasons[0].words.endswith(f"against {GIVEN}")


def test_reasons_name_the_given_song(shelf: Shelf) -> None:
    asked = Query(lyrics=VERSES, features={"valence": 0.3}, targets={"valence": -1.0})
    hit = next(hit for hit in shelf.engine.answer(asked).hits if hit.song.id == "rain")
    said = {reason.channel: reason.words for reason in hit.reasons}
    assert said["meaning"] == f"near in meaning to {GIVEN}"
    assert said["words"].startswith(f"sings, as {GIVEN}: ")
    assert said["features"] == f"valence 0.2 (-0.1) against {GIVEN}"


def test_a_note_counts_hits_from_the_given_value(shelf: Shelf) -> None:
    answer = shelf.engine.answer(Query(features={"valence": 0.85}, targets={"valence": 1.0}, k=20))
    assert any(f"more valence than {GIVEN} (0.85)" in note for note in answer.notes)


def test_how_a_feature_is_spread_is_kept_until_the_next_refresh(steps: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    steps.store.refresh()
    first = spread(steps.store, "tempo_bpm")
    monkeypatch.setattr(steps.store, "read", None)  # asked again, nothing is read
    assert spread(steps.store, "tempo_bpm") is first
