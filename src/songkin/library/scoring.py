"""How alike two songs are, in [0, 1]: 0 = unrelated, 1 = the same; for one pair with reasons, or for files of pairs.

Conventions
-----------
The score is the agreement in genres, tags and era that is expected of such a pair (`score_basis`), joined with how
surely both sing the same words by 1 - (1 - agreement) * (1 - sameness), and averaged with the dot product of the sound
vectors where both sides have one. A song against itself is 1; the sides may be exchanged. NaN = a side tells nothing.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from songkin.errors import QueryError
from songkin.library.same_words import Terms, cosines, sameness, sung_terms
from songkin.library.score_basis import Basis, Placed, dot_products
from songkin.library.song_space import SPACE
from songkin.store import Store
from songkin.store.kept_vectors import KeptVectors
from songkin.types import Song, Vectors

__all__ = ["SHARES", "Catalogue", "Pair", "PairScore", "Parts", "Profile", "Scorer", "Shelf", "Stored", "shares_of"]

SHARES: Mapping[str, float] = {"lyrics": 0.7, "sound": 0.3}  # what each counts where a pair has both
SOUND = "sound"  # the table of sound vectors
AT_ONCE = 256  # songs read together
PAIRS_AT_ONCE = 20_000
ID_SHOWN = 80  # characters of an id that is not there
REMEMBERED = 100_000  # songs of a library whose profiles are kept at hand, some 1.5 kB each

Floats = NDArray[np.float64]


class Profile(NamedTuple):
    """What is compared of a song: what the basis knows of it, its words' terms, its unit sound vector if it has one."""

    id: str
    placed: Placed
    terms: Terms
    sound: Vectors | None = None

    @property
    def silent(self) -> bool:
        """Whether neither words nor descriptors are known."""
        return not (self.placed.vector.any() or len(self.terms.codes) or len(self.placed.genres.codes))


class Parts(NamedTuple):
    """Scores of pairs (p,), and what they are made of; NaN = not known on both sides."""

    scores: Floats
    agreement: Floats
    same: Floats
    sound: Floats


class Pair(NamedTuple):
    """Two ids, and where they stand: the number of their line."""

    line: int
    a: str
    b: str


class PairScore(NamedTuple):
    """A pair's score, None where there is none, and then why."""

    pair: Pair
    score: float | None
    why: str = ""


class Shelf(Protocol):
    """Where songs are looked up."""

    def profiles(self, ids: Iterable[str]) -> Mapping[str, Profile]:
        """Return what is compared of songs; those that are not there are left out."""
        ...


class Scorer:
    """Scores pairs; `shares` say what lyrics and sound count."""

    def __init__(self, basis: Basis, *, shares: Mapping[str, float] = SHARES) -> None:
        self.basis, self.shares = basis, shares

    def profiles(self, songs: Sequence[Song], sounds: Mapping[str, Vectors] | None = None) -> list[Profile]:
        """Read songs, with their lyrics."""
        return self.profiled(songs, self.basis.placed(songs), sounds or {})

    def profiled(self, songs: Sequence[Song], placed: Sequence[Placed], sounds: Mapping[str, Vectors]) -> list[Profile]:
        """Return what is compared of songs whose places are known."""
        pairs = zip(songs, placed, strict=True)
        return [Profile(song.id, own, sung_terms(song.lyrics), _unit(sounds.get(song.id))) for song, own in pairs]

    def compare(self, left: Sequence[Profile], right: Sequence[Profile]) -> Parts:
        """Score pairs (p,)."""
        agreement = self.basis.agreement([own.placed for own in left], [own.placed for own in right])
        same = sameness(cosines([own.terms for own in left], [own.terms for own in right]))
        silent = np.array([own.silent or other.silent for own, other in zip(left, right, strict=True)], bool)
        words = np.where(silent, np.nan, 1 - (1 - np.nan_to_num(agreement)) * (1 - same))
        words[np.isnan(agreement) & (same == 0)] = np.nan
        sound = _sounds(left, right)
        scores = _mean(words, sound, self.shares)
        scores[[own.id == other.id for own, other in zip(left, right, strict=True)]] = 1.0
        return Parts(np.clip(scores, 0.0, 1.0), agreement, same, sound)

    def score(self, pairs: Iterable[Pair], shelf: Shelf) -> Iterator[PairScore]:
        """Score pairs one after another, in order; an unknown id, or a silent side, has no score but a reason."""
        rest = iter(pairs)
        while chunk := list(islice(rest, PAIRS_AT_ONCE)):
            known = shelf.profiles(name for pair in chunk for name in (pair.a, pair.b))
            there = [pair for pair in chunk if pair.a in known and pair.b in known]
            parts = self.compare([known[pair.a] for pair in there], [known[pair.b] for pair in there])
            scores = iter(parts.scores.tolist())
            for pair in chunk:
                missing = [name for name in dict.fromkeys((pair.a, pair.b)) if name not in known]
                if missing:
                    why = "; ".join(f"no song has the id '{name[:ID_SHOWN]}'" for name in missing)
                    yield PairScore(pair, None, why)
                    continue
                score = next(scores)
                if math.isnan(score):
                    yield PairScore(pair, None, silence(known[pair.a], known[pair.b]))
                else:
                    yield PairScore(pair, score)


