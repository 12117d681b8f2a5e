"""The map of a library as one page: everything inside it, so that it opens from disk and asks nobody for anything.

Conventions
-----------
The page is `web/map.html` with what stands on the map (`web/templates/map.inner.html`, which the served page shares),
the style sheet, the scripts (ES modules, joined) and the songs written into it. Every column travels as its distinct
values and, for each song, the number of its value, counted from 1 (0 = unknown), little-endian in as few bytes as are
enough, base64. Places travel as little-endian float32, base64. Nothing of the
songs is ever markup: they lie in a data block whose `<` are escaped, and the page's own policy lets only the scripts
written here run, named by their digest.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import math
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songkin.library.charting import SongMap
from songkin.serve.counting import songs_counted

__all__ = ["SCRIPTS", "page", "songs_json"]

SCRIPTS = (  # joined in this order; each may import only from those before it
    "map.songs.js",
    "map.colours.js",
    "map.view.js",
    "map.points.js",
    "map.names.js",
    "map.playlists.js",
    "map.card.js",
    "map.search.js",
    "map.legend.js",
    "map.chosen.js",
    "map.hand.js",
    "map.pen.js",
    "map.around.js",
    "map.js",
)
LONGEST_TITLE = 200  # characters of a title that the page shows
DIGITS = 3  # of a number; a column of a million different ones would be as long as its songs
IMPORT = re.compile(r"^import \{[^}]*\} from \"\./map\.[\w.]*js\";\n", re.MULTILINE)
EXPORT = re.compile(r"^export (?=(?:async )?(?:function|const|class)\b)", re.MULTILINE)
FIELD = re.compile(r"\{\{(\w+)\}\}")


def page(song_map: SongMap, *, title: str) -> str:
    """Return the page of a map: one document of HTML that needs no network; `title` is plain text.

    Every column of the map that has a value is carried along; `audio`, where there is one, is a song's file for
    playlists. A map without songs gives a page that says so.
    """
    script, style = _script(), _read("map.css")
    said = {"title": html.escape(_short(title)), "count": html.escape(songs_counted(len(song_map.ids)))}
    fields = {
        **said,
        "inner": _filled(_read("templates/map.inner.html"), said),
        "policy": f"default-src 'none'; script-src {_digest(script)}; style-src {_digest(style)}; "
        "img-src data:; base-uri 'none'; form-action 'none'",
        "style": style,
        "songs": songs_json(song_map, title=title),
        "script": script,
    }
    return _well_formed(_filled(_read("map.html"), fields))


def _filled(text: str, fields: Mapping[str, str]) -> str:
    return FIELD.sub(lambda found: fields[found[1]], text)


def _read(name: str) -> str:
    return (files("songkin.serve") / "web" / name).read_text(encoding="utf-8")


def _script() -> str:
    """Return the page's modules as one, without the imports and exports that hold them together."""
    return "\n".join(EXPORT.sub("", IMPORT.sub("", _read(name))) for name in SCRIPTS)


def _digest(text: str) -> str:
    """Return how a content security policy names what stands between two tags."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _short(title: str) -> str:
    title = " ".join(title.split())
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def songs_json(song_map: SongMap, *, title: str) -> str:
    """Return the songs as JSON: what the page's scripts read, and may stand inside a script element."""
    columns = {name: _column(values) for name, values in song_map.columns.items()}
    whole = {
        "title": _short(title),
        "ids": list(song_map.ids),
        "x": _packed(song_map.x, "<f4"),
        "y": _packed(song_map.y, "<f4"),
        "columns": {name: column for name, column in columns.items() if column["values"]},
        "trustworthiness": None if math.isnan(song_map.trustworthiness) else round(song_map.trustworthiness, 4),
        "notes": list(song_map.notes),
    }
    text = json.dumps(whole, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _well_formed(text.replace("<", "\\u003c"))


def _well_formed(text: str) -> str:
    """Return a text that UTF-8 can write: half a surrogate pair, as damaged tags hold, becomes a question mark."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _column(values: Sequence[Any]) -> dict[str, Any]:
    """Return a column as its distinct values, ordered, and the number of each song's own; 0 where it is unknown."""
    known = [_plain(value) for value in values]
    distinct = sorted({value for value in known if value is not None})
    number = {value: place for place, value in enumerate(distinct, start=1)} | {None: 0}
    size = next(size for size in (1, 2, 4) if len(distinct) < 256**size)
    return {"values": distinct, "size": size, "codes": _packed([number[value] for value in known], f"<u{size}")}


def _plain(value: Any) -> str | float | None:
    """Return a value as JSON has it: text, a whole number or one of three digits; None if unknown or no number."""
    if value is None or isinstance(value, str):
        return value or None
    if isinstance(value, bool | np.bool_):
        return int(value)
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else round(number, DIGITS)


def _packed(numbers: ArrayLike | NDArray[Any], kind: str) -> str:
    return base64.b64encode(np.asarray(numbers).astype(kind).tobytes()).decode()
