"""The liking stage: laws that hold whatever a user thinks of whatever songs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songkin.library import Library
from songkin.search.liking import BOUND, SHRINK, Liking
from songkin.search.taste import SAME_ARTIST, Taste
from songkin.store import Store
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Query, Ranking, Song

GENRES = ("folk", "jazz", "pop", "soul")
SONGS = [
    Song(
        f"s{n}",
        f"Song {n}",
        artists=(f"Artist {n % 4}",) if n % 7 else (),
        genres=(GENRES[n % 4], GENRES[n % 3]) if n % 5 else (),
        lyrics=Lyrics(f"{('rain', 'train', 'harbour')[n % 3]} song number {n}\nby the river") if n % 6 else None,
        description="a quiet song" if n % 4 else None,
    )
    for n in range(24)
]
LAWS = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
OPINIONS = st.dictionaries(
    st.sampled_from([*(song.id for song in SONGS), "gone"]), st.sampled_from(["like", "skip", "never"]), max_size=12
)
SCORES = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=24)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    place = tmp_path_factory.mktemp("liking") / "L"
    Library.add(SONGS, place, encoder=ToyEncoder())
    return Store.open(place)


def staged(store: Store, opinions: dict[str, str], ranking: Ranking) -> Ranking:
    return Liking(store, lambda user: opinions)(ranking, Query("x"))


def ranked(store: Store, scores: list[float]) -> Ranking:
    keys = store.keys([song.id for song in SONGS])[: len(scores)]
    return Ranking.of(keys, scores)


def by_key(ranking: Ranking) -> dict[int, float]:
    return dict(zip(ranking.keys.tolist(), ranking.scores.tolist(), strict=True))


@LAWS
@given(OPINIONS, SCORES)
def test_the_same_songs_come_out_best_first_in_bounds(
    store: Store, opinions: dict[str, str], scores: list[float]
) -> None:
    before = ranked(store, scores)
    after = staged(store, opinions, before)
    assert sorted(after.keys.tolist()) == sorted(before.keys.tolist())
    assert (np.diff(after.scores) <= 0).all()
    own, changed = by_key(before), by_key(after)
    assert all(abs(changed[key] - own[key]) <= BOUND * own[key] + 1e-6 for key in own)
    assert all(0 <= score <= 1 for score in changed.values())


@LAWS
@given(OPINIONS, SCORES, st.sampled_from(SONGS))
def test_a_like_lowers_no_song_and_a_skip_raises_none(
    store: Store, opinions: dict[str, str], scores: list[float], song: Song
) -> None:
    without = {name: verdict for name, verdict in opinions.items() if name != song.id}
    before = by_key(staged(store, without, ranked(store, scores)))
    liked = by_key(staged(store, {**without, song.id: "like"}, ranked(store, scores)))
    skipped = by_key(staged(store, {**without, song.id: "skip"}, ranked(store, scores)))
    assert all(liked[key] >= before[key] - 1e-6 for key in before)
    assert all(skipped[key] <= before[key] + 1e-6 for key in before)


@LAWS
@given(OPINIONS, SCORES, st.randoms())
def test_the_order_of_opinions_and_what_was_taken_back_leave_no_trace(
    store: Store, opinions: dict[str, str], scores: list[float], luck: object
) -> None:
    ranking, names = ranked(store, scores), list(opinions)
    luck.shuffle(names)  # type: ignore[attr-defined]
    one, other = staged(store, opinions, ranking), staged(store, {name: opinions[name] for name in names}, ranking)
    assert one.keys.tobytes() == other.keys.tobytes()
    assert one.scores.tobytes() == other.scores.tobytes()
    opinions_now = dict(opinions)
    liking = Liking(store, lambda user: dict(opinions_now))
    liking(ranking, Query("x"))
    opinions_now.clear()
    assert liking(ranking, Query("x")) is ranking


@LAWS
@given(st.lists(st.sampled_from(SONGS), unique_by=lambda song: song.id, min_size=1))
def test_likeness_is_symmetric_lies_between_0_and_1_and_is_1_for_the_song_itself(
    store: Store, songs: list[Song]
) -> None:
    taste = Taste.of(store, {song.id: "like" for song in songs})
    assert taste is not None
    alike = taste.likeness(taste.keys)
    assert ((alike >= 0) & (alike <= 1)).all()
    assert (np.diag(alike) == 1).all()
    assert np.allclose(alike, alike.T, atol=1e-6)


def test_one_like_moves_its_own_song_by_a_third_of_the_bound(store: Store) -> None:
    ranking = ranked(store, [0.5] * 24)
    after = by_key(staged(store, {"s1": "like"}, ranking))
    assert after[int(store.keys(["s1"])[0])] == pytest.approx(0.5 * (1 + BOUND / (SHRINK + 1)))


def test_two_songs_of_one_artist_without_genres_or_words_are_alike_by_their_artist(tmp_path: Path) -> None:
    rows = [Song("a", "One", ("Ann",)), Song("b", "Two", ("Ann",)), Song("c", "Three", ("Bob",))]
    Library.add(rows, tmp_path / "L", encoder=ToyEncoder())
    store = Store.open(tmp_path / "L")
    taste = Taste.of(store, {"a": "like"})
    assert taste is not None
    assert taste.likeness(store.keys(["b", "c"]))[:, 0] == pytest.approx([SAME_ARTIST, 0])


def test_never_alone_and_songs_that_are_gone_make_no_taste(store: Store) -> None:
    assert Taste.of(store, {}) is None
    assert Taste.of(store, {"s1": "never", "gone": "like"}) is None
    assert len(Liking(store, lambda user: {"s1": "like"})(Ranking.empty(), Query("x"))) == 0


def test_songs_raised_above_1_keep_their_order(store: Store) -> None:
    names = ["s1", "s2", "s3"]
    keys = store.keys(names)
    ranking = Ranking.of(keys, [0.99, 0.98, 0.97])
    after = staged(store, dict.fromkeys(names, "like") | {"s4": "like"}, ranking)
    assert after.scores.max() <= 1
    change = after.parts["liking"]
    raw = {
        key: score * (1 + c)
        for key, score, c in zip(
            after.keys.tolist(), [by_key(ranking)[k] for k in after.keys.tolist()], change, strict=True
        )
    }
    assert after.keys.tolist() == sorted(raw, key=lambda key: -raw[key])
