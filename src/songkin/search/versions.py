"""The `versions` stage: of several recordings of one song the best-ranked is shown, the others are named beside it.

Nothing is written: which songs are versions of each other is worked out among the songs of one title, when the first of
them is met, and remembered until the library changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from songkin.search.sameness import COVERS_AMONG, take_of, told_together
from songkin.store import Store
from songkin.types import Query, Ranking, Where

__all__ = ["Versions"]

UNDECIDED = -1
NONE: frozenset[int] = frozenset()
LOOKED_AT = 10  # songs a hit that are looked at at first


class Versions:
    """Show one version of a song, the best-ranked, and none of a seed's.

    Songs are compared down to where there are five times the hits wanted; what is ranked lower stays as it is.
    """

    name = "versions"

    def __init__(self, store: Store) -> None:
        self._store = store
        self._shelf: _Shelf | None = None

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Keep the first of each group of versions; all where the query wants them ungrouped."""
        if not query.grouped or not len(ranking):
            return ranking
        seeds = self._store.keys((*query.like, *query.unlike))
        depth, enough = LOOKED_AT * query.k, LOOKED_AT // 2 * query.k
        while True:
            among = np.concatenate([seeds, ranking.keys[:depth]])
            keep = self.first(among, named=len(seeds) + query.k)[len(seeds) :]
            if depth >= len(ranking) or np.count_nonzero(keep) >= enough:
                return ranking.only(np.concatenate([keep, np.ones(len(ranking) - len(keep), bool)]))
            depth *= 2

    def first(self, keys: Any, *, named: int = 0) -> NDArray[np.bool_]:
        """Say which songs (n,) are the first version of theirs among these; only songs of one title are compared.

        The first `named` songs' other versions will be named, so theirs are found in the same go.
        """
        keys = np.asarray(keys, np.int64)
        titles = self._of_now().titles(keys)
        _, which, times = np.unique(titles, return_inverse=True, return_counts=True)
        compared = (titles >= 0) & ((times[which] > 1) | (np.arange(len(keys)) < named))
        groups = keys.copy()
        groups[compared] = self.groups(keys[compared])
        return first_of(groups)

    def groups(self, keys: Any) -> NDArray[np.int64]:
        """Return the key that the versions of each song share (n,); a song without versions has its own."""
        return self._of_now().groups(np.asarray(keys, np.int64))

    def undecided(self, most: int) -> NDArray[np.int64]:
        """Return the keys of songs that were not told from others of their title yet, about so many; (0,) = none."""
        return self._of_now().undecided(most)

    def others(self, keys: Any, where: Where | None = None) -> list[tuple[str, ...]]:
        """Return the ids of each song's other versions in the library, only those that meet a condition."""
        keys = np.asarray(keys, np.int64)
        found = self._of_now().others(keys)
        every = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
        if not len(every):
            return [() for _ in found]
        allowed = every if where is None else every[self._store.meeting(every, where)]
        ids = dict(zip(allowed.tolist(), self._store.ids(allowed), strict=True))
        return [tuple(name for key in own.tolist() if (name := ids.get(key))) for own in found]

    def _of_now(self) -> _Shelf:
        """Return what is known of the library as the store shows it now."""
        works = self._store.read(["work"])
        shelf = self._shelf
        if shelf is None or shelf.works is not works:
            shelf = self._shelf = _Shelf(self._store, works)
        return shelf


