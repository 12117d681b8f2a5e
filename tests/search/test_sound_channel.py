"""The `sound` channel: near in what was heard, silent without a seed that was; and its words and weights."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from search_songs import FILLERS, TOLD, Shelf, shelved

from songkin.filters import Between, Has, Not
from songkin.search import Engine, Sound
from songkin.search.fuse import READING, fuse, shared_out, shares
from songkin.search.sound import cosines, nearest_seed, sounds_like
from songkin.search.weighing import weighed
from songkin.store import Store, writing
from songkin.store.kept_vectors import KeptVectors
from songkin.testing import ChannelContract
from songkin.types import Query, Ranking, Song

POOL = 300
ANGLES = {"rain": 0, "storm": 30, "walk": 60, "disco": 100}  # degrees around the circle; "f1" ... follow below
HEARD = {"tempo_bpm": 120.0, "mode": 1.0, "loudness_db": -10.0, "brightness_hz": 1500.0}


def at(degrees: float) -> list[float]:
    return [math.cos(math.radians(degrees)), math.sin(math.radians(degrees)), 0.0]


@pytest.fixture(scope="session")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Forty songs of which sixteen were heard, one of them silent."""
    place = tmp_path_factory.mktemp("heard") / "library"
    told = [replace(song, features={**song.features, **HEARD}) for song in TOLD]
    shelf = shelved(place, (*told, *FILLERS))
    angles = ANGLES | {f"f{number}": 5 * number for number in range(1, 12)}
    with writing(place, dim=64) as writer:
        vectors = [*map(at, angles.values()), [0.0, 0.0, 0.0]]
        KeptVectors(writer.tables, "sound").put([*angles, "f12"], ["toy/1"] * len(vectors), vectors)
    shelf = replace(shelf, store=Store.open(place))
    channels = [*shelf.channels.values(), Sound(shelf.store)]
    shelf.channels["sound"] = channels[-1]
    shelf.engine = Engine(shelf.store, channels, shelf.engine._stages, shelf.engine._explain)
    return shelf


class TestSound(ChannelContract):
    queries = (
        Query(like=("rain",)),
        Query(like=("rain", "f7")),
        Query(like=("rain",), where=Between("year", 1990, 1999)),
        Query(like=("rain",), where=Not(Has("genre", ("rock",)))),
        Query(like=("no such song",)),
        Query(like=("f12",)),
        Query("loud and fast"),
    )

    @pytest.fixture(autouse=True)
    def library(self, heard: Shelf) -> None:
        self.channel, self.songs = heard.channels["sound"], heard.songs


def test_songs_come_in_the_order_of_their_angle_and_the_best_beside_the_seed_counts_one(heard: Shelf) -> None:
    ranking = heard.channels["sound"](Query(like=("rain",)), POOL)
    assert heard.ids(ranking)[:4] == ["rain", "f1", "f2", "f3"]
    scores = dict(zip(heard.ids(ranking), ranking.scores.tolist(), strict=True))
    assert scores["f1"] == 1
    assert scores["storm"] == pytest.approx(math.cos(math.radians(30)) / math.cos(math.radians(5)), abs=2e-3)
    assert "disco" not in scores, "at more than a right angle nothing is alike"


def test_several_seeds_ask_for_what_lies_between_them(heard: Shelf) -> None:
    ranking = heard.channels["sound"](Query(like=("rain", "walk")), POOL)
    assert set(heard.ids(ranking)[:2]) == {"storm", "f6"}  # 30 degrees, half-way
    alone = heard.channels["sound"](Query(like=("rain",)), POOL)
    beside = heard.channels["sound"](Query(like=("rain", "f20", "f12")), POOL)
    assert heard.ids(alone) == heard.ids(beside), "seeds that were not heard, or are silent, do not pull"


@pytest.mark.parametrize(
    "query",
    [
        Query(),
        Query("loud, fast and bright"),
        Query(like=("f20",)),  # not heard
        Query(like=("f12",)),  # silent
        Query(like=("nobody",)),
        Query(like=("rain",), part="lyrics"),
    ],
)
def test_without_a_seed_that_was_heard_the_channel_is_silent(heard: Shelf, query: Query) -> None:
    assert len(heard.channels["sound"](query, POOL)) == 0


def test_a_library_without_sound_is_no_error(steps: Shelf) -> None:
    assert len(Sound(steps.store)(Query(like=("t93",)), POOL)) == 0
    assert nearest_seed(steps.store, steps.key("t93"), [steps.songs[steps.key("t99")]]) is None


def test_a_pool_names_the_best_of_all(heard: Shelf) -> None:
    full = heard.ids(heard.channels["sound"](Query(like=("f3",)), POOL))
    assert heard.ids(heard.channels["sound"](Query(like=("f3",)), 2)) == full[:2]


