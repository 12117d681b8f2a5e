"""The `meaning` channel: cosines of a toy encoder that counts words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from search_songs import Shelf

from songkin.filters import Has, Not
from songkin.search.meaning import Meaning, centre, centres, joined
from songkin.store import Matches
from songkin.testing import ChannelContract, ToyEncoder
from songkin.types import Query

POOL = 300


class Counting(ToyEncoder):
    """Counts how many requests it reads."""

    def __init__(self) -> None:
        self.read: list[str] = []

    def encode_queries(self, texts: Sequence[str]) -> np.ndarray:
        self.read += texts
        return super().encode_queries(texts)


def matches(**scores: float) -> Matches:
    """Make matches of names such as k3=0.5, best first."""
    keys = np.array([int(name[1:]) for name in scores], np.int64)
    return Matches(keys, np.array(list(scores.values()), np.float32), np.zeros(len(keys), np.int32))


class TestMeaning(ChannelContract):
    queries = (
        Query("rain on the roof"),
        Query("rain", where=Has("genre", ("folk",))),
        Query("rain", where=Not(Has("genre", ("folk",)))),
        Query(like=("rain", "no such song")),
        Query("everyday", part="lyrics"),
    )

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.channel, self.songs = shelf.channels["meaning"], shelf.songs


def test_a_song_that_says_exactly_the_request_comes_first_with_one(shelf: Shelf) -> None:
    ranking = shelf.channels["meaning"](Query("word3 everyday"), POOL)
    assert shelf.ids(ranking)[0] == "f3"
    assert ranking.scores[0] == 1


def test_lyrics_are_searched_without_descriptions_and_descriptions_without_lyrics(shelf: Shelf) -> None:
    sung = shelf.channels["meaning"](Query("rain", part="lyrics"), POOL)
    told = shelf.channels["meaning"](Query("rain", part="description"), POOL)
    assert set(shelf.store.vectors_of("passages", sung.keys)) == set(sung.keys.tolist())
    assert set(shelf.store.vectors_of("songs", told.keys)) == set(told.keys.tolist())
    assert "walk" in shelf.ids(told)
    assert "walk" not in shelf.ids(sung)


def test_a_seed_is_nearest_to_itself(shelf: Shelf) -> None:
    for name in ("rain", "f3", "eki"):
        assert shelf.ids(shelf.channels["meaning"](Query(like=(name,)), POOL))[0] == name


def test_a_seed_is_held_against_songs_as_wholes(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = shelf.store.lyric_vectors()
    target = songs.vectors[songs.keys.tolist().index(shelf.key("rain"))]
    wanted = dict(zip(songs.keys.tolist(), songs.vectors @ target, strict=True))
    held = shelf.store.nearest_wholes(target, where=None, limit=5)
    assert held.scores.tolist() == pytest.approx(sorted(wanted.values(), reverse=True)[:5], abs=1e-5)
    jazz = shelf.store.nearest_wholes(target, where=Has("genre", ("jazz",)), limit=5)
    assert set(jazz.keys.tolist()) <= set(shelf.store.keys_where(Has("genre", ("jazz",))).tolist())
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)  # as in a large library
    found = shelf.store.nearest_wholes(target, where=None, limit=5)
    assert found.keys.tolist() == held.keys.tolist()
    assert found.scores.tolist() == pytest.approx(held.scores.tolist(), abs=1e-3)


@pytest.mark.parametrize(
    "query", [Query(), Query("  "), Query("🎵"), Query(like=("no such song",)), Query(like=("bare",))]
)
def test_a_request_without_meaning_finds_nothing(shelf: Shelf, query: Query) -> None:
    assert len(shelf.channels["meaning"](query, POOL)) == 0


def test_a_request_is_read_once(shelf: Shelf) -> None:
    encoder = Counting()
    meaning = Meaning(shelf.store, encoder)
    meaning.look_ahead([Query("rain"), Query("sun"), Query("rain", where=Has("genre", ("folk",)))], lambda _: POOL)
    for text in ("rain", "sun", "rain"):
        meaning(Query(text), POOL)
    assert encoder.read == ["rain", "sun"]


def test_looking_ahead_changes_no_answer(shelf: Shelf) -> None:
    queries = [
        Query("rain"),
        Query("word5 everyday", part="lyrics"),
        Query("rain", where=Has("genre", ("folk",))),
        Query("🎵"),
        Query("rain", like=("disco",)),
    ]
    meaning = Meaning(shelf.store, ToyEncoder())
    plain = [meaning(query, POOL) for query in queries]
    meaning.look_ahead(queries, lambda _: POOL)
    for query, before in zip(queries, plain, strict=True):
        after = meaning(query, POOL)
        assert after.keys.tolist() == before.keys.tolist()
        np.testing.assert_allclose(after.scores, before.scores, atol=1e-6)


def test_the_centre_of_directions_has_length_one_and_of_nothing_is_nothing() -> None:
    rows = np.array([[1, 0], [0, 1]], np.float32)
    np.testing.assert_allclose(centre(rows), [0.5**0.5, 0.5**0.5], rtol=1e-6)
    assert centre(np.zeros((2, 2), np.float32)).tolist() == [0, 0]


def test_a_song_stands_where_its_description_does_or_else_its_lyrics(shelf: Shelf) -> None:
    rain, eki, bare = shelf.keys("rain", "eki", "bare")
    found = centres(shelf.store, [rain, eki, bare, -1])
    assert set(found) == {rain, eki}
    np.testing.assert_allclose(found[rain], shelf.store.vectors_of("songs", [rain])[rain][0], atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(found[eki]), 1, atol=1e-6)


def test_fields_are_joined_on_one_scale() -> None:
    told, sung = matches(k1=4.0, k2=2.0), matches(k2=6.0, k3=1.0)
    ranking = joined([told, sung], POOL, lambda scores: scores.sum(0))  # 1: 4 + 0, 2: 2 + 6, 3: 0 + 1
    assert ranking.keys.tolist() == [2, 1, 3]
    assert ranking.scores.tolist() == [1.0, 0.5, 0.125]


def test_what_a_full_field_did_not_name_has_the_score_of_its_last() -> None:
    ranking = joined([matches(k1=4.0, k2=2.0), matches(k2=6.0, k3=1.0)], 2, lambda scores: scores.sum(0))
    assert ranking.keys.tolist() == [2, 1]  # 2: 2 + 6, 1: 4 + 1, 3: 2 + 1 is beyond the pool of two
    assert ranking.scores.tolist() == [1.0, 0.0]


def test_fields_that_found_nothing_are_joined_to_nothing() -> None:
    assert len(joined([Matches.none(), Matches.none()], POOL, sum)) == 0
