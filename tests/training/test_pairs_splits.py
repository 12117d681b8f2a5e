"""Splits of pairs: at random, by song, by artist, by the official lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from songkin.errors import TrainingError
from songkin.training.pairs import (
    LYRICS,
    SOUND,
    PairSet,
    Sides,
    artist_split,
    official_split,
    random_split,
    sides_with_negatives,
    track_split,
)

SIZES = st.tuples(st.integers(6, 30), st.integers(20, 200), st.integers(0, 5))


def drawn(songs: int, count: int, seed: int = 0, *, mirrored: bool = False) -> PairSet:
    """Random pairs of songs; mirrored = some come the other way round too."""
    rng = np.random.default_rng(seed)
    two = rng.integers(songs, size=(count, 2))
    two = two[two[:, 0] != two[:, 1]]
    two = np.concatenate([two, two[::3, ::-1]]) if mirrored else two
    own = PairSet(tuple(f"s{at}" for at in range(songs)), two[:, 0], two[:, 1], rng.random(len(two)))
    return own if mirrored else own.joined()


def songs_of(side: PairSet) -> set[str]:
    return {side.ids[at] for at in side.songs}


def tried(split: Callable[[], Sides]) -> Sides:
    """A split, or none of the example where so few songs leave a side empty."""
    try:
        return split()
    except TrainingError as error:
        assume("leave no" not in str(error))
        raise


@given(SIZES, st.sampled_from([LYRICS, SOUND]))
def test_a_random_split_gives_every_pair_to_one_side(sizes: tuple[int, int, int], shares: tuple[float, ...]) -> None:
    songs, count, seed = sizes
    own = drawn(songs, count, seed)
    sides = tried(lambda: random_split(own, shares=shares, seed=seed))
    keys = [set(side.keys.tolist()) for side in sides]
    assert not any(one & other for one, other in combinations(keys, 2))
    assert set().union(*keys) == set(own.keys.tolist())
    assert sides.dropped(own) == 0
    for side, share in zip(sides, shares, strict=True):
        assert abs(len(side) - share * len(own)) <= 1
    again = random_split(own, shares=shares, seed=seed)
    assert [side.keys.tolist() for side in again] == [side.keys.tolist() for side in sides]


@given(SIZES)
def test_a_pair_and_its_mirror_are_on_one_side_of_any_split(sizes: tuple[int, int, int]) -> None:
    songs, count, seed = sizes
    own = drawn(songs, count, seed, mirrored=True)
    artists = {name: f"artist {at % 9}" for at, name in enumerate(own.ids)}
    for split in (random_split, track_split, lambda pairs, seed: artist_split(pairs, artists, seed=seed)):
        sides = tried(lambda split=split: split(own, seed=seed))
        keys = [set(side.keys.tolist()) for side in sides]
        assert not any(one & other for one, other in combinations(keys, 2))


@given(SIZES)
def test_a_split_by_song_shares_no_song_and_drops_only_what_straddles(sizes: tuple[int, int, int]) -> None:
    songs, count, seed = sizes
    own = drawn(songs, count, seed)
    sides = tried(lambda: track_split(own, seed=seed))
    held = [songs_of(side) for side in sides]
    assert not any(one & other for one, other in combinations(held, 2))
    kept = {key for side in sides for key in side.keys.tolist()}
    for at, key in enumerate(own.keys.tolist()):
        both = {own.ids[own.left[at]], own.ids[own.right[at]]}
        assert key in kept or not any(both <= side for side in held)
    assert sides.dropped(own) == len(own) - len(kept)


@pytest.mark.parametrize("shares", [LYRICS, SOUND])
@pytest.mark.parametrize("seed", range(4))
def test_the_pairs_left_by_a_split_by_song_are_near_the_shares(shares: tuple[float, ...], seed: int) -> None:
    own = drawn(400, 12_000, seed)
    sides = track_split(own, shares=shares, seed=seed)
    kept = sum(map(len, sides))
    for side, share in zip(sides, shares, strict=True):
        assert abs(len(side) / kept - share) < 0.03
    assert kept > 0.3 * len(own)


def test_tracks_of_one_song_stay_together() -> None:
    own = drawn(40, 600)
    same = {f"s{at}": f"SO{at // 4}" for at in range(40)}
    sides = track_split(own, same=same, seed=2)
    held = [{same[name] for name in songs_of(side)} for side in sides]
    assert not any(one & other for one, other in combinations(held, 2))


@given(SIZES, st.integers(4, 12))
def test_a_split_by_artist_shares_no_artist(sizes: tuple[int, int, int], count: int) -> None:
    songs, rows, seed = sizes
    own = drawn(songs, rows, seed)
    names = ("Mara Lind", "mara lind", "The Kerbs", "Kerbs", "Jo", "Ann", "Oda", "Per", "Ulf", "Eva", "Ida", "Max")
    artists = {name: names[at % count] for at, name in enumerate(own.ids) if at % 7}
    sides = tried(lambda: artist_split(own, artists, seed=seed))
    held = [{artists.get(name, name).casefold().removeprefix("the ") for name in songs_of(side)} for side in sides]
    assert not any(one & other for one, other in combinations(held, 2))


def test_songs_that_share_one_of_several_artists_stay_together() -> None:
    own = drawn(30, 500)
    artists = {f"s{at}": f"A{at}" for at in range(30)} | {
        "s0": "Lind feat. Jo",
        "s1": "Jo",
        "s2": "Jo; Oda",
        "s3": "Oda",
    }
    for seed in range(6):
        held = [songs_of(side) & {"s0", "s1", "s2", "s3"} for side in artist_split(own, artists, seed=seed)]
        assert sorted(map(len, held)) == [0, 0, 4]


def test_another_seed_deals_otherwise() -> None:
    own = drawn(60, 900)
    for split in (random_split, track_split):
        assert split(own, seed=1).test.keys.tolist() != split(own, seed=2).test.keys.tolist()


def test_the_official_lists_are_kept_and_pairs_across_them_dropped() -> None:
    own = drawn(60, 900)
    listed = {f"s{at}": "test" if at < 15 else "train" for at in range(55)}
    sides = official_split(own, listed, validation=0.25)
    assert songs_of(sides.test) <= {f"s{at}" for at in range(15)}
    assert (songs_of(sides.train) | songs_of(sides.validation)) <= {f"s{at}" for at in range(15, 55)}
    assert abs(len(sides.validation) - 0.25 * (len(sides.train) + len(sides.validation))) <= 1
    assert sides.dropped(own) > 0
    assert len(official_split(own, listed, validation=0.0).validation) == 0


def test_a_song_with_a_track_on_both_lists_is_a_test_song() -> None:
    own = drawn(40, 700)
    listed = {f"s{at}": "test" if at < 12 else "train" for at in range(40)}
    sides = official_split(own, listed, same={"s11": "SO1", "s12": "SO1"})
    assert "s12" in songs_of(sides.test)
    assert "s12" not in songs_of(sides.train) | songs_of(sides.validation)


@given(SIZES, st.floats(0.1, 0.8))
@settings(max_examples=40)
def test_no_drawn_pair_is_on_two_sides_or_known(sizes: tuple[int, int, int], share: float) -> None:
    songs, count, seed = sizes
    own = drawn(songs, count, seed)
    sides = tried(lambda: random_split(own, seed=seed))
    filled = sides_with_negatives(sides, own, share=share, label=0.1, seed=seed)
    keys = [side.keys.tolist() for side in filled]
    assert len(set().union(*keys)) == sum(map(len, keys))
    for before, after in zip(sides, filled, strict=True):
        assert after.keys[: len(before)].tolist() == before.keys.tolist()
        assert not set(after.keys[len(before) :].tolist()) & set(own.keys.tolist())
        assert songs_of(after) <= songs_of(before)


NO_ARTISTS: Mapping[str, str] = {}


@pytest.mark.parametrize("split", [random_split, track_split, lambda own: artist_split(own, NO_ARTISTS)])
def test_too_few_pairs_are_told(split: Callable[[PairSet], Sides]) -> None:
    for own in (drawn(4, 0), PairSet.of([("a", "b", 1.0)])):
        with pytest.raises(TrainingError, match=r"pairs leave no .*give more songs, or artists"):
            split(own)


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.6, -0.1), (0.6, 0.6, 0.6)])
def test_shares_that_are_none_are_told(shares: tuple[float, ...]) -> None:
    for split in (random_split, track_split):
        with pytest.raises(TrainingError, match="give three that add up to 1"):
            split(drawn(20, 100), shares=shares)