def test_cosines_by_parts_are_cosines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.search.sound.AT_ONCE", 7)
    vectors = np.random.default_rng(1).normal(size=(50, 5)).astype(np.float16)
    target = np.arange(5, dtype=np.float32)
    np.testing.assert_allclose(cosines(vectors, target), vectors.astype(np.float32) @ target, rtol=1e-5)


# -- in words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("song", "seed", "said"),
    [
        ({"tempo_bpm": 124.2}, {"tempo_bpm": 121.0}, "sounds like it: 124 bpm and 121 bpm"),
        ({"tempo_bpm": 120.1}, {"tempo_bpm": 119.9}, "sounds like it: both 120 bpm"),
        ({"mode": 1, "key": 0}, {"mode": 1, "key": 7}, "sounds like it: both major"),
        ({"mode": 0, "key": 9}, {"mode": 0, "key": 9}, "sounds like it: both in A minor"),
        ({"mode": 0}, {"mode": 1}, "sounds like it: minor where it is major"),
        ({"mode": 0}, {"mode": 0}, "sounds like it: both minor"),
        ({"loudness_db": -10}, {"loudness_db": -11}, "sounds like it: as loud"),
        ({"loudness_db": -8}, {"loudness_db": -14}, "sounds like it: 6 dB louder"),
        ({"loudness_db": -20}, {"loudness_db": -14}, "sounds like it: 6 dB softer"),
        ({"brightness_hz": 2000}, {"brightness_hz": 1900}, "sounds like it: as bright"),
        ({"brightness_hz": 3000}, {"brightness_hz": 1900}, "sounds like it: brighter"),
        ({"brightness_hz": 900}, {"brightness_hz": 1900}, "sounds like it: darker"),
        ({"tempo_bpm": 100.0}, {}, "sounds like it"),
        ({}, {}, "sounds like it"),
    ],
)
def test_two_recordings_are_compared_in_words(song: dict[str, float], seed: dict[str, float], said: str) -> None:
    assert sounds_like(song, seed) == said


def test_a_hit_says_how_it_sounds_beside_the_seed(heard: Shelf) -> None:
    answer = heard.engine.answer(Query(like=("rain",), channels=("sound",)))
    reasons = {hit.song.id: hit.reasons for hit in answer.hits}
    (reason,) = reasons["storm"]
    assert (reason.channel, reason.share) == ("sound", 1.0)
    assert reason.words == "sounds like it: both 120 bpm, both major, as loud, as bright"


def test_of_several_seeds_the_nearest_is_named(heard: Shelf) -> None:
    answer = heard.engine.answer(Query(like=("rain", "walk"), channels=("sound",), k=30))
    words = {hit.song.id: hit.reasons[0].words for hit in answer.hits}
    assert words["f1"].startswith("sounds like Tin Roof")
    assert words["f11"].startswith("sounds like Pavement")


# -- silence is told ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (Query("rain", channels=("sound",)), "it says nothing to words alone"),
        (Query("rain", weights={"lyrics": 0.7, "sound": 0.3}), "it says nothing to words alone"),
        (Query(like=("f20",), weights={"sound": 2.0}), "the seed was not heard"),
        (Query(like=("rain",), weights={"sound": 2.0}, part="lyrics"), "leave out --in"),
    ],
)
def test_where_sound_is_named_and_silent_a_note_says_why(heard: Shelf, query: Query, said: str) -> None:
    assert any(said in note for note in heard.engine.answer(query).notes)


def test_in_a_library_without_sound_the_note_names_the_cure(steps: Shelf) -> None:
    channels = [*steps.channels.values(), Sound(steps.store)]
    engine = Engine(steps.store, channels, steps.engine._stages, steps.engine._explain)
    notes = engine.answer(Query(like=("t93",), weights={"sound": 1.0})).notes
    assert any("no song here was heard" in note and "songkin add --listen -L" in note for note in notes)


def test_nobody_is_told_of_a_sound_they_did_not_name(heard: Shelf) -> None:
    for query in (Query("rain"), Query(like=("f20",)), Query(like=("rain",), weights={"lyrics": 1.0, "sound": 0.0})):
        assert not any("sound" in note for note in heard.engine.answer(query).notes)


# -- weights: words against sound --------------------------------------------------------------------------------------


def test_sound_alone_by_weights_is_the_channel_alone(heard: Shelf) -> None:
    by_weights = heard.engine.run(Query(like=("rain",), weights={"lyrics": 0.0, "sound": 1.0}))
    alone = heard.engine.run(Query(like=("rain",), channels=("sound",)))
    np.testing.assert_array_equal(by_weights.keys, alone.keys)
    np.testing.assert_allclose(by_weights.scores, alone.scores)


