"""The songs of the map as the page's scripts read them: made once for each state of the library, compressed once.

Conventions
-----------
A few answers are kept, one for each set of songs that is hidden from somebody: those of 100,000 places are some 5 MB.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
import weakref
from typing import NamedTuple

from fastapi import Request

from songkin.library import Library
from songkin.serve.map_page import songs_json

__all__ = ["MapSongs", "Written", "map_songs_of", "title_of"]

QUICK = 5  # of gzip: a tenth larger than the best, in a third of the time
KEPT = 3  # answers
OURS = "audio"  # the column of paths of this machine

Key = tuple[str | tuple[str, ...], ...]


class Written(NamedTuple):
    """The songs of a map as compressed JSON, and their entity tag."""

    packed: bytes
    tag: str


class MapSongs:
    """The songs of one library's map, as users may see them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: weakref.ref[Library] | None = None
        self._kept: dict[Key, Written] = {}

    def known(self, library: Library, user: str) -> Written | None:
        """Return the songs a user may see, None where they must be made first."""
        with self._lock:
            return self._kept.get(_key(library, user)) if self._of and self._of() is library else None

    def make(self, library: Library, user: str) -> None:
        """Make the songs a user may see, laying out the map or filling it in where need be."""
        _, *hidden = _key(library, user)
        drawn = library.map(user=user)
        shown = drawn._replace(columns={name: own for name, own in drawn.columns.items() if name != OURS})
        text = songs_json(shown, title=title_of(library)).encode()
        tag = f'"{hashlib.blake2b(text, digest_size=16).hexdigest()}"'
        written = Written(gzip.compress(text, QUICK, mtime=0), tag)
        with self._lock:
            if self._of is None or self._of() is not library:
                self._of, self._kept = weakref.ref(library), {}
            self._kept[(library.map_standing().mark, *hidden)] = written
            for old in list(self._kept)[:-KEPT]:
                del self._kept[old]


def _key(library: Library, user: str) -> Key:
    """Return what the songs on a map depend on, besides the library: the map, and what is hidden from whom."""
    excluded = tuple(one.where for one in library.exclusions(user=user))
    never = tuple(sorted(one.song for one in library.opinions.all(user=user) if one.verdict == "never"))
    return library.map_standing().mark, excluded, never


def map_songs_of(request: Request) -> MapSongs:
    """Return the server's own `MapSongs`."""
    state = request.app.state
    if not hasattr(state, "map_songs"):
        state.map_songs = MapSongs()
    kept: MapSongs = state.map_songs
    return kept


def title_of(library: Library) -> str:
    """Return what a library is called: the last name of its place."""
    return library.store.tables.at.name
