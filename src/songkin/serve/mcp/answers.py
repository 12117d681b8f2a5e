"""What each tool answers: the shapes a program can rely on, and how they are made of what the library returns.

Conventions
-----------
What is unknown is null or an empty list, never 0 or ''. Quotes are single lines, cut at `LONGEST_QUOTE` characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, Field

from songkin.serve.payloads import hits_json

if TYPE_CHECKING:
    from songkin.types import Hit, Song

__all__ = [
    "Description",
    "Explanation",
    "Found",
    "PlaylistMade",
    "SongFound",
    "found_of",
]

LONGEST_QUOTE = 300
LONGEST_TITLE = 300

Share = Annotated[float, Field(ge=0, le=1)]


class Why(BaseModel):
    """One reason: the channel that found the song, its share of the score, and the evidence."""

    channel: str
    share: Share
    words: str = ""
    line: Annotated[str | None, Field(description="A line of the song's lyrics, quoted.")] = None
    start_ms: Annotated[int | None, Field(description="When that line is sung, where the lyrics are timed.")] = None


class SongFound(BaseModel):
    """A song with its place among the hits and why it is there."""

    rank: int
    id: Annotated[str, Field(description="Names the song in later calls.")]
    title: str
    artists: list[str]
    album: str | None = None
    year: int | None = None
    genres: list[str] = []
    language: str | None = None
    duration_s: float | None = None
    score: Annotated[float, Field(description="From 0 to 1; comparable within one answer only.")]
    reasons: list[Why] = []
    versions: Annotated[list[str], Field(description="Ids of other versions of the same song.")] = []


class Found(BaseModel):
    """Songs in order, best first, and what could not be honoured."""

    understood: Annotated[
        str, Field(description="What the request was taken for beyond its words; '' = words only.")
    ] = ""
    notes: Annotated[list[str], Field(description="What to tell the listener: fields that are missing, songs hidden.")]
    hits: list[SongFound]


class PlaylistMade(BaseModel):
    """A playlist in playing order. It is not saved."""

    understood: str = ""
    notes: list[str]
    minutes: Annotated[float, Field(description="Of the songs whose length is known.")]
    unknown_length: Annotated[int, Field(description="Songs whose length is not known.")]
    songs: list[SongFound]


class Explanation(BaseModel):
    """How one song stands to a request."""

    rank: Annotated[int | None, Field(description="Among all songs; null = not in the first `looked_at`.")]
    of: Annotated[int, Field(description="Songs in the library.")]
    looked_at: int
    notes: list[str]
    song: Annotated[SongFound | None, Field(description="The song and what speaks for it; null = nothing does.")]


class Counted(BaseModel):
    """A value and how many songs have it."""

    name: str
    songs: int


class Known(BaseModel):
    """A field for `where`, and how sparse it is."""

    name: str
    kind: Annotated[str, Field(description="text, list, number or boolean: numbers take ranges.")]
    known: Annotated[int, Field(description="Songs that have it.")]
    missing: Annotated[int, Field(description="Songs that lack it, and so fail every condition on it.")]


class Description(BaseModel):
    """What the library holds and lacks."""

    songs: int
    shown: Annotated[int, Field(description="Songs that are left after what the listener has excluded.")]
    with_lyrics: int
    with_vectors: Annotated[int, Field(description="Songs that can be found by meaning, not only by words.")]
    fields: Annotated[list[Known], Field(description="What `where` can ask for, best known first.")]
    features: Annotated[
        list[Known],
        Field(
            description="Numbers for `where`, `more`, `less` and `arc`; 'predicted_' ones were guessed from the words."
        ),
    ]
    genres: Annotated[list[Counted], Field(description="The commonest, most songs first.")]
    languages: list[Counted]
    tags: list[Counted]
    notes: list[str]


def found_of(hits: Sequence[Hit], *, first: int = 1) -> list[SongFound]:
    """Return hits as tools show them, ranked from `first`."""
    shown = hits_json(hits, first=first)
    return [SongFound(**_short(one), **_about(hit.song)) for one, hit in zip(shown, hits, strict=True)]


def counted(counts: Iterable[tuple[str, int]]) -> list[Counted]:
    """Return values with how many songs have each."""
    return [Counted(name=name, songs=songs) for name, songs in counts]


def _short(hit: dict[str, Any]) -> dict[str, Any]:
    """Cut what a source may have made very long."""
    reasons = [
        {**reason, "words": _cut(reason["words"]), "line": reason["line"] and _cut(reason["line"])}
        for reason in hit["reasons"]
    ]
    artists = [_cut(name, LONGEST_TITLE) for name in hit["artists"]]
    return {**hit, "title": _cut(hit["title"], LONGEST_TITLE), "artists": artists, "reasons": reasons}


def _cut(text: str, longest: int = LONGEST_QUOTE) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _about(song: Song) -> dict[str, Any]:
    return {
        "album": song.album and _cut(song.album, LONGEST_TITLE),
        "year": song.year,
        "genres": list(song.genres),
        "language": song.language or (song.lyrics.language if song.lyrics else None),
        "duration_s": song.duration_s,
    }
