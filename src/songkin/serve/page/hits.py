"""Hits as the page shows them: the quoted line with its stamp, the channels' shares, what one can do with a song."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from songkin.library import Library
from songkin.library.marking import Stretch
from songkin.serve.page.asked import Asked
from songkin.types import Hit, Query, Reason, Song

__all__ = ["CHANNELS", "Quoted", "Share", "Shown", "shares", "shown"]

CHANNELS = {
    "meaning": "meaning",
    "words": "words",
    "line": "sung line",
    "title": "title",
    "features": "sound-alike",
    "sound": "sound",
}


class Share(NamedTuple):
    """What a channel gave of a song's score, in [0, 1]: its piece of the bar begins at `start` and is `share` wide."""

    channel: str
    name: str
    start: float
    share: float
    words: str


class Quoted(NamedTuple):
    """A line of a song in stretches, of which the request speaks or not, and when it is sung."""

    line: tuple[Stretch, ...]
    start_ms: int | None


class Shown(NamedTuple):
    """One hit; `verdict` is what its user said of it before, '' = nothing. `beside` are reasons that have no share."""

    rank: int
    song: Song
    score: float
    quoted: Quoted | None
    shares: tuple[Share, ...]
    beside: tuple[str, ...]
    versions: tuple[Song, ...]
    verdict: str
    more_like: str
    less_like: str


def shown(
    library: Library, asked: Asked, query: Query, hits: Sequence[Hit], *, first: int, verdicts: Mapping[str, str]
) -> list[Shown]:
    """Return hits as they are shown, ranked from `first`."""
    words = f"{query.text} {query.lyrics}"
    return [
        Shown(
            rank,
            hit.song,
            hit.score,
            _quoted(library, hit, words, heard=asked.line),
            shares(hit.reasons),
            tuple(reason.words for reason in hit.reasons if not reason.share and reason.words),
            tuple(library.views.songs(hit.versions)),
            verdicts.get(hit.song.id, ""),
            _seeded(asked, "like", hit.song.id),
            _seeded(asked, "unlike", hit.song.id),
        )
        for rank, hit in enumerate(hits, first)
    ]


def _seeded(asked: Asked, name: str, song: str) -> str:
    """Return the search with one more seed: what was heard as a line becomes a search of its own."""
    other = {"like": "unlike", "unlike": "like"}[name]
    base = asked.but(q="", line=False) if asked.line else asked
    if name == "unlike" and asked.line:
        base = asked.but(line=False)
    seeds = tuple(dict.fromkeys((*getattr(base, name), song)))
    return base.without(other, song).but(**{name: seeds}).address


def _quoted(library: Library, hit: Hit, words: str, *, heard: bool) -> Quoted | None:
    """Return the line that speaks most for a hit, highlighted; None where none is quoted."""
    lines = [reason for reason in hit.reasons if reason.line]
    if not lines:
        return None
    best = next((reason for reason in lines if reason.start_ms is not None), lines[0])
    line = library.views.mark(str(best.line), words, language=hit.song.language, heard=heard)
    return Quoted(line, best.start_ms)


def shares(reasons: Sequence[Reason]) -> tuple[Share, ...]:
    """Return what each channel gave, one piece of the bar after another."""
    pieces, at = [], 0.0
    for reason in reasons:
        if reason.share > 0:
            name = CHANNELS.get(reason.channel, reason.channel)
            pieces.append(Share(reason.channel, name, at, reason.share, reason.words))
            at += reason.share
    return tuple(pieces)
