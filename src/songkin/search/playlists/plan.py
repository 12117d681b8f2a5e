"""What a playlist is made of, with everything looked up: `Plan`, and what came of it: `Made`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from songkin.search.playlists.arc import Arc
from songkin.types import Hit, Query

__all__ = ["SONGS", "Made", "Plan"]

SONGS = 20  # where neither a number nor a length is asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A playlist to make.

    `query` is the request: words, songs to be like and unlike, conditions, wishes. `anchors` are the songs, by key,
    that stand at the beginning, on the way and at the end; `opens` and `closes` say whether the first and the last of
    them do. `minutes`, `songs`, `floor` and the gaps are as in a wish. `fixed` maps a place to the key of the song put
    there by hand; `without` are the keys of songs taken out by hand.
    """

    query: Query
    anchors: tuple[int, ...] = ()
    opens: bool = False
    closes: bool = False
    arc: Arc | None = None
    minutes: float | None = None
    songs: int | None = None
    floor: float | None = None
    artist_gap: int | None = None
    album_gap: int | None = None
    fixed: Mapping[int, int] = field(default_factory=dict)
    without: tuple[int, ...] = ()

    @property
    def is_path(self) -> bool:
        """Whether it goes from one song to another."""
        return len(self.anchors) > 1

    @property
    def asks(self) -> bool:
        """Whether it asks for songs that can be ranked."""
        query = self.query
        return bool(query.text.strip() or query.lyrics.strip() or query.like or query.features or query.targets)

    @property
    def wanted(self) -> int | None:
        """How many songs it has; None where that follows from its length, or from its floor."""
        if self.songs is None and self.minutes is None:
            return None if self.floor is not None and not self.is_path else SONGS
        return self.songs


class Made(NamedTuple):
    """The songs in order with the reasons, and what could not be honoured."""

    hits: tuple[Hit, ...]
    notes: tuple[str, ...] = ()
