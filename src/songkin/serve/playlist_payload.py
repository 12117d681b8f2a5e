"""Playlists as JSON: one with its songs, a saved one, and what its arc looks like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from songkin.serve.payloads import hits_json

if TYPE_CHECKING:
    from songkin.library.playlists import Saved, Wish
    from songkin.types import Playlist, Song

__all__ = ["arc_values", "minutes_of", "playlist_json", "saved_json", "value_of"]


def playlist_json(playlist: Playlist, wish: Wish) -> dict[str, Any]:
    """Return {"name", "query", "notes", "minutes", "songs"}; `minutes` counts the songs whose length is known."""
    query = wish.json() | ({"understood": playlist.understood} if playlist.understood else {})
    songs = [
        {**said, "duration_s": hit.song.duration_s}
        for said, hit in zip(hits_json(playlist.hits), playlist.hits, strict=True)
    ]
    return {"name": playlist.name, "query": query, "notes": list(playlist.notes),
            "minutes": round(minutes_of(playlist), 2), "songs": songs}  # fmt: skip


def saved_json(saved: Saved) -> dict[str, Any]:
    """Return a saved playlist: as `playlist_json`, and when it was saved and made, whose it is, what a hand changed."""
    return {
        **playlist_json(saved.playlist, saved.wish),
        "user": saved.user,
        "saved_at": saved.saved_at,
        "refreshed_at": saved.refreshed_at,
        "pinned": list(saved.pinned),
        "dropped": list(saved.dropped),
    }


def minutes_of(playlist: Playlist) -> float:
    """Return how long the songs of known length last together."""
    return playlist.duration_s / 60


def arc_values(playlist: Playlist, feature: str) -> list[float | None]:
    """Return a feature of each song in order, None where one lacks it; the name may be a field: year, duration_s."""
    return [value_of(hit.song, feature) for hit in playlist.hits]


def value_of(song: Song, feature: str) -> float | None:
    """Return what a song has of a feature or of a field that holds a number, given or predicted; None = unknown."""
    name = feature.strip().casefold()
    if name == "year":
        return song.year
    if name in ("duration_s", "duration", "length"):
        return song.duration_s
    return next((value for known, value in song.measures.items() if known.casefold() == name), None)