class Stored:
    """The songs of a library; kept vectors that are fresh spare their songs the reading."""

    def __init__(self, store: Store, scorer: Scorer, *, tell: Callable[[int], None] = lambda more: None) -> None:
        self._store, self._scorer, self._tell = store, scorer, tell
        self._known: OrderedDict[str, Profile] = OrderedDict()

    def profiles(self, ids: Iterable[str]) -> Mapping[str, Profile]:
        """Return what is compared of songs; what was looked up before is remembered."""
        wanted = list(dict.fromkeys(ids))
        found = {name: self._known[name] for name in wanted if name in self._known}
        new = [name for name in wanted if name not in found]
        for at in range(0, len(new), AT_ONCE * 8):
            found |= {profile.id: profile for profile in self._read(new[at : at + AT_ONCE * 8])}
        for name, profile in found.items():
            self._known[name] = profile
            self._known.move_to_end(name)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return found

    def _read(self, ids: Sequence[str]) -> Iterator[Profile]:
        keys = self._store.keys(ids)
        songs = [song for song in self._store.songs(keys[keys >= 0], lyrics=True) if song]
        sounds = KeptVectors(self._store.tables, SOUND).read([song.id for song in songs]).by_id()
        kept = self._kept(songs)
        waiting = [song for song in songs if song.id not in kept]
        for at in range(0, len(waiting), AT_ONCE):
            part = waiting[at : at + AT_ONCE]
            yield from self._scorer.profiles(part, sounds)
            self._tell(len(part))
        there = [song for song in songs if song.id in kept]
        yield from self._scorer.profiled(there, [kept[song.id] for song in there], sounds)
        self._tell(len(there))

    def _kept(self, songs: Sequence[Song]) -> dict[str, Placed]:
        """Return what kept vectors tell of songs, of those whose vectors are fresh."""
        basis = self._scorer.basis
        if not basis.maker:
            return {}
        kept = KeptVectors(self._store.tables, SPACE).read([song.id for song in songs], made_by=basis.maker)
        marks, vectors = dict(zip(kept.ids.to_pylist(), kept.marks.to_pylist(), strict=True)), kept.by_id()
        fresh = [song for song in songs if song.id in marks and marks[song.id] == basis.mark_of(song)]
        found = {song.id: basis.kept(song, vectors[song.id]) for song in fresh}
        return {name: own for name, own in found.items() if own is not None}


class Catalogue:
    """The songs of a file, read once; those that are wanted stay in memory, some 1.5 kB each."""

    def __init__(self, songs: Iterable[Song], wanted: Iterable[str], scorer: Scorer) -> None:
        ids, self._known = set(wanted), dict[str, Profile]()
        rest = (song for song in songs if song.id in ids)
        while chunk := list(islice(rest, AT_ONCE)):
            once = {song.id: song for song in chunk if song.id not in self._known}
            self._known |= {profile.id: profile for profile in scorer.profiles(list(once.values()))}

    def profiles(self, ids: Iterable[str]) -> Mapping[str, Profile]:
        """Return all that was read."""
        return self._known


def shares_of(given: Mapping[str, float]) -> Mapping[str, float]:
    """Return what lyrics and sound count, the defaults where nothing is said; QueryError for anything else."""
    for name in given:
        if name not in SHARES:
            raise QueryError(f"a score has no part '{name}'; write --weights lyrics=0.7,sound=0.3")
    shares = {**SHARES, **given}
    if not sum(shares.values()) > 0:
        raise QueryError("lyrics and sound both count 0; write --weights lyrics=0.7,sound=0.3")
    return shares


def silence(one: Profile, other: Profile) -> str:
    """Say why a pair has no score."""
    silent = dict.fromkeys(own.id for own in (one, other) if own.silent)
    if silent:
        return "; ".join(f"'{name}' has neither words nor descriptors" for name in silent)
    return f"nothing that '{one.id}' tells can be held against what '{other.id}' tells"


def _sounds(left: Sequence[Profile], right: Sequence[Profile]) -> Floats:
    """Return the dot products of sound vectors, in [0, 1]; NaN where a side has none, or one of another length."""
    found = np.full(len(left), np.nan)
    heard = (
        (at, own.sound, other.sound)
        for at, (own, other) in enumerate(zip(left, right, strict=True))
        if own.sound is not None and other.sound is not None
    )
    pairs = [(at, own, other) for at, own, other in heard if len(own) == len(other)]
    for size in {len(own) for _, own, _ in pairs}:
        some = [pair for pair in pairs if len(pair[1]) == size]
        found[[at for at, _, _ in some]] = dot_products([own for _, own, _ in some], [other for _, _, other in some])
    return np.asarray(np.clip(found, 0.0, 1.0), np.float64)


def _mean(words: Floats, sound: Floats, shares: Mapping[str, float]) -> Floats:
    """Return the weighed mean of what is known; NaN where nothing that counts is."""
    values, counts = np.stack([words, sound]), np.array([[shares["lyrics"]], [shares["sound"]]])
    counts = np.where(np.isnan(values), 0.0, counts)
    total, summed = counts.sum(0), (np.nan_to_num(values) * counts).sum(0)
    mean: Floats = np.divide(summed, total, out=np.full(len(words), np.nan), where=total > 0)
    return mean


def _unit(vector: Vectors | None) -> Vectors | None:
    """Bring a sound vector to length 1 again after its rest as float16; one of zeros is none."""
    if vector is None or not vector.any():
        return None
    return np.asarray(vector / np.linalg.norm(vector), np.float32)
