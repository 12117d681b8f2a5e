"""What a playlist is made from: `Wish`, and how it is written and read as JSON.

Conventions
-----------
Everything is optional, and None or empty means: not asked for. Songs are named by id, title or 'artist - title'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Self

from songkin.errors import QueryError

__all__ = ["Wish"]

LONGEST_MINUTES = 7 * 24 * 60
MOST_SONGS = 2000
MOST_NAMES = 500
LONGEST_TEXT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """Everything a playlist is made from.

    `text` is a request in plain words. `like`, `unlike` are songs it is to be like and unlike. `start`, `end` are the
    songs it begins and ends with, `via` songs it passes on the way, in that order. `arc` is how a feature goes from the
    first song to the last: "energy:rise", "valence:0.2..0.9", "tempo_bpm:peak". `where` is a condition in words,
    `language` one more. `more`, `less` are features wished higher and lower.

    `minutes` is how long it lasts and `songs` how many songs it has; of neither, 20 songs, or with a `floor` all that
    reach it. `floor` is the least score of a song in [0, 1]. At least `artist_gap` other songs lie between two of one
    artist (None = 2 where that can be), `album_gap` between two of one album; at most `per_artist` are of one artist.
    `variety` in [0, 1] trades score for difference. `user` is whose exclusions hold ("" = the library's user).
    """

    text: str = ""
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    via: tuple[str, ...] = ()
    arc: str = ""
    where: str = ""
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    minutes: float | None = None
    songs: int | None = None
    floor: float | None = None
    artist_gap: int | None = None
    album_gap: int | None = None
    per_artist: int | None = None
    language: str = ""
    variety: float = 0.0
    user: str = ""

    def __post_init__(self) -> None:
        """Refuse values that mean nothing, each with its name and what it may be."""
        for name, kind in KINDS.items():
            kind(self, name)
        both = sorted({*self.more} & {*self.less})
        if both:
            raise QueryError(f"'{both[0]}' is wished both more and less; choose one")

    @classmethod
    def of_json(cls, said: Any) -> Self:
        """Read a wish; QueryError on an unknown field or a value of another kind. null is as if it were not there."""
        if not isinstance(said, Mapping):
            raise QueryError(f'a playlist\'s wish is an object such as {{"text": "...", "minutes": 45}}, not {said!r}')
        known = {field.name for field in fields(cls)}
        unknown = [name for name in said if name not in known]
        if unknown:
            raise QueryError(f"a playlist's wish has no field '{unknown[0]}'; it takes {', '.join(sorted(known))}")
        own = {name: value for name, value in said.items() if value is not None}
        return cls(**{name: _listed(name, value) for name, value in own.items()})

    def json(self) -> dict[str, Any]:
        """Return what is asked for, as `of_json` reads it; what is not asked for is left out."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in own.items()
            if value not in ("", (), None) and (name, value) != ("variety", 0.0)
        }


def _listed(name: str, value: Any) -> Any:
    """Take a list for a tuple, and one name for a list of one."""
    if KINDS[name] is not _names:
        return value
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else value


def _text(wish: Wish, name: str) -> None:
    value = getattr(wish, name)
    if not isinstance(value, str):
        raise QueryError(f"'{name}' is a text, not {value!r}")
    if len(value) > LONGEST_TEXT:
        raise QueryError(f"'{name}' has {len(value):,} characters; write at most {LONGEST_TEXT:,}")


def _names(wish: Wish, name: str) -> None:
    value = getattr(wish, name)
    if not isinstance(value, tuple) or not all(isinstance(one, str) for one in value):
        raise QueryError(f"'{name}' is a list of names, not {value!r}")
    if len(value) > MOST_NAMES:
        raise QueryError(f"'{name}' names {len(value):,} songs; name at most {MOST_NAMES}")


def _share(wish: Wish, name: str) -> None:
    value = getattr(wish, name)
    if value is None:
        return
    if not _is_number(value) or not 0 <= value <= 1:
        raise QueryError(f"'{name}' is a number from 0 to 1, not {value!r}")


def _count(least: int, most: int) -> Any:
    def check(wish: Wish, name: str) -> None:
        value = getattr(wish, name)
        if value is None:
            return
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise QueryError(f"'{name}' is a whole number from {least} to {most:,}, not {value!r}")

    return check


def _minutes(wish: Wish, name: str) -> None:
    value = getattr(wish, name)
    if value is None:
        return
    if not _is_number(value) or not 1 <= value <= LONGEST_MINUTES:
        raise QueryError(f"'{name}' is a number of minutes from 1 to {LONGEST_MINUTES:,}, not {value!r}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LONGEST_MINUTES


KINDS = {
    **dict.fromkeys(("text", "start", "end", "arc", "where", "language", "user"), _text),
    **dict.fromkeys(("like", "unlike", "via", "more", "less"), _names),
    "minutes": _minutes,
    "songs": _count(1, MOST_SONGS),
    "floor": _share,
    "variety": _share,
    "artist_gap": _count(0, MOST_SONGS),
    "album_gap": _count(0, MOST_SONGS),
    "per_artist": _count(1, MOST_SONGS),
}