def first_of(groups: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say which songs (n,) are the first of their group."""
    keep = np.zeros(len(groups), bool)
    keep[np.unique(groups, return_index=True)[1]] = True
    return keep


class _Shelf:
    """The songs of one version of the library by title: keys (n,) sorted, titles (n,) as numbers, and their groups."""

    def __init__(self, store: Store, works: pa.Table) -> None:
        self.works, self._store = works, store
        self._keys = works["key"].to_numpy()
        coded = works["work"].combine_chunks().dictionary_encode().indices
        self._titles = np.asarray(coded.fill_null(-1).to_numpy(zero_copy_only=False), np.int64)
        self._order = np.argsort(self._titles, kind="stable")  # songs of one title side by side
        self._sorted = self._titles[self._order]
        self._groups = self._keys.copy()
        counts = np.bincount(self._titles[self._titles >= 0], minlength=1)
        self._groups[(self._titles >= 0) & (counts[self._titles] > 1)] = UNDECIDED
        self._crowded = counts > COVERS_AMONG  # (titles,); of so many songs only one artist's own are compared

    def titles(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the number of each song's title, -1 where it has none or is not there."""
        at, there = self._at(keys)
        return np.where(there, self._titles[at], -1) if len(self._keys) else np.full(len(keys), -1)

    def undecided(self, most: int) -> NDArray[np.int64]:
        """Return the keys of songs whose group is not known."""
        found: NDArray[np.int64] = self._keys[np.flatnonzero(self._groups == UNDECIDED)[:most]]
        return found

    def groups(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return each song's group; a key the library lacks is its own."""
        at, there = self._at(keys)
        groups = np.where(there, self._groups[at], keys) if len(self._keys) else keys
        undecided = there & (groups == UNDECIDED)  # -1 is also the key of an id that no song has
        if undecided.any():
            self._decide(self._compared(at[undecided]))
            groups = np.where(there, self._groups[at], keys)
        return groups

    def others(self, keys: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Return the keys of the songs that share each song's group, without its own."""
        groups, (at, there) = self.groups(keys), self._at(keys)
        found = []
        for key, group, place, known in zip(keys, groups, at, there, strict=True):
            members = self._members(self._titles[place]) if known and self._titles[place] >= 0 else at[:0]
            same = self._keys[members[self._groups[members] == group]]
            found.append(same[same != key])
        return found

    def _at(self, keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        """Return the place of each key, and whether it is there."""
        if not len(self._keys):
            return np.zeros(len(keys), np.int64), np.zeros(len(keys), bool)
        at = np.clip(np.searchsorted(self._keys, keys), 0, len(self._keys) - 1)
        return at, self._keys[at] == keys

    def _members(self, title: int) -> NDArray[np.int64]:
        """Return the places of the songs of a title."""
        return self._order[slice(*np.searchsorted(self._sorted, [title, title + 1]))]

    def _compared(self, places: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Return the places of the songs that must be compared to decide some: of a title, or of its artist alone."""
        crowded = self._crowded[self._titles[places]]
        compared = [self._members(int(title)) for title in np.unique(self._titles[places[~crowded]])]
        if crowded.any():
            artists, many = self._artists, places[crowded]
            for title, artist in np.unique(np.stack([self._titles[many], artists[many]]), axis=1).T.tolist():
                members = self._members(title)
                own = members[artists[members] == artist]
                compared += [own] if artist >= 0 else np.split(own, len(own))  # who has no artist is alone
        return compared

    @cached_property
    def _artists(self) -> NDArray[np.int64]:
        """Each song's first artist as a number (n,), -1 = it has none."""
        rows = self._store.read(["w_artist"])
        lists, artists = rows["w_artist"].combine_chunks(), np.full(len(self._keys), -1)
        if np.array_equal(rows["key"].to_numpy(), self._keys):  # else a writer came between, and this shelf goes
            there = pc.list_value_length(lists).fill_null(0).to_numpy() > 0
            named = lists.values.dictionary_encode()
            names = [name.removeprefix("the") or name for name in named.dictionary.to_pylist()]  # blanks are left out
            _, which = np.unique(names, return_inverse=True)
            artists[there] = which[named.indices.to_numpy()[lists.offsets.to_numpy()[:-1][there]]]
        return artists

    def _decide(self, compared: Sequence[NDArray[np.int64]]) -> None:
        """Work out the groups of some sets of songs, each compared among itself."""
        for places in compared:
            if len(places) == 1:
                self._groups[places] = self._keys[places]
        members = [places for places in compared if len(places) > 1]
        if not members:
            return
        keys = self._keys[np.concatenate(members)]
        songs = dict(zip(keys.tolist(), self._store.songs(keys), strict=True))
        sung = self._sung(keys)
        for places in members:
            own = [key for key in self._keys[places].tolist() if songs[key]]
            takes = [take_of(key, song)._replace(words=sung.get(key, NONE)) for key in own if (song := songs[key])]
            groups = dict(zip(own, told_together(takes), strict=True))
            self._groups[places] = [groups.get(key, key) for key in self._keys[places].tolist()]

    def _sung(self, keys: NDArray[np.int64]) -> dict[int, frozenset[int]]:
        """Return the different stems of all passages of each song, by key and as numbers; without words, none."""
        rows = self._store.song_stems(keys)
        lists = pc.utf8_split_whitespace(rows["sung_stems"]).combine_chunks()
        words = pc.dictionary_encode(pc.list_flatten(lists))
        spoken = pc.not_equal(words.dictionary, "").to_numpy(zero_copy_only=False)
        codes = words.indices.to_numpy().astype(np.int64)
        songs, rank = np.unique(rows["key"].to_numpy(), return_inverse=True)
        own = rank[pc.list_parent_indices(lists).to_numpy()]
        kept = spoken[codes] if len(codes) else np.zeros(0, bool)
        pairs = np.unique(own[kept] * max(len(spoken), 1) + codes[kept])
        own, codes = np.divmod(pairs, max(len(spoken), 1))
        parts = np.split(codes, np.searchsorted(own, np.arange(1, len(songs))))
        return {key: frozenset(part.tolist()) for key, part in zip(songs.tolist(), parts, strict=False)}
