"""The values that pass between rooms: songs, queries, rankings, reasons. Frozen, numpy only, no input or output.

Conventions
-----------
Absence is explicit: None, an empty tuple or a missing mapping key, never 0 or ''. Units are suffixes
(`duration_s`, `tempo_bpm`, `loudness_db`). Rankings come best first; a channel that did not speak is NaN, not 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from songkin.errors import QueryError

__all__ = [
    "PREDICTABLE",
    "Channel",
    "Encoder",
    "Exclusion",
    "Hit",
    "Judgement",
    "Lyrics",
    "Playlist",
    "Query",
    "Ranking",
    "Reason",
    "Song",
    "Stage",
    "Vectors",
    "Where",
]

Vectors = NDArray[np.float32]
PREDICTABLE = ("valence", "energy", "danceability")  # the features that can be predicted from words
HEAVIEST = 1e6  # of weights: sums of larger ones overflow
NOTHING: Mapping[str, Any] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Lyrics:
    """What a song says, as text, as a bag of words, or both.

    Text keeps its LRC time stamps and section marks exactly as they came; cleaning happens on the way to an encoder.
    `bag` maps a word to its count (musiXmatch gives only that). `instrumental` means: known to have no words.
    """

    text: str = ""
    bag: Mapping[str, int] = field(default_factory=dict)
    language: str | None = None
    instrumental: bool = False
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Song:
    """One recording as its source describes it.

    `id` is the source's own, verbatim. `tags` maps a descriptor to its weight in [0, 1]; `features` maps a name with
    its unit to a value (`valence`, `tempo_bpm`, `loudness_db`), absent where unknown. `predicted` holds what the label
    heads believe and never mixes with the given fields.
    """

    id: str
    title: str = ""
    artists: tuple[str, ...] = ()
    album: str | None = None
    year: int | None = None
    duration_s: float | None = None
    language: str | None = None
    explicit: bool | None = None
    genres: tuple[str, ...] = ()
    lyrics: Lyrics | None = None
    description: str | None = None
    tags: Mapping[str, float] = field(default_factory=dict)
    features: Mapping[str, float] = field(default_factory=dict)
    predicted: Mapping[str, float] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    audio: Path | None = None

    @property
    def measures(self) -> Mapping[str, float]:
        """The features, and of those that are not given what is predicted from the words."""
        return {name: self.predicted[name] for name in PREDICTABLE if name in self.predicted} | dict(self.features)

    def is_predicted(self, name: str) -> bool:
        """Say whether a feature is known by prediction alone."""
        return name not in self.features and name in PREDICTABLE and name in self.predicted

    @property
    def artist(self) -> str:
        """All artists in one string, '' when unknown."""
        return ", ".join(self.artists)

    @property
    def name(self) -> str:
        """'Artist - Title' as people write it; whichever half is known otherwise, then the id."""
        return " - ".join(part for part in (self.artist, self.title) if part) or self.id


@runtime_checkable
class Where(Protocol):
    """A condition on songs that the store can push down. The terms live in `songkin.filters`."""

    def sql(self) -> str:
        """Return the condition over the store's filter columns."""
        ...

    def matches(self, song: Song) -> bool:
        """Say whether the song meets the condition; a song that lacks the field does not."""
        ...

    def words(self) -> str:
        """Return the condition as a person would say it."""
        ...

    def fields(self) -> tuple[str, ...]:
        """Return the fields the condition looks at, each once."""
        ...


