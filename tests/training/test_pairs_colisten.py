"""Pairs of songs whose artists the same people hear."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import TrainingError
from songkin.evaluation.tasks.similar import Question, SungSong, by_listeners
from songkin.training.pairs import artist_split
from songkin.training.pairs.colisten import Colistening, colisten_of

NAMES = ("Mara Lind", "The Kerbs", "Oda", "Per", "Nobody")


def question() -> Question:
    """Two songs each of five artists; Lind and the Kerbs share listeners, Per has his own, Nobody too few."""
    songs = [SungSong(f"{name} {at}", name, f"words of {name} {at}") for at in range(2) for name in NAMES]
    plays = {
        "Mara Lind": dict.fromkeys(range(6), 9),
        "The Kerbs": dict.fromkeys(range(3, 9), 9),
        "Oda": dict.fromkeys(range(8, 14), 9),
        "Per": dict.fromkeys(range(20, 26), 9),
        "Nobody": {1: 5},
    }
    return by_listeners(songs, plays)


def named(own: Colistening) -> dict[frozenset[str], float]:
    pairs = own.pairs
    rows = zip(pairs.left.tolist(), pairs.right.tolist(), pairs.labels.tolist(), strict=True)
    return {frozenset((pairs.ids[one], pairs.ids[other])): label for one, other, label in rows}


def test_all_songs_of_artists_with_listeners_take_part_and_none_stands_beside_its_artist() -> None:
    own = colisten_of(question(), negatives=None)
    assert len(own.pairs.ids) == 8
    assert len(own.pairs) == 8 * 7 // 2 - 4
    assert own.texts["Oda 1"] == "words of Oda 1"
    assert all(
        own.artists[own.pairs.ids[a]] != own.artists[own.pairs.ids[b]] for a, b in zip(*places(own), strict=True)
    )


def places(own: Colistening) -> tuple[list[int], list[int]]:
    return own.pairs.left.tolist(), own.pairs.right.tolist()


def test_a_label_is_the_cosine_of_the_artists_listeners() -> None:
    own = named(colisten_of(question(), negatives=None))
    assert own[frozenset(("Mara Lind 0", "The Kerbs 1"))] == pytest.approx(0.5)
    assert own[frozenset(("The Kerbs 0", "Oda 0"))] == pytest.approx(1 / 6)
    assert own[frozenset(("Mara Lind 0", "Per 0"))] == 0.0


@given(st.sampled_from([0.0, 0.25, 0.5, 1.0, 9.0]), st.integers(0, 4))
def test_negatives_are_so_many_a_pair_that_is_heard(negatives: float, seed: int) -> None:
    own = colisten_of(question(), negatives=negatives, seed=seed)
    heard = int((own.pairs.labels > 0).sum())
    assert heard == 8
    assert len(own.pairs) - heard == min(round(negatives * heard), 16)
    assert len(np.unique(own.pairs.keys)) == len(own.pairs)
    assert named(own) == named(colisten_of(question(), negatives=negatives, seed=seed))


def test_its_artists_split_its_pairs() -> None:
    rng = np.random.default_rng(0)
    songs = [SungSong(f"s{at}", f"Artist {at // 2}", "la") for at in range(60)]
    plays = {f"Artist {at}": {int(user): 3 for user in rng.integers(0, 25, 12)} for at in range(30)}
    own = colisten_of(by_listeners(songs, plays))
    held = [{own.artists[side.ids[at]] for at in side.songs} for side in artist_split(own.pairs, own.artists, seed=1)]
    assert not any(one & other for one, other in combinations(held, 2))


def test_fewer_than_no_negatives_are_an_error() -> None:
    with pytest.raises(TrainingError, match="give 0 or more, or None for all"):
        colisten_of(question(), negatives=-1.0)
