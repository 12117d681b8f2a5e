"""A user's taste: how much like the songs they liked, and the songs they skipped, other songs are.

Conventions
-----------
Likeness lies in [0, 1]; a song is like itself as much as can be. Songs with genres are compared by these, each as
telling as it is rare (the cosine of tf-idf vectors); where one has none, by the direction in which the vectors of their
words lie from the library's middle. A shared first artist adds to it. Genres tell best what else a listener plays:
songkin evaluate feedback.

A taste is made from the set of opinions, in the order of the songs' keys: when they were told is of no account, and
what was taken back leaves no trace, bit for bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from songkin.search.meaning import centre
from songkin.store import Store

__all__ = ["Taste"]

LIKE, SKIP = 1.0, -0.5  # one skips for many reasons: a skip says half of what a like does
SAME_ARTIST = 0.25  # of the likeness of two songs; what they are like makes up the rest
AT_ONCE = 2000  # songs compared at once

Floats = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Taste:
    """The songs a user has an opinion of: keys (m,), sorted, and how much each pulls (m,), likes up and skips down."""

    store: Store
    keys: NDArray[np.int64]
    pulls: Floats
    traits: Traits

    @classmethod
    def of(cls, store: Store, verdicts: Mapping[str, str]) -> Taste | None:
        """Return the taste that opinions of songs, by id, make; None where none of them pulls at a song that is here.

        "like" and "skip" pull; "never" hides its song and says nothing of others.
        """
        weights = {"like": LIKE, "skip": SKIP}
        said = {name: weights[verdict] for name, verdict in verdicts.items() if verdict in weights}
        keys = store.keys(list(said)) if said else np.empty(0, np.int64)
        pulls = np.fromiter(said.values(), np.float32, len(said))
        order = np.argsort(keys)
        order = order[keys[order] >= 0]
        if not len(order):
            return None
        return cls(store, keys[order], pulls[order], Traits.of(store, keys[order]))

    def pull(self, keys: NDArray[np.int64]) -> Floats:
        """Return the sum over the opinions of pull times likeness, for each song (n,): 0 = like none of them."""
        parts = [self.likeness(keys[at : at + AT_ONCE]) @ self.pulls for at in range(0, len(keys), AT_ONCE)]
        return np.concatenate([np.empty(0, np.float32), *parts])

    def likeness(self, keys: NDArray[np.int64]) -> Floats:
        """Return how much like each song with an opinion each song is (n, m)."""
        own, theirs = self.traits, Traits.of(self.store, keys)
        alike = own.by_genre(theirs)
        blank = ~(theirs.described[:, None] & own.described[None])  # (n, m)
        if blank.any():
            alike = np.where(blank, _by_vector(self.store, keys, self.keys), alike)
        same_artist = _same(theirs.artists, own.artists)
        whole = (1 - SAME_ARTIST) * alike + SAME_ARTIST * same_artist
        return np.where(keys[:, None] == self.keys[None], np.float32(1), whole).astype(np.float32)


@dataclass(frozen=True, eq=False)
class Traits:
    """What songs (n,) are compared by: first artist, "" = unknown, and genres, each with its share of unit length."""

    artists: Sequence[str]
    genres: Sequence[Mapping[str, float]]

    @classmethod
    def of(cls, store: Store, keys: NDArray[np.int64]) -> Traits:
        """Look songs up."""
        rare = _rarity(store)
        table = store.read(["w_genre"])
        at = np.searchsorted(table["key"].to_numpy(), keys)
        named = table["w_genre"].take(at).to_pylist() if len(at) else []
        weights = [{name: rare.get(name, 0.0) for name in genres or ()} for genres in named]
        lengths = [sum(weight * weight for weight in own.values()) ** 0.5 for own in weights]
        whole = [
            {name: weight / length for name, weight in own.items()} if length > 0 else {}
            for own, length in zip(weights, lengths, strict=True)
        ]
        return cls([artist or "" for artist in store.first_artists(keys)], whole)

    @property
    def described(self) -> NDArray[np.bool_]:
        """Which songs have genres (n,)."""
        return np.array([bool(own) for own in self.genres], bool)

    def by_genre(self, others: Traits) -> Floats:
        """Return the cosine of the genres of others (n,) and of these (m,), in [0, 1]: (n, m)."""
        places = {name: at for at, name in enumerate(sorted({name for own in self.genres for name in own}))}
        rows = [np.zeros((len(of.genres), len(places)), np.float32) for of in (others, self)]
        for of, laid in zip((others, self), rows, strict=True):
            for at, own in enumerate(of.genres):
                for name, weight in own.items():
                    if name in places:
                        laid[at, places[name]] = weight
        return np.asarray(np.clip(rows[0] @ rows[1].T, 0.0, 1.0), np.float32)


def _rarity(store: Store) -> Mapping[str, float]:
    """Return how telling each genre of the library is: the logarithm of how few songs have it."""

    def counted() -> dict[str, float]:
        column = store.read(["w_genre"])["w_genre"].combine_chunks()
        counts = column.flatten().value_counts() if len(column) else []
        named = {row["values"].as_py(): row["counts"].as_py() for row in counts}
        return {name: float(np.log((len(column) + 1) / count)) for name, count in named.items() if name}

    return store.kept("rarity of genres", counted)


def _same(some: Sequence[str], others: Sequence[str]) -> NDArray[np.bool_]:
    """Say of which songs (n,) and (m,) the first artist is known and the same: (n, m)."""
    one, other = np.array(some, dtype=object), np.array(others, dtype=object)
    return np.asarray((one[:, None] == other[None]) & (one != "")[:, None], bool)


def _by_vector(store: Store, some: NDArray[np.int64], others: NDArray[np.int64]) -> Floats:
    """Return how much songs (n,) and (m,) lie on one side of the library's middle, in [0, 1]; 0 without vectors."""
    one, other = (_beside_middle(store, keys) for keys in (some, others))
    return np.asarray(np.clip(one @ other.T, 0.0, 1.0), np.float32)


def _beside_middle(store: Store, keys: NDArray[np.int64]) -> Floats:
    """Return the direction from the middle of all songs' words to each song's (n, dim); of descriptions without any.

    Words come first: the descriptions of songs without genres are short, and so much alike.
    """
    rows, wanted = np.zeros((len(keys), store.tables.dim()), np.float32), keys.tolist()
    left = dict(zip(wanted, range(len(wanted)), strict=True))
    for table in ("passages", "songs"):
        found = store.vectors_of(table, list(left))
        middle = store.kept(f"middle of {table}", partial(_middle, store, table))
        for key, own in found.items():
            apart = centre(own) - middle
            rows[left.pop(key)] = apart / max(float(np.linalg.norm(apart)), 1e-9)
    return rows


def _middle(store: Store, table: str) -> Floats:
    some = store.typical(table)
    return np.asarray(some.centres().mean(0) if len(some.keys) else np.zeros(store.tables.dim()), np.float32)