@dataclass(frozen=True, slots=True)
class Query:
    """A request as songkin understood it.

    `like`, `unlike` are song ids of the library. `targets` are soft wishes on features: +1.0 = more than the seed (or
    than the library's median), -1.0 = less. `weights` multiply channels (absent = 1). `variety` in [0, 1] trades score
    for difference among the hits; `per_artist` caps the hits of one artist (None = no cap). `channels` limits which
    channels speak (empty = all). `part` is what a request is held against: "all", "lyrics" or "description".
    `where` holds for every hit; `prefer` are conditions that weigh; `avoid` are words of what is not wanted. `lyrics`
    and `features` describe a song outside the library by hand. `strategy` is how songs are looked for ("" = songkin's
    own), `grouped` shows versions of one song as one, and `user` is whose exclusions hold.
    """

    text: str = ""
    lyrics: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    where: Where | None = None
    prefer: tuple[Where, ...] = ()
    avoid: tuple[str, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)
    targets: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, float] = field(default_factory=dict)
    channels: tuple[str, ...] = ()
    part: str = "all"
    variety: float = 0.0
    per_artist: int | None = None
    strategy: str = ""
    grouped: bool = True
    user: str = ""
    k: int = 10

    def __post_init__(self) -> None:
        if self.k < 1:
            raise QueryError(f"k is {self.k}; ask for at least 1 hit (-k 10)")
        if not 0.0 <= self.variety <= 1.0:
            raise QueryError(
                f"variety is {self.variety:g}; it lies between 0 (best first) and 1 (as different as can be)"
            )
        if self.per_artist is not None and self.per_artist < 1:
            raise QueryError(
                f"per_artist is {self.per_artist}; it allows at least 1 song an artist, or None for no cap"
            )
        for name, weight in (*self.weights.items(), *self.targets.items()):
            if not abs(weight) <= HEAVIEST or (name in self.weights and weight < 0):
                raise QueryError(
                    f"the weight of '{name}' is {weight:g}; weights are numbers from 0 on, to {HEAVIEST:,.0f} at most"
                )
        if self.part not in ("all", "lyrics", "description"):
            raise QueryError(f"'{self.part}' is no part of a song; --in takes all, lyrics or description")

    @classmethod
    def of(cls, request: Query | Song | str | Sequence[str], **more: Any) -> Query:
        """Make a query of a text, of a song, of song ids, or return a query with `more` replaced."""
        if isinstance(request, Query):
            return replace(request, **more)
        if isinstance(request, Song):
            return cls(like=(request.id,), **more)
        if isinstance(request, str):
            return cls(text=request, **more)
        return cls(like=tuple(request), **more)


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Songs in order, best first: the currency of search.

    keys (n,) int64, each once; scores (n,) float32, non-increasing; parts maps a channel or stage to its own scores
    (n,) float32, NaN where it did not speak.
    """

    keys: NDArray[np.int64]
    scores: NDArray[np.float32]
    parts: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)

    @classmethod
    def of(cls, keys: Any, scores: Any, parts: Mapping[str, Any] = NOTHING) -> Ranking:
        """Sort by score, best first (ties by key), and keep each key's first place."""
        keys = np.asarray(keys, np.int64)
        scores = np.asarray(scores, np.float32)
        order = np.lexsort((keys, -scores))
        _, first = np.unique(keys[order], return_index=True)
        order = order[np.sort(first)]
        return cls(keys[order], scores[order], {n: np.asarray(p, np.float32)[order] for n, p in parts.items()})

    @classmethod
    def empty(cls) -> Ranking:
        """Return the ranking of no songs."""
        return cls(np.empty(0, np.int64), np.empty(0, np.float32))

    def __len__(self) -> int:
        return len(self.keys)

    def top(self, k: int) -> Ranking:
        """Keep the first k."""
        return self._at(slice(0, max(k, 0)))

    def only(self, mask: Any) -> Ranking:
        """Keep the songs where the boolean mask (n,) holds, in the same order."""
        return self._at(np.asarray(mask, bool))

    def rescored(self, scores: Any, **parts: Any) -> Ranking:
        """Return the same songs under new scores (n,), sorted again, with further parts kept."""
        return Ranking.of(self.keys, scores, {**self.parts, **parts})

    def ordered(self, order: Any) -> Ranking:
        """Return the songs at `order` (m,) in that order; scores become their running minimum, so they never rise."""
        picked = self._at(np.asarray(order, np.int64))
        return replace(picked, scores=np.minimum.accumulate(picked.scores) if len(picked) else picked.scores)

    def _at(self, index: Any) -> Ranking:
        return Ranking(self.keys[index], self.scores[index], {n: p[index] for n, p in self.parts.items()})


class Reason(NamedTuple):
    """Why a song was found: the channel, its share of the score in [0, 1], and the evidence.

    `words` says it in words; `line` quotes the song, with `start_ms` where the lyrics are timed.
    """

    channel: str
    share: float
    words: str = ""
    line: str | None = None
    start_ms: int | None = None


class Hit(NamedTuple):
    """One answer: the song, its score in [0, 1], the reasons, strongest first, and the ids of its other versions."""

    song: Song
    score: float
    reasons: tuple[Reason, ...] = ()
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Songs a user never wants to see: a condition with the words it was given in."""

    where: str
    user: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How relevant a song is to a query: 0 = not at all."""

    query: str
    song: str
    relevance: int = 1


@dataclass(frozen=True, slots=True)
class Playlist:
    """Songs in playing order with the reason each is there, what could not be honoured, and what words were taken for.

    A playlist that was made and not saved has no name: ''.
    """

    name: str
    hits: tuple[Hit, ...] = ()
    notes: tuple[str, ...] = ()
    understood: str = ""

    @property
    def duration_s(self) -> float:
        """How long the songs of known length last together."""
        return sum(hit.song.duration_s or 0.0 for hit in self.hits)

    @property
    def unmeasured(self) -> int:
        """How many songs have no known length."""
        return sum(hit.song.duration_s is None for hit in self.hits)


class Encoder(Protocol):
    """Reads music into unit vectors.

    `reads` names what it looks at ("lyrics", "description", "audio"). `fingerprint` changes whenever the same text
    would give another vector: weights, preprocessing, pooling, length.
    """

    name: str
    dim: int
    reads: frozenset[str]
    fingerprint: str

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        """Encode passages or descriptions (n,) -> (n, dim), unit length; no texts give (0, dim)."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Encode requests (n,) -> (n, dim), unit length."""
        ...


class Channel(Protocol):
    """One way to find songs. Returns at most `pool` songs, only ones for which `query.where` holds."""

    name: str

    def __call__(self, query: Query, pool: int) -> Ranking:
        """Rank the library's songs for the query; an empty ranking when the channel has nothing to say."""
        ...


class Stage(Protocol):
    """One way to order what was found. Returns a subset of the keys it was given."""

    name: str

    def __call__(self, ranking: Ranking, query: Query) -> Ranking:
        """Reorder or thin out the ranking."""
        ...
