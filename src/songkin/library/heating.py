"""Show where the meaning of a song meets a request, word by word: in its nearest passage and in its description."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from songkin.encoders.heat import Attention, Heat, attention, heat
from songkin.errors import EncoderError, QueryError
from songkin.search.understanding import Understood
from songkin.store import Store
from songkin.text.description import about
from songkin.types import Encoder, Query, Song

__all__ = ["Attention", "Heat", "Heated", "Part", "Warm", "heated"]


class Part(NamedTuple):
    """A part of a song that has a vector: "lyrics", one passage of them, or "description"; when it is sung."""

    name: str
    text: str
    start_ms: int | None = None


class Warm(NamedTuple):
    """A part of a song, and what its words add to the cosine with a request, or how they attend to each other."""

    part: Part
    view: Heat | Attention


class Heated(NamedTuple):
    """A song against a request as it was understood: its parts, the nearest first."""

    song: Song
    query: Query
    parts: tuple[Warm, ...]
    notes: tuple[str, ...] = ()
    understood: str = ""


def heated(
    store: Store, encoder: Encoder | None, song: Song, asked: Understood, *, by_attention: bool = False
) -> Heated:
    """Hold the words of a song's nearest passage and of its description against the request's.

    `by_attention` shows how the words of these attend to each other instead. EncoderError where there is no encoder or
    it says nothing of words; QueryError where the request has no words left.
    """
    place, text = store.tables.place, asked.query.text
    if encoder is None:
        raise EncoderError(f"{place}: it has no vectors, so nothing is near in meaning; add its files again")
    if not text.strip():
        raise QueryError("the request leaves no words to hold a song against; say what it is about or how it sounds")
    parts = _nearest(store, encoder, song, text)
    views = [attention(encoder, part.text) if by_attention else heat(encoder, text, part.text) for part in parts]
    warm = tuple(Warm(part, view) for part, view in zip(parts, views, strict=True))
    nothing = () if parts else (f"{song.name} has neither lyrics nor a description to read",)
    return Heated(song, asked.query, warm, (*asked.notes, *nothing, *_unread(warm)), asked.said)


def _nearest(store: Store, encoder: Encoder, song: Song, request: str) -> list[Part]:
    """Return the song's passage nearest to the request and its description, of those it has, the nearer first."""
    sung = [
        Part("lyrics", "\n".join(one.lines), next((stamp for stamp in one.start_ms if stamp is not None), None))
        for one in store.passages(store.keys([song.id]))
    ]
    parts = [part for part in (*sung, Part("description", about(song))) if part.text.strip()]  # a bag has no text
    if not parts:
        return []
    cosines = encoder.encode_songs([part.text for part in parts]) @ encoder.encode_queries([request])[0]
    ordered = [parts[at] for at in (-cosines).argsort(kind="stable")]
    return [part for at, part in enumerate(ordered) if part.name not in [before.name for before in ordered[:at]]]


def _unread(warm: Sequence[Warm]) -> tuple[str, ...]:
    """Say which parts were too long to be read whole, and from where on."""
    cut = [(part, view.song.read_to) for part, view in warm if view.song.read_to < len(part.text)]
    return tuple(f"of the {part.name} only {to:,} of {len(part.text):,} characters are read" for part, to in cut)
