"""musiXmatch's bags of words for the Million Song Dataset: `%` words, then a track a line, `#` comments.

Conventions
-----------
A line is `track id,musiXmatch id,word:count,...`; words count from 1. They are stems; mxm_reverse_mapping.txt beside
the file turns them back into words. Titles, artists and years come from the dataset's own files beside it (`msd`).
A record cut by the end of the file is kept with the words before the cut, and the cut is told.
Bertin-Mahieux et al., ISMIR 2011 [bertinmahieux2011msd]; the corpus is for research only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from songkin.errors import SourceError
from songkin.sources import msd
from songkin.sources.encoding import head, lines
from songkin.sources.msd import legible
from songkin.sources.records import Layout, Loss, Lost
from songkin.text.names import split_artists
from songkin.types import Lyrics, Song

__all__ = ["LAYOUT", "songs"]

NAME = "mxm_dataset"
MAPPING = "mxm_reverse_mapping.txt"
WORDS = re.compile(rb"\A(?:\xef\xbb\xbf)?(?:\s*#[^\n]*\n|\s*\n)*%[^,\n]+,[^,\n]+,")
PAIR = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")
SOURCE = "musiXmatch"
NO_TITLES = "songs arrive without titles; unique_tracks.txt of the Million Song Dataset, beside the file, gives them"


def songs(path: Path, *, lost: Lost, stems: bool = False) -> Iterator[Song]:
    """Give the tracks of one file with their bags; titles and years where a file beside it knows them.

    Words of a bag come in the file's order, the corpus' most frequent first. `stems` keeps them as they are ('happi').
    """
    if not head(path, 1):
        raise SourceError(f"{path}: the file is empty; it should hold a line of words ('%') and a track a line")
    ids = _ids(path)
    tracks = msd.names(path.parent, {track for track, _ in ids}, lost=lost)
    years = msd.years(path.parent, {own for pair in ids for own in pair}, lost=lost)
    whole = {} if stems else _mapping(path.parent / MAPPING, lost)
    if not tracks:
        lost(Loss(path.name, NO_TITLES, kept=True))
    return _songs(path, whole, tracks, years, lost)


def _songs(
    path: Path, whole: Mapping[str, str], tracks: Mapping[str, msd.Track], years: Mapping[str, int], lost: Lost
) -> Iterator[Song]:
    words: list[str] = []
    seen: dict[str, int] = {}
    for number, line in enumerate(lines(path, lost=lost), 1):
        line = line.lstrip("\ufeff")
        place = f"{path.name}:{number}"
        if line.startswith("%"):
            words = [whole.get(stem, stem) for stem in legible(line)[1:].strip().split(",")]
            if len(words) < 2:
                raise SourceError(f"{place}: the line of words ('%') holds one only; commas separate them")
        elif line.strip() and not line.startswith("#"):
            if not words:
                raise SourceError(f"{place}: no line of words ('%word,word,...') before the first track")
            track, _, rest = line.rstrip("\r\n").partition(",")
            own, _, counts = rest.partition(",")
            if not msd.TRACK.fullmatch(track) or not own.isdecimal():
                lost(Loss(place, f"no track id and musiXmatch id between commas: {legible(line).strip()[:40]!r}"))
            elif track in seen:
                lost(Loss(place, f"id {track!r} was read already at line {seen[track]}; two songs never share an id"))
            else:
                seen[track] = number
                bag = _bag(counts, words, place, lost)
                yield _song(track, own, bag, tracks.get(track), years.get(track, years.get(own)))


def _song(track: str, own: str, bag: dict[str, int], named: msd.Track | None, year: int | None) -> Song:
    return Song(
        id=track,
        title=named.title if named else "",
        artists=tuple(split_artists(named.artist)) if named and named.artist else (),
        year=year,
        lyrics=Lyrics(bag=bag, source=SOURCE) if bag else None,
        links={"msd": track, "mxm": own},
    )


def _bag(counts: str, words: Sequence[str], place: str, lost: Lost) -> dict[str, int]:
    """Return word -> count; stems of one word are added up. What is no pair, or of no known word, is told."""
    bag: dict[str, int] = {}
    broken = []
    for spelt in legible(counts).split(",") if counts else ():
        pair = PAIR.fullmatch(spelt)
        if pair and 1 <= int(pair[1]) <= len(words) and int(pair[2]) > 0:
            word = words[int(pair[1]) - 1]
            bag[word] = bag.get(word, 0) + int(pair[2])
        else:
            broken.append(spelt)
    if broken:
        lost(Loss(place, f"{_told(broken)}; kept with {len(bag):,} of its words", kept=True))
    return bag


def _told(broken: Sequence[str]) -> str:
    if len(broken) == 1 and (broken[0] == "" or re.fullmatch(r"\d+:?", broken[0])):
        return f"the record is cut at {broken[0][:20]!r}"
    return f"{len(broken):,} of its pairs are no word:count of the words above: {broken[0][:20]!r}"


def _ids(path: Path) -> list[tuple[str, str]]:
    """Return track id and musiXmatch id of every line."""
    starts = (line[:60].split(",", 2) for line in lines(path, lost=lambda _: None) if line.startswith("TR"))
    return [(cells[0], cells[1]) for cells in starts if len(cells) == 3]


def _mapping(file: Path, lost: Lost) -> dict[str, str]:
    """Return stem -> word; told if the file is not there."""
    if not file.is_file():
        lost(Loss(file.name, "the file is missing; bags hold stems ('happi') instead of words", kept=True))
        return {}
    cells = (legible(line).strip("\ufeff\r\n").split(msd.SEPARATOR) for line in lines(file, lost=lost))
    return {pair[0]: pair[1] for pair in cells if len(pair) == 2 and pair[1]}


def _claims(path: Path) -> bool:
    """Say whether a .txt file has the corpus's name, or opens, behind its comments, with a line of words."""
    if path.suffix.lower() != ".txt" or not path.is_file():
        return False
    return path.name.startswith(NAME) or bool(WORDS.match(head(path, 1 << 13)))


def _count(path: Path) -> int | None:
    with path.open("rb") as stream:
        return sum(line.startswith(b"TR") for line in stream)


LAYOUT = Layout(
    name="musiXmatch",
    because="bags of words of tracks of the Million Song Dataset",
    claims=_claims,
    read=songs,
    size=_count,
)
