"""The fields a condition may look at, and the value each has in a song and in the store's filter columns.

Conventions
-----------
A fixed field lies in column `w_<field>`, a feature in `f_<name>`. Text is stored in its normal form, lists as lists of
normal forms, every number as float64 (so that inclusive bounds are exact), truth values as booleans, unknown as None.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from songkin.filters.seasons import seasons
from songkin.types import PREDICTABLE, Song

__all__ = [
    "ALIASES",
    "FIELDS",
    "PREDICTED",
    "Kind",
    "Value",
    "column",
    "columns",
    "kind_of",
    "normal",
    "numbers",
    "term",
    "value",
]

Value = str | float | bool | tuple[str, ...]


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LIST = "list"
    NUMBER = "number"
    BOOLEAN = "boolean"


FIELDS: Mapping[str, Kind] = MappingProxyType(
    {
        "id": Kind.TEXT,
        "title": Kind.TEXT,
        "artist": Kind.LIST,
        "album": Kind.TEXT,
        "genre": Kind.LIST,
        "tag": Kind.LIST,
        "language": Kind.TEXT,
        "year": Kind.NUMBER,
        "duration_s": Kind.NUMBER,
        "explicit": Kind.BOOLEAN,
        "instrumental": Kind.BOOLEAN,
        "season": Kind.LIST,
    }
)
ALIASES: Mapping[str, str] = MappingProxyType(
    {"artists": "artist", "genres": "genre", "tags": "tag", "duration": "duration_s", "length": "duration_s"}
)
PREDICTED = "predicted_"  # of a feature that was predicted from a song's words alone
QUOTES = str.maketrans(dict.fromkeys("‘’‛ʼʹ′`´＇", "'") | dict.fromkeys("“”„‟″＂", '"'))
GAPS = re.compile(r"[\s_\-\u2010-\u2015\u2212]+")
UNSAFE = re.compile(r"[^a-z0-9_]")


def kind_of(field: str) -> Kind:
    """Return what a field holds; every name that is not a fixed field is a feature, so a number."""
    return FIELDS.get(field, Kind.NUMBER)


@lru_cache(maxsize=4096)
def column(field: str) -> str:
    """Return the store's filter column of a field: 'year' -> 'w_year', 'valence' -> 'f_valence'."""
    if field in FIELDS:
        return f"w_{field}"
    return "f_" + UNSAFE.sub(lambda found: f"_{ord(found[0]):x}_", field.casefold())


def term(value: str) -> str:
    """Return the normal form: case, hyphens, underscores and spaces do not count, accents do; 'Hip-Hop' -> 'hiphop'."""
    folded = unicodedata.normalize("NFKC", value.translate(QUOTES)).casefold()
    return GAPS.sub("", unicodedata.normalize("NFKC", folded))


def normal(field: str, value: str) -> str:
    """Return the normal form of a value of one field: ids stay verbatim, 'en-GB' is 'en'."""
    if field == "id":
        return value
    return term(re.split(r"[-_]", value.strip())[0] if field == "language" else value)


def value(song: Song, field: str) -> Value | None:
    """Return what the field's filter column holds for the song, None where unknown or empty."""
    if field in GIVEN:
        return GIVEN[field](song)
    wanted = column(field)
    return next((_number(x) for name, x in numbers(song).items() if column(name) == wanted), None)


def numbers(song: Song) -> dict[str, float]:
    """Return a song's features, and those predicted from its words beside them, as `predicted_valence`."""
    told = {f"{PREDICTED}{name}": song.predicted[name] for name in PREDICTABLE if name in song.predicted}
    return {**told, **song.features}


def columns(song: Song) -> dict[str, object]:
    """Return all filter columns of the song: every `w_` column, and an `f_` column for each feature it has."""
    row: dict[str, object] = {}
    for field in (*FIELDS, *(name for name in numbers(song) if name not in FIELDS)):
        found = value(song, field)
        row[column(field)] = list(found) if isinstance(found, tuple) else found
    return row


def _number(given: float | None) -> float | None:
    """Return the float, -0.0 as 0.0 (Arrow orders them), None for what is not finite."""
    return float(given) + 0.0 if given is not None and math.isfinite(given) else None


def _text(field: str, given: str | None) -> str | None:
    return normal(field, given or "") or None


def _list(given: Iterable[str], *, split: bool) -> tuple[str, ...] | None:
    """Return the normal forms, each once; with `split` also the parts of 'hip-hop/rap'."""
    forms = []
    for text in given:
        forms += [term(text), *(term(part) for part in text.split("/") if split)]
    return tuple(dict.fromkeys(form for form in forms if form)) or None


def _language(song: Song) -> str | None:
    return _text("language", song.language or (song.lyrics.language if song.lyrics else None))


GIVEN: Mapping[str, Callable[[Song], Value | None]] = {
    "id": lambda song: song.id or None,
    "title": lambda song: _text("title", song.title),
    "artist": lambda song: _list(song.artists, split=False),  # AC/DC is one artist
    "album": lambda song: _text("album", song.album),
    "genre": lambda song: _list(song.genres, split=True),
    "tag": lambda song: _list((tag for tag, weight in song.tags.items() if weight > 0), split=True),
    "language": _language,
    "year": lambda song: _number(song.year),
    "duration_s": lambda song: _number(song.duration_s),
    "explicit": lambda song: song.explicit,
    "instrumental": lambda song: song.lyrics.instrumental if song.lyrics else None,
    "season": lambda song: _list(seasons(song), split=False),  # never unknown, so that `-season:christmas` keeps a song
}
assert GIVEN.keys() == FIELDS.keys()
