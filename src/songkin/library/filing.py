"""Music files and the songs they became: what need not be read again, the id a song goes by, which files vanished.

Conventions
-----------
Paths are absolute and without links. A file keeps the id its song got first. A file whose recording id belongs to
another file, or to a song of a catalogue, goes by its path. Rows of new files are committed before their songs, without
a stamp, and again after them with it: a run killed in between reads the file once more, under the same id.
"""

from __future__ import annotations

import os
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from songkin.errors import SourceError
from songkin.sources.music import path_id
from songkin.store import Store, Writer
from songkin.store.files import FileRow, Files
from songkin.types import Song

__all__ = ["Filed", "Filing", "Pruned"]


class Filed(NamedTuple):
    """A music file on its way in, with its stamp from before it was read; `song` None = unchanged since last time."""

    path: Path
    stamp: str
    song: Song | None = None


class Pruned(NamedTuple):
    """What went because its file vanished: the files, and how many songs."""

    files: tuple[Path, ...] = ()
    songs: int = 0


class Filing:
    """The library's music files as one add sees them; `begin` binds it to the writer."""

    def __init__(self, store: Store | None = None) -> None:
        self._files = Files(store.tables) if store else None
        ids = store.read(["id"])["id"].to_pylist() if store and self._files and self._files.rows else []
        self._ids: Container[str] = frozenset(ids)
        self._writer: Writer | None = None
        self._holders: dict[str, Path] = {}
        self._moved: list[Path] = []
        self.notes: list[str] = []

    def begin(self, writer: Writer) -> None:
        """Look again, now that nobody else writes."""
        self._writer, self._files, self._ids = writer, Files(writer.tables), writer.known
        self._holders = {row.id: row.path for row in self._files.rows.values()}

    def holds(self, path: Path, stamp: str) -> bool:
        """Say whether a file is as it was when it was read, and its song is in the library."""
        row = self._files.rows.get(path) if self._files else None
        return row is not None and row.stamp == stamp and row.id in self._ids

    def id_of(self, path: Path) -> str:
        """Return the id a known file's song goes by."""
        row = self._files.rows.get(path) if self._files else None
        return row.id if row else path_id(path)

    def known_below(self, folder: Path) -> list[FileRow]:
        """Return the known files below a folder."""
        return [row for row in (self._files.rows.values() if self._files else ()) if row.path.is_relative_to(folder)]

    def vanished(self, folders: Iterable[Path]) -> dict[Path, FileRow]:
        """Return the known files below folders that are not there any more."""
        return {row.path: row for folder in folders for row in self.known_below(folder) if _is_gone(row.path)}

    def refuse_unmounted(self, folders: Iterable[Path]) -> None:
        """Raise SourceError where every known file below a folder vanished: its drive may be missing."""
        for folder in folders:
            known = self.known_below(folder)
            if known and all(_is_gone(row.path) for row in known):
                all_of_them = f"all {len(known):,} music files" if len(known) > 1 else "the one music file"
                cure = "mount it and try again; if they were moved, add once without --prune, or name the folder above"
                raise SourceError(f"{folder}: {all_of_them} known below it vanished; is the drive mounted? {cure}")

    def identified(self, filed: Filed, seen: Container[str]) -> Song:
        """Return a file's song under the id it goes by here; `seen` are the ids of this add so far."""
        assert self._files, "begin comes first"
        assert filed.song, "an unchanged file has no song to identify"
        row = self._files.rows.get(filed.path)
        if row and row.id not in seen:
            return replace(filed.song, id=row.id)
        if self._is_free(filed.song.id, seen) or (filed.song.id not in seen and self._is_its_own(filed)):
            self._holders[filed.song.id] = filed.path
            return filed.song
        holder = self._holders.get(filed.song.id)
        own = path_id(filed.path)
        owner = str(holder) if holder and holder != filed.path else "another song"
        self.notes.append(f"{filed.path}: {owner} has the id {filed.song.id} already; this song goes by {own}")
        return replace(filed.song, id=own)

    def _is_free(self, wanted: str, seen: Container[str]) -> bool:
        """Say whether no other song has an id; a file that is gone gives its own to the one that took its place."""
        holder = self._holders.get(wanted)
        if wanted in seen or (holder is None and wanted in self._ids) or (holder and not _is_gone(holder)):
            return False
        if holder:
            self._moved.append(holder)
        return True

    def _is_its_own(self, filed: Filed) -> bool:
        """Say whether the id a file asks for is its song's already, though the table of files does not know it."""
        assert filed.song
        assert self._writer, "begin comes first"
        if filed.song.id in self._holders or filed.song.id not in self._writer.known:
            return False
        [there] = Store(self._writer.tables).songs([self._writer.known[filed.song.id].key])
        return there is not None and there.audio == filed.path

    def claim(self, rows: Sequence[FileRow]) -> None:
        """Commit which ids new files will have, before their songs are there."""
        assert self._files, "begin comes first"
        known = self._files.rows
        new = [row._replace(stamp="") for row in rows if row.path not in known or known[row.path].id != row.id]
        self._files.keep(new)
        self._files.forget(self._moved)
        self._moved.clear()
        self._holders |= {row.id: row.path for row in rows}

    def settle(self, rows: Sequence[FileRow]) -> None:
        """Commit the stamps of files whose songs are there."""
        assert self._files, "begin comes first"
        self._files.keep(rows)

    def prune(self, folders: Iterable[Path]) -> Pruned:
        """Remove the songs whose files vanished from below the folders; one that another file holds stays."""
        assert self._files, "begin comes first"
        assert self._writer, "begin comes first"
        gone = self.vanished(folders)
        kept = {row.id for row in self._files.rows.values() if row.path not in gone}
        songs = self._writer.remove([row.id for row in gone.values() if row.id not in kept])
        self._files.forget(gone)
        return Pruned(tuple(sorted(gone)), songs)

    def finish(self) -> None:
        """Merge the table's small files."""
        if self._files:
            self._files.tidy()


def _is_gone(path: Path) -> bool:
    """Say whether a file is not there; one that cannot be looked for is taken to be."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False
