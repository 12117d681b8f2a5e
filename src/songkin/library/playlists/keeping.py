"""Saved playlists as they rest in the library's state: `Saved`, and how one is written and read back.

Conventions
-----------
A row holds ids, scores and reasons, no songs: those are looked up, so a title corrected since is shown corrected. What
of a row cannot be read, because a newer songkin wrote it, makes a playlist without songs and with a note.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from songkin.errors import QueryError
from songkin.library.playlists.wish import Wish
from songkin.store import Store
from songkin.store.state import Decision
from songkin.types import Hit, Playlist, Reason, Song

__all__ = ["KIND", "Saved", "decision_of", "saved_of"]

KIND = "playlist"
UNREAD = "this playlist cannot be read: was it saved by a newer songkin? songkin playlist --drop NAME takes it away"


@dataclass(frozen=True, slots=True)
class Saved:
    """A saved playlist: the wish it is made from, its songs as they were last made, when, and whose it is.

    `pinned` are the ids of songs that were put, or moved, where they are by hand, `dropped` of those taken out by hand:
    when it is made again the ones stay and the others stay out. Moments are UTC as ISO 8601. `mark` tells what state of
    the library it was made of.
    """

    name: str
    wish: Wish
    playlist: Playlist
    saved_at: str = ""
    refreshed_at: str = ""
    user: str = ""
    pinned: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    mark: str = field(default="", repr=False)
    row: str = field(default="", repr=False, compare=False)  # as it was read, to see whether somebody changed it since

    @property
    def whose(self) -> tuple[str, str]:
        """The user and the name, under which it is kept."""
        return self.user, self.name

    @property
    def ids(self) -> tuple[str, ...]:
        """The songs' ids in order."""
        return tuple(hit.song.id for hit in self.playlist.hits)


def decision_of(saved: Saved) -> Decision:
    """Write a saved playlist as the state keeps it."""
    value = {
        "wish": saved.wish.json(),
        "songs": [
            {"id": hit.song.id, "score": round(hit.score, 4), "reasons": [list(reason) for reason in hit.reasons]}
            for hit in saved.playlist.hits
        ],
        "notes": list(saved.playlist.notes),
        "understood": saved.playlist.understood,
        "pinned": list(saved.pinned),
        "dropped": list(saved.dropped),
        "refreshed_at": saved.refreshed_at,
        "mark": saved.mark,
    }
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return Decision(saved.user, KIND, saved.name, text, saved.saved_at)


def saved_of(store: Store, rows: Sequence[Decision]) -> list[Saved]:
    """Read saved playlists back with their songs as they are now; those that are gone are left out, and counted."""
    read = [_read(row) for row in rows]
    ids = list(dict.fromkeys(name for one in read if one for name, _, _ in one.told))
    found = dict(zip(ids, store.songs(store.keys(ids)) if ids else (), strict=True))
    return [_saved(row, one, found) if one else _unread(row) for row, one in zip(rows, read, strict=True)]


class _Row(NamedTuple):
    """What a row says: the wish, the songs by id with score and reasons, and the rest as it stands."""

    wish: Wish
    told: list[tuple[str, float, tuple[Reason, ...]]]
    notes: tuple[str, ...]
    understood: str
    pinned: tuple[str, ...]
    dropped: tuple[str, ...]
    refreshed_at: str
    mark: str


def _read(row: Decision) -> _Row | None:
    """Read a row, None where it cannot be."""
    try:
        value = json.loads(row.value)
        told = [(str(one["id"]), float(one["score"]), _reasons(one["reasons"])) for one in value["songs"]]
        notes, pinned, dropped = (tuple(map(str, value[name])) for name in ("notes", "pinned", "dropped"))
        understood, refreshed_at, mark = (str(value[name]) for name in ("understood", "refreshed_at", "mark"))
        return _Row(Wish.of_json(value["wish"]), told, notes, understood, pinned, dropped, refreshed_at, mark)
    except (ValueError, TypeError, KeyError, QueryError):
        return None


def _unread(row: Decision) -> Saved:
    note = UNREAD.replace("NAME", json.dumps(row.name, ensure_ascii=False))
    return Saved(row.name, Wish(), Playlist(row.name, notes=(note,)), row.created_at, row.created_at, row.user)


def _saved(row: Decision, one: _Row, found: Mapping[str, Song | None]) -> Saved:
    hits = tuple(Hit(song, score, reasons) for name, score, reasons in one.told if (song := found[name]))
    gone = len(one.told) - len(hits)
    said = (f"{gone} of its songs {'is' if gone == 1 else 'are'} no longer in the library",) if gone else ()
    playlist = Playlist(row.name, hits, (*one.notes, *said), one.understood)
    moments = row.created_at, one.refreshed_at
    return Saved(row.name, one.wish, playlist, *moments, row.user, one.pinned, one.dropped, one.mark, row.value)


def _reasons(rows: Any) -> tuple[Reason, ...]:
    return tuple(
        Reason(str(channel), float(share), str(words), line and str(line), None if start_ms is None else int(start_ms))
        for channel, share, words, line, start_ms in rows
    )
