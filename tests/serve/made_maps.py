"""Maps of made-up songs for the tests of the page."""

from __future__ import annotations

from typing import Any

import numpy as np

from songkin.library.charting import COLUMNS, SongMap

THEMES = ("river · home · dusk", "engine · road · speed", "letter · goodbye · ink")
GENRES = ("folk", "rock", "soul")
HOSTILE = (
    "</script><img src=x onerror=globalThis.broken=1>",
    "<!--<script>globalThis.broken=1</script>",
    "\"quoted\" & 'quoted' ${globalThis.broken=1}",
    "Café 🎸 Σέ αγαπώ",
    "أغنية عن المطر",
    "line\nbreak\u2028and\u2029more\x00\x1b",
    "=SUM(1,2), a; \\1 {{songs}}",
    "x" * 300,
)


def blank(n: int) -> dict[str, list[Any]]:
    """Return columns in which nothing is known."""
    flags = ("outlier", "genre_predicted", "mood_predicted")
    return {name: [False if name in flags else None] * n for name in COLUMNS}


def song_map(n: int, **columns: list[Any]) -> SongMap:
    """Return a map of three themes in three places, its songs in turn; columns may be given otherwise."""
    rng, turns = np.random.default_rng(0), np.arange(n) % 3
    middles = np.array([[-8.0, 0.0], [8.0, 0.0], [0.0, 9.0]])
    x, y = (middles[turns] + rng.uniform(-1.5, 1.5, (n, 2))).T.astype(np.float32)
    told: dict[str, list[Any]] = {
        **blank(n),
        "title": [f"Song {i}" for i in range(n)],
        "artist": [f"The Nth {i % 7}" for i in range(n)],
        "year": [1960 + i % 60 for i in range(n)],
        "genre": [GENRES[t] for t in turns],
        "genre_predicted": [i % 2 == 0 for i in range(n)],
        "mood": ["happy" if i % 2 else "sad" for i in range(n)],
        "valence": [(i % 11) / 10 for i in range(n)],
        "energy": [None if i % 5 == 0 else (i % 13) / 12 for i in range(n)],
        "theme_coarse": [THEMES[t] for t in turns],
        "theme_medium": [f"{THEMES[t]} · still" for t in turns],
        "theme_fine": [f"{THEMES[t]} · quite still" for t in turns],
        "language": ["en"] * n,
    }
    return SongMap(tuple(f"id-{i}" for i in range(n)), x, y, told | columns, 0.91, ("Two songs have no lyrics.",))


def hostile_map() -> SongMap:
    """Return a map whose every text tries to leave its place."""
    n = len(HOSTILE)
    texts = list(HOSTILE)
    told = song_map(n, title=texts, artist=texts[::-1], genre=texts, theme_coarse=texts, theme_fine=texts)
    return told._replace(ids=tuple(HOSTILE), notes=tuple(HOSTILE))
