"""A library of ninety small songs to make playlists of: a few artists and albums, features, years and lengths."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from songkin.library import Library
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

THEMES = ("rain", "train", "ocean", "bicycle", "winter", "kitchen", "harbour", "engine", "candle")
GENRES = ("folk", "rock", "jazz")
SONGS = 90
ARTISTS = 11


def song(number: int) -> Song:
    """Song `number`: its theme, feature values and year follow from the number; every ninth has no length."""
    theme, other = THEMES[number % len(THEMES)], THEMES[(number // 3) % len(THEMES)]
    words = f"The {theme} is near the {other}\nVerse{number} goes by and by\n\nThe {theme} and the {other} again"
    more: dict[str, Any] = {} if number % 9 == 4 else {"duration_s": 120.0 + 13 * (number * 7 % 23)}
    if number % 10 != 7:
        more["features"] = {"energy": (number * 37 % 90) / 90, "valence": (number * 53 % 90) / 90}
    return Song(
        id=f"p{number}",
        title=f"{theme.title()} Number {number}",
        artists=(f"Artist {number % ARTISTS}",),
        album=f"Album {number % 7}",
        year=1960 + number * 11 % 60,
        language="de" if number % 5 == 0 else "en",
        genres=(GENRES[number % len(GENRES)],),
        tags={theme: 1.0, other: 0.5},
        lyrics=Lyrics(text=words, language="de" if number % 5 == 0 else "en"),
        links={"mbid": f"00000000-0000-0000-0000-{number:012d}", "isrc": f"XXABC26{number:05d}"},
        audio=Path(f"/music/{theme}/Song {number}.flac"),
        **more,
    )


def made(place: Path) -> Library:
    """Make the library at a place and open it."""
    Library.add([song(number) for number in range(SONGS)], place, encoder=ToyEncoder())
    return Library.open(place, encoder=ToyEncoder())
