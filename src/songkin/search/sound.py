"""The `sound` channel: songs that sound as the seed does, by the vectors of what was heard in their files.

Conventions
-----------
Vectors (n, dim) are float16 in memory, of unit length; a silent recording's are zeros, which are like nothing. Every
song is compared, a few thousand at a time, so an answer needs no more memory for a large library than its vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.search.meaning import beside, centre
from songkin.search.scale import unit
from songkin.store import Store
from songkin.store.kept_vectors import ByKey, kept_by_key
from songkin.types import Query, Ranking, Song, Vectors

__all__ = ["Sound", "nearest_seed", "silence", "sounds_like"]

TABLE = "sound"
AT_ONCE = 16_384  # rows made float32 together: 10 MB
SAME_DB = 1.5  # of loudness: less is hardly heard between two recordings
SAME_BRIGHTNESS = 1.2  # the one's mean frequency over the other's
KEYS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class Sound:
    """Nearest vectors of sound. Only a seed has a sound, so words alone leave the channel silent."""

    name = "sound"

    def __init__(self, store: Store) -> None:
        self._store = store

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank songs by cosine to the seeds that were heard; where none was, the channel is silent."""
        if not query.like or query.part != "all":
            return Ranking.empty()
        kept, seeds = kept_by_key(self._store, TABLE), self._store.keys(query.like)
        target = centre(kept.of(seeds)[0])
        if not target.any():
            return Ranking.empty()
        scores = cosines(kept.vectors, target)
        named = scores > 0
        if query.where is not None:
            named &= np.isin(kept.keys, self._store.keys_where(query.where))
        ranking = _best(kept.keys[named], scores[named], pool)
        if not len(ranking):
            return ranking
        high = beside(ranking.keys, ranking.scores, seeds)
        return Ranking(ranking.keys, unit(ranking.scores, full=len(ranking) >= pool, top=high))


def cosines(vectors: NDArray[np.float16], target: Vectors) -> Vectors:
    """Return the cosine of each vector (n, dim) to a target (dim,): (n,)."""
    found = np.empty(len(vectors), np.float32)
    for at in range(0, len(vectors), AT_ONCE):
        found[at : at + AT_ONCE] = vectors[at : at + AT_ONCE].astype(np.float32) @ target
    return found


def _best(keys: NDArray[np.int64], scores: Vectors, pool: int) -> Ranking:
    """Rank the `pool` best of many songs."""
    if len(keys) > 4 * pool:
        least = np.partition(scores, len(scores) - pool)[-pool]
        keys, scores = keys[scores >= least], scores[scores >= least]
    return Ranking.of(keys, scores).top(pool)


# -- what it has to show -----------------------------------------------------------------------------------------------


def nearest_seed(store: Store, key: int, seeds: Sequence[Song]) -> Song | None:
    """Return the seed that a song sounds most like; None where none was heard."""
    kept = kept_by_key(store, TABLE)
    own, vectors = kept.of(np.array([key], np.int64))[0][0], _of_songs(store, kept, seeds)
    heard = [at for at in range(len(seeds)) if vectors[at].any()]
    return seeds[max(heard, key=lambda at: float(vectors[at] @ own))] if heard else None


def _of_songs(store: Store, kept: ByKey, songs: Sequence[Song]) -> Vectors:
    return kept.of(store.keys([song.id for song in songs]))[0]


def sounds_like(song: Mapping[str, float], seed: Mapping[str, float]) -> str:
    """Say in words how two recordings compare: tempo, key, loudness, brightness, as far as both are known.

    >>> sounds_like({"tempo_bpm": 124, "mode": 1}, {"tempo_bpm": 121, "mode": 1})
    'sounds like it: 124 bpm and 121 bpm, both major'
    """
    told = (_tempo, _harmony, _loudness, _brightness)
    said = ", ".join(words for tell in told if (words := tell(song, seed)))
    return f"sounds like it: {said}" if said else "sounds like it"


def _tempo(song: Mapping[str, float], seed: Mapping[str, float]) -> str:
    if "tempo_bpm" not in song or "tempo_bpm" not in seed:
        return ""
    own, other = (f"{one['tempo_bpm']:.0f} bpm" for one in (song, seed))
    return f"both {own}" if own == other else f"{own} and {other}"


def _harmony(song: Mapping[str, float], seed: Mapping[str, float]) -> str:
    """Name the key where both have one, else whether both are major or minor."""
    if "mode" not in song or "mode" not in seed:
        return ""
    own, other = ("major" if one["mode"] >= 0.5 else "minor" for one in (song, seed))
    if own != other:
        return f"{own} where it is {other}"
    keys = {one.get("key") for one in (song, seed)}
    key = keys.pop()
    return f"both {own}" if keys or key is None else f"both in {KEYS[round(key) % 12]} {own}"


def _loudness(song: Mapping[str, float], seed: Mapping[str, float]) -> str:
    if "loudness_db" not in song or "loudness_db" not in seed:
        return ""
    apart = song["loudness_db"] - seed["loudness_db"]
    return "as loud" if abs(apart) < SAME_DB else f"{abs(apart):.0f} dB {'louder' if apart > 0 else 'softer'}"


def _brightness(song: Mapping[str, float], seed: Mapping[str, float]) -> str:
    if min(song.get("brightness_hz", 0.0), seed.get("brightness_hz", 0.0)) <= 0:
        return ""
    ratio = song["brightness_hz"] / seed["brightness_hz"]
    if 1 / SAME_BRIGHTNESS <= ratio <= SAME_BRIGHTNESS:
        return "as bright"
    return "brighter" if ratio > 1 else "darker"


def silence(store: Store, query: Query, spoke: bool) -> list[str]:
    """Say why the channel is silent where a request names it."""
    named = Sound.name in query.channels or query.weights.get(Sound.name, 0.0) > 0
    if spoke or not named:
        return []
    if not len(kept_by_key(store, TABLE).keys):
        return [
            f"no song here was heard, so sound says nothing; songkin add --listen -L {store.tables.place} hears them"
        ]
    if not query.like:
        return ["sound compares recordings: it says nothing to words alone; name a song to be like"]
    if query.part != "all":
        return [f"sound says nothing where only the {query.part} is looked at; leave out --in"]
    return [
        "sound says nothing: the seed was not heard, or is silent; songkin add --listen hears songs with music files"
    ]
