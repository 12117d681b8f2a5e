"""Files of the Million Song Dataset that name tracks: titles, artists and years by track id, for corpora built on it.

Conventions
-----------
Cells are separated by <SEP>. Only the tracks that are wanted are kept in memory. A missing file gives nothing,
and bytes that are no text '?'.
Bertin-Mahieux et al., "The Million Song Dataset", ISMIR 2011 [bertinmahieux2011msd].
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from songkin.sources.encoding import lines
from songkin.sources.records import Loss, Lost

__all__ = ["SEPARATOR", "TRACK", "TRACK_LENGTH", "Track", "legible", "mismatched", "names", "song_ids", "years"]

SEPARATOR = "<SEP>"
TRACK = re.compile(r"TR[A-Z0-9]{16}")
TRACK_LENGTH = 18
YEAR = re.compile(r"[0-9]{1,4}")
MISMATCH = re.compile(r"ERROR: <(SO[A-Z0-9]{16}) (TR[A-Z0-9]{16})>")
NAMES = ("unique_tracks.txt", "tracks_per_year.txt", "mxm_779k_matches.txt")
YEARS = ("tracks_per_year.txt", "MSD_track_id_and_year.txt")
MISMATCHES = "sid_mismatches.txt"


class Track(NamedTuple):
    """A track's title and artist, '' where unknown."""

    title: str = ""
    artist: str = ""


def names(folder: Path, wanted: Collection[str], *, lost: Lost) -> dict[str, Track]:
    """Return track id -> title and artist of the wanted tracks, from the files in `folder`.

    unique_tracks.txt holds track, song, artist, title; tracks_per_year.txt year, track, artist, title;
    mxm_779k_matches.txt track, artist, title and the same of musiXmatch. The first that knows a track counts.
    """
    found: dict[str, Track] = {}
    for name in NAMES:
        for cells in _cells(folder / name, SEPARATOR, lost):
            own, track = _named(cells)
            if own in wanted and own not in found:
                found[own] = track
    return found


def years(folder: Path, wanted: Collection[str], *, lost: Lost) -> dict[str, int]:
    """Return id -> year of the wanted ids, from tracks_per_year.txt and MSD_track_id_and_year.txt in `folder`.

    The second holds an id (of the track or of musiXmatch) and a year, with a tab between. Year 0 means unknown.
    """
    found: dict[str, int] = {}
    by_track = ((cells[1], cells[0]) for cells in _cells(folder / YEARS[0], SEPARATOR, lost) if len(cells) > 1)
    by_id = ((cells[0], cells[1]) for cells in _cells(folder / YEARS[1], "\t", lost) if len(cells) > 1)
    for own, year in chain(by_track, by_id):
        if own in wanted and YEAR.fullmatch(year) and 1 <= int(year) <= 2100:
            found.setdefault(own, int(year))
    return found


def song_ids(folder: Path, wanted: Collection[str], *, lost: Lost) -> dict[str, str]:
    """Return track id -> song id of the wanted tracks, from unique_tracks.txt in `folder`."""
    rows = _cells(folder / NAMES[0], SEPARATOR, lost)
    return {cells[0]: cells[1] for cells in rows if len(cells) >= 4 and cells[0] in wanted and cells[1]}


def mismatched(folder: Path, *, lost: Lost) -> frozenset[str]:
    """Return the tracks whose audio is known to be of another song, from sid_mismatches.txt in `folder`.

    A line reads 'ERROR: <SONG TRACK> artist  -  title  !=  artist  -  title'; another one is told with its place.
    The Million Song Dataset's matching errors, published in 2012.
    """
    file, found = folder / MISMATCHES, set()
    for at, line in enumerate(lines(file, lost=lost) if file.is_file() else (), 1):
        pair = MISMATCH.match(line.lstrip("\ufeff"))
        if pair:
            found.add(pair[2])
        elif line.strip():
            lost(Loss(f"{file.name}:{at}", f"no 'ERROR: <song track>': {legible(line).strip()[:40]!r}"))
    return frozenset(found)


def legible(line: str) -> str:
    """Return a line with '?' for every byte that is no text."""
    return line if line.isascii() else line.encode("utf-8", "replace").decode()


def _named(cells: list[str]) -> tuple[str, Track]:
    """Read one line of any of the three files."""
    if len(cells) >= 6:
        return cells[0], Track(cells[2], cells[1])
    if len(cells) == 4:
        return cells[0] if TRACK.fullmatch(cells[0]) else cells[1], Track(cells[3], cells[2])
    return "", Track()


def _cells(file: Path, separator: str, lost: Lost) -> Iterator[list[str]]:
    """Give the cells of every line that is no comment; nothing for a file that is not there or empty."""
    if file.is_file():
        for line in lines(file, lost=lost):
            if not line.startswith("#"):
                yield legible(line).strip("\ufeff\r\n").split(separator)
