"""What we read in chart songs: how happy they make, how they may sound, and their themes; no words of them.

A song is named by a mark of its words, so that whoever has the same lyrics finds what was read in them.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

from songkin.datasets.checking import file_of
from songkin.datasets.corpus import Corpus, File
from songkin.errors import SourceError
from songkin.text.words import tokens

__all__ = ["CORPUS", "THEMES", "Read", "mark", "readings"]

CLONE = Path(__file__).parents[3] / "recipes" / "labels"  # where songkin runs from its repository
NAME = "readings.jsonl"
THEMES = (
    "love", "heartbreak", "longing", "desire", "jealousy", "friendship", "family", "home", "travel", "party",
    "success", "bragging", "hardship", "crime", "drinking", "loneliness", "grief", "regret", "anger", "hope",
    "confidence", "faith", "christmas", "war", "protest", "nostalgia", "youth", "nature", "work", "dreams", "story",
    "humour", "music", "freedom", "marriage", "animals", "sea", "seasons", "self",
)  # fmt: skip
TOP = 9  # of the scales, which begin at 0

CORPUS = Corpus(
    name="songkin_readings",
    title="songkin readings",
    description="Scales from 0 to 9 and up to three themes for the songs of popular_songs and musicmood, judged by "
    "reading their first 150 words; the songs are named by a mark of their words, which are not in it.",
    home="recipes/labels of songkin's repository",
    licence="CC0-1.0",
    ships="labels",
    citation="The songkin founders: songkin readings, 2026, CC0 1.0; made by language models that read the words.",
    bibtex="""@misc{songkinreadings,
  author = {{The songkin founders}},
  title = {songkin Readings},
  note = {CC0 1.0; made by language models}
}""",
    split="none of its own: by artist, as the songs'",
    folder="songkin_readings",
    counted="songs",
    rows=5_030,
    files=(File(NAME, "10bfd113aba4e0a102888598d36ce6288a744b6d6e6778e490fcdda85607fd62", 588_683, rows=5_030),),
    packaged=CLONE if CLONE.is_dir() else None,
)


class Read(NamedTuple):
    """What was read in a song, scales as shares in [0, 1]: how happy it makes by what it says, how it may sound."""

    happy: float
    valence: float
    energy: float
    danceability: float
    themes: tuple[str, ...]


def mark(lyrics: str) -> str:
    """Return the mark of a song's words: the same however they are cut into lines, spelt with capitals or marked."""
    return hashlib.blake2b(" ".join(tokens(lyrics)).encode(), digest_size=12).hexdigest()


def readings(data: Path | None = None) -> dict[str, Read]:
    """Return mark -> what was read; SourceError where the file is not here."""
    place = file_of(CORPUS, NAME, data)
    found = {}
    for number, line in enumerate(place.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            scales = {name: int(row[name]) / TOP for name in ("happy", "valence", "energy", "danceability")}
            found[str(row["words"])] = Read(**scales, themes=tuple(row["themes"]))
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{place}:{number}: is no reading ({error}); get the file again") from error
    return found
