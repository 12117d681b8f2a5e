"""Playlist files read back: which songs of the library they name, and which names are not found.

Conventions
-----------
A song is known by its id, else by its MusicBrainz recording, its ISRC, its id on a music server, its path, and last by
artist and title, which must be the same but for spelling. Paths are compared, never opened: one that ends in the same
folder and file is the same song, since libraries move.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import NamedTuple

from songkin.sources.playlist_files import KINDS, MOST_ENTRIES, Entry, entries, kind_of, text_of
from songkin.store import Store
from songkin.text.names import artist_key, title_key
from songkin.text.words import tokens
from songkin.types import Song

__all__ = ["KINDS", "Found", "found_in", "kind_of"]

AT_ONCE = 50  # texts looked for in one reading of the records
NEAR = 20  # songs of a like name that are looked at
SAME_END = 2  # parts of a path, its file and the folder around it


class Found(NamedTuple):
    """The songs a playlist file names, in its order, each once; the names that were not found; and notes."""

    songs: tuple[Song, ...]
    missing: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def found_in(store: Store, source: Path | str, kind: str = "") -> Found:
    """Find the songs that a playlist file names, or a text of a kind; SourceError where it cannot be read."""
    path = source if isinstance(source, Path) else None
    own = kind or (kind_of(path) if path is not None else "m3u8")
    text = text_of(path) if path is not None else str(source)
    read = list(islice(entries(text, own), MOST_ENTRIES + 1))
    notes = [f"only the first {MOST_ENTRIES:,} entries were read"] if len(read) > MOST_ENTRIES else []
    read = read[:MOST_ENTRIES]
    known = _matched(store, read, path.parent if path is not None else None)
    missing = [entry.said for at, entry in enumerate(read) if at not in known]
    songs = {known[at].id: known[at] for at in sorted(known)}
    if missing:
        notes.append(f"{len(missing):,} of {len(read):,} entries are not found here")
    return Found(tuple(songs.values()), tuple(missing), tuple(notes))


def _matched(store: Store, read: Sequence[Entry], folder: Path | None) -> dict[int, Song]:
    """Return the song of each entry that is found, by the entry's place."""
    known: dict[int, Song] = {}
    known |= _by_id(store, {at: entry.id for at, entry in enumerate(read) if entry.id})
    for name in ("mbid", "isrc", "subsonic"):
        asked = {at: getattr(entry, name) for at, entry in enumerate(read) if at not in known and getattr(entry, name)}
        known |= _by_id(store, asked)
        known |= _by_link(store, name, {at: value for at, value in asked.items() if at not in known})
    known |= _by_path(
        store, {at: entry.path for at, entry in enumerate(read) if at not in known and entry.path}, folder
    )
    for at, entry in enumerate(read):
        if at not in known and (song := _by_name(store, entry)):
            known[at] = song
    return known


def _by_id(store: Store, asked: Mapping[int, str]) -> dict[int, Song]:
    if not asked:
        return {}
    songs = store.songs(store.keys(list(asked.values())))
    return {at: song for at, song in zip(asked, songs, strict=True) if song}


def _by_link(store: Store, name: str, asked: Mapping[int, str]) -> dict[int, Song]:
    found = {
        value.casefold(): song for song in _mentioning(store, asked.values()) if (value := song.links.get(name, ""))
    }
    return {at: found[value.casefold()] for at, value in asked.items() if value.casefold() in found}


def _by_path(store: Store, asked: Mapping[int, str], folder: Path | None) -> dict[int, Song]:
    """Match paths from the end: the file and its folder at least, or the whole path where it has no more."""
    parts = {at: _parts(path, folder) for at, path in asked.items()}
    by_file: dict[str, list[Song]] = {}
    for song in _mentioning(store, (own[-1] for own in parts.values() if own)):
        if song.audio:
            by_file.setdefault(song.audio.name, []).append(song)
    known = {}
    for at, own in parts.items():
        ends = (
            {song.id: _same_end(own, _parts(str(song.audio), None)) for song in by_file.get(own[-1], ())} if own else {}
        )
        best = max(ends.values(), default=0)
        near = [song for song in by_file.get(own[-1], ()) if ends[song.id] == best] if own else []
        if len(near) == 1 and best >= min(SAME_END, len(own)):
            known[at] = near[0]
    return known


def _parts(path: str, folder: Path | None) -> tuple[str, ...]:
    """Return the parts of a path, a relative one from the playlist's folder on; nothing on the disk is looked at."""
    if "\\" in path and "/" not in path:
        path = PureWindowsPath(path).as_posix()
    if folder is not None and not os.path.isabs(path):
        path = os.path.join(os.path.abspath(folder), path)
    return tuple(part for part in PurePosixPath(os.path.normpath(path)).parts if part not in ("/", "//", "..", "."))


def _same_end(one: Sequence[str], other: Sequence[str]) -> int:
    """Count the parts that two paths share at their end."""
    count = 0
    for own, its in zip(reversed(one), reversed(other), strict=False):
        if own != its:
            break
        count += 1
    return count


def _by_name(store: Store, entry: Entry) -> Song | None:
    """Return the song of this artist and title, or of this title where no artist is named and one song has it."""
    artist, title = entry.artist, entry.title
    if not title:
        artist, dash, title = entry.name.partition(" - ")
        if not dash:
            artist, title = "", entry.name or Path(entry.path).stem
    if not tokens(title):
        return None
    keys = store.match_titles(tokens(f"{title} {artist}"), where=None, limit=NEAR)
    songs = [song for song in store.songs(list(keys)) if song and title_key(song.title) == title_key(title)]
    if artist.strip():
        return next((song for song in songs if _by(song, artist)), None)
    return songs[0] if len({artist_key(song.artist) for song in songs}) == 1 else None


def _by(song: Song, artist: str) -> bool:
    """Say whether a song is by an artist, or by one of several named together."""
    own = {artist_key(name) for name in (*song.artists, song.artist)}
    return bool(own & {artist_key(artist), *(artist_key(part) for part in artist.split(","))})


def _mentioning(store: Store, texts: Iterable[str]) -> list[Song]:
    """Return the songs whose record holds any of some texts."""
    wanted = list(dict.fromkeys(texts))
    parts = (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
    keys = [key for part in parts for key in store.mentioning(part).tolist()]
    return [song for song in store.songs(keys) if song]
