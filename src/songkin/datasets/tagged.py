"""Songs with the tags listeners gave them and how often, of the collections that count tags: Last.fm and WASABI.

Conventions
-----------
Last.fm's counts run from 0 to 100, relative to the track's foremost tag: they are no numbers of listeners. WASABI's are
Last.fm's too, and read up to 100.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from songkin.errors import ColumnError, SourceError

__all__ = ["Tagged", "tagged"]

log = logging.getLogger(__name__)
TOP = 100.0  # the count that the readers make a weight of 1


class Tagged(NamedTuple):
    """A song, and the count in (0, 100] of each of its tags."""

    id: str
    title: str
    artists: tuple[str, ...]
    counts: Mapping[str, float]


def tagged(path: Path) -> list[Tagged]:
    """Read a tree of Last.fm's JSON files, one such file, its database of tags, or WASABI's songs with tags beside.

    Songs without tags come too. Damaged records are left out, and the log names them. SourceError where there is
    nothing, ColumnError where it is something else.
    """
    from songkin.sources import lastfm, wasabi

    if not path.exists():
        raise SourceError(f"{path}: there is no such file or folder; Last.fm's tags are at {LASTFM}")
    layout = next((one for one in (*lastfm.LAYOUTS, wasabi.LAYOUT) if one.claims(path)), None)
    if layout is None:
        raise ColumnError(
            f"{path} holds no counted tags; give Last.fm's JSON files or tags database, or WASABI's songs"
        )
    songs = layout.read(path, lost=lambda loss: log.warning("%s: %s: %s", path.name, loss.place, loss.reason))
    return [
        Tagged(song.id, song.title, song.artists, {name: round(weight * TOP, 6) for name, weight in song.tags.items()})
        for song in songs
    ]


LASTFM = "http://millionsongdataset.com/lastfm/"
