"""What a hand changed in a saved playlist: which songs were put in or moved, and which taken out."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from songkin.errors import QueryError
from songkin.library.playlists.keeping import Saved
from songkin.library.playlists.wish import MOST_SONGS
from songkin.store import Store
from songkin.types import Hit, Playlist, Reason

__all__ = ["edited", "places_of"]

PUT = Reason("pinned", 1.0, "put here by hand")


def edited(store: Store, saved: Saved, songs: Sequence[str], *, pins: Sequence[str] | None = None) -> Saved:
    """Return a saved playlist with these songs, by id, in this order; QueryError on an unknown or repeated one.

    `pins` are those of them that are pinned; None = those that were, and what was put in or moved.
    """
    twice = [name for name, count in Counter(songs).items() if count > 1]
    if twice:
        raise QueryError(f"the song '{twice[0]}' is in the playlist twice; leave one of them out")
    if len(songs) > MOST_SONGS:
        raise QueryError(f"the playlist has {len(songs):,} songs; it may have {MOST_SONGS:,}")
    found = dict(zip(songs, store.songs(store.keys(songs)) if songs else (), strict=True))
    if unknown := [name for name, song in found.items() if song is None]:
        raise QueryError(f"no song here has the id '{unknown[0]}'; leave it out")
    known = {hit.song.id: hit for hit in saved.playlist.hits}
    moved = set(songs) - set(_unmoved([name for name in songs if name in known], list(known)))
    stay = moved | {*saved.pinned} if pins is None else {*pins}
    pinned = tuple(name for name in songs if name in stay)
    dropped = tuple(name for name in dict.fromkeys((*saved.dropped, *known)) if name not in found)
    hits = tuple(
        known[name] if name in known and name not in moved else Hit(song, 1.0, (PUT,))
        for name, song in found.items()
        if song
    )
    playlist = Playlist(saved.name, hits, saved.playlist.notes, saved.playlist.understood)
    return replace(saved, playlist=playlist, pinned=pinned, dropped=dropped)


def places_of(saved: Saved) -> dict[int, str]:
    """Return the pinned songs of a saved playlist by the place each stands at."""
    return {place: name for place, name in enumerate(saved.ids) if name in saved.pinned}


def _unmoved(now: Sequence[str], before: Sequence[str]) -> list[str]:
    """Return the most songs that stand in the same order now as before: the rest were moved.

    The longest increasing run of the places they had, found by patience sorting.
    """
    places = {name: place for place, name in enumerate(before)}
    tails: list[int] = []  # the last place of the best run of each length
    lengths = []
    for name in now:
        length = bisect_left(tails, places[name])
        tails[length : length + 1] = [places[name]]
        lengths.append(length)
    kept: list[str] = []
    wanted = len(tails) - 1
    for name, length in zip(reversed(now), reversed(lengths), strict=True):
        if length == wanted:
            kept.append(name)
            wanted -= 1
    return kept[::-1]