def test_words_alone_by_weights_leave_sound_and_features_out(heard: Shelf) -> None:
    query = Query(like=("rain",), weights={"lyrics": 1.0, "sound": 0.0})
    ranking = heard.engine.run(query)
    assert {"meaning", "words"} <= ranking.parts.keys()
    assert not {"sound", "features", "title"} & ranking.parts.keys()


def test_a_split_is_what_words_and_sound_count_of_a_song_that_both_find_best(heard: Shelf) -> None:
    query = Query(like=("rain",), weights={"lyrics": 0.7, "sound": 0.3}, k=40)
    answer = heard.engine.answer(query)
    told = {name: share for hit in answer.hits if hit.song.id == "storm" for name, share, *_ in hit.reasons}
    assert told.keys() <= {*READING, "sound"}
    assert sum(told.values()) == pytest.approx(1)
    assert answer.query.weights == {"lyrics": 0.7, "sound": 0.3}, "the query is told as it was asked"


def test_a_weight_of_lyrics_is_shared_out_among_those_that_speak() -> None:
    told = shared_out({"lyrics": 0.7, "sound": 0.3}, ["words", "meaning", "sound"])
    assert told["words"] + told["meaning"] == pytest.approx(0.7)
    assert told["words"] / told["meaning"] == pytest.approx(1.0 / 0.3)  # as they weigh by themselves
    assert shared_out({"lyrics": 0.7, "sound": 0.3}, ["words"])["words"] == pytest.approx(0.7)
    assert shared_out({"lyrics": 0.7, "words": 0.0}, ["words"]) == {"lyrics": 0.7, "words": 0.0}
    assert shared_out({"sound": 2.0}, ["words"]) == {"sound": 2.0}


WEIGHING = some.just(0.0) | some.floats(0.01, 5)


@given(WEIGHING, WEIGHING, some.sets(some.sampled_from([*READING, "sound"]), min_size=1))
def test_a_song_that_every_speaking_channel_finds_best_has_the_split_as_shares(
    words: float, sound: float, speaking: set[str]
) -> None:
    weights = weighed(Query(like=("x",), weights={"lyrics": words, "sound": sound}), {}).weights
    ranking = fuse({name: Ranking.of([1], [1.0]) for name in speaking}, weights)
    spoke = {name for name in speaking if (sound if name == "sound" else words) > 0}
    assert set(ranking.parts) == spoke
    told = shares(dict.fromkeys(spoke, 1.0), shared_out(weights, ranking.parts.keys()))
    if "sound" in spoke and len(spoke) > 1:
        assert told["sound"] == pytest.approx(sound / (words + sound))


def test_a_split_silences_what_it_does_not_name_and_learned_weights_do_not_come_back() -> None:
    learned = {"all": {"title": 2.0, "words": 1.0, "meaning": 3.0}}
    split = weighed(Query("rain", weights={"lyrics": 1.0, "sound": 1.0}), learned).weights
    assert (split["title"], split["features"]) == (0.0, 0.0)
    assert (split["words"], split["meaning"]) == (1.0, 3.0)  # how they share what lyrics weighs
    named = weighed(Query("rain", weights={"lyrics": 1.0, "sound": 1.0, "title": 0.5}), learned).weights
    assert named["title"] == 0.5
    assert "features" not in weighed(Query("rain", weights={"lyrics": 2.0}), learned).weights


def test_songs_of_other_names_are_no_channels(heard: Shelf) -> None:
    with pytest.raises(Exception, match="no channel is called 'sounds'; did you mean 'sound'"):
        heard.engine.run(Query(like=("rain",), weights={"sounds": 1.0}))
    with pytest.raises(Exception, match="no channel is called 'lyrics'"):
        heard.engine.run(Query(like=("rain",), channels=("lyrics",)))


def test_only_audio_is_enough_and_the_answer_says_so(tmp_path: Path) -> None:
    songs = tuple(Song(f"a{number}", f"Untitled {number}", features=dict(HEARD)) for number in range(4))
    shelved(tmp_path / "L", songs, encode=False)
    with writing(tmp_path / "L", dim=1) as writer:
        KeptVectors(writer.tables, "sound").put([song.id for song in songs], ["toy/1"] * 4, [*map(at, (0, 10, 50, 20))])
    from songkin.library import Library

    answer = Library.open(tmp_path / "L").similar("a0")
    assert [hit.song.id for hit in answer.hits] == ["a1", "a3", "a2"]
    assert any(note.startswith("compared by sound and features alone") for note in answer.notes)
