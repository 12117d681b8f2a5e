"""Read files and players' servers for an add: what they are taken for, how many songs, what was lost on the way."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from songkin import sources
from songkin.errors import RemoteError, SongkinError, SourceError
from songkin.library.catalogues import Read, Unread, named, stamp_of
from songkin.library.filing import Filed
from songkin.library.servers import Holds, Served, Server, server_at
from songkin.sources import music
from songkin.types import Song

__all__ = ["Reading", "read_twice"]

BESIDE = "lyrics come in with the music file beside them; add that file, or their folder"


@dataclass(slots=True)
class Reading:
    """Files to be read, in order, each once, and after them servers; `folders` are those files were looked for in,
    without links.

    `lost` fills up with the records that did not arrive, `kept` with what arrived without a part; each with its place.
    """

    files: tuple[Path, ...]
    folders: tuple[Path, ...] = ()
    servers: tuple[Server, ...] = ()
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        paths: Sequence[str | Path],
        *,
        may_be_empty: bool = False,
        ask: Callable[[str], str] | None = None,
    ) -> Reading:
        """Find the sources among paths, in folders, and in folders that links in them lead to.

        SourceError where there are none, unless folders `may_be_empty`. A server's address is no path; `ask` is who can
        be asked its password.
        """
        reading = cls(())
        addresses = dict.fromkeys(path for path in paths if isinstance(path, str) and is_address(path))
        reading.servers = tuple(server_at(address, ask) for address in addresses)
        paths = [path for path in paths if path not in addresses]
        found: dict[str, Path] = {}
        folders: dict[Path, None] = {}
        for path in map(Path, paths):
            if path.is_dir():
                below = reading._below(path, folders, may_be_empty=may_be_empty)
            else:
                below = list(sources.files(path))
                reading.lost += [] if below else [f"{path}: {BESIDE}"]
            for file in below:
                found.setdefault(os.path.realpath(file), file)
        if reading.lost and not found and not folders:
            raise SourceError(reading.lost[0])
        reading.files, reading.folders = tuple(found.values()), tuple(folders)
        return reading

    def _below(self, folder: Path, folders: dict[Path, None], *, may_be_empty: bool) -> list[Path]:
        """Find the sources in a folder and behind its links; `folders` gains the real ones, each looked into once."""
        real = Path(os.path.realpath(folder))
        linked = [link for link in _links(folder) if _leads_elsewhere(link, {*folders, real})]
        found: list[Path] = []
        if real not in folders:
            folders[real] = None
            try:
                found += sources.files(folder, lost=self._note)
            except SourceError as error:
                if not (linked or may_be_empty):
                    raise
                self.lost += [str(error)] if not linked else []
        for link in linked:
            if _leads_elsewhere(link, folders):
                found += self._below(link, folders, may_be_empty=True)
        return found

    @property
    def music(self) -> int:
        """How many of the files are music."""
        return sum(_is_music(file) for file in self.files)

    def guesses(self) -> list[str]:
        """Say what each catalogue file is taken for, and why, and how many music files there are."""
        files = "1 music file" if self.music == 1 else f"{self.music:,} music files"
        said = [f"{files}: tags, and lyrics beside or inside"] if self.music else []
        for file in self.files:
            if _is_music(file):
                continue
            with suppress(SourceError):  # told when the file is read
                guess = sources.guess(file)
                columns = ", ".join(
                    f"{theirs} -> {ours}" if theirs != ours else ours for theirs, ours in guess.columns.items()
                )
                others = (
                    f"; features where they are numbers, else not read: {', '.join(guess.others)}"
                    if guess.others
                    else ""
                )
                said.append(f"{file}: {guess.format} ({guess.because}){'; ' + columns if columns else ''}{others}")
        for server in self.servers:
            with suppress(SongkinError):
                said.append(server.guess())
        return said

    def expected(self) -> int | None:
        """Return about how many songs there are, None where that takes reading them."""
        try:
            counts = [1 if _is_music(file) else sources.count(file) for file in self.files]
            counts += [server.count() for server in self.servers]
        except SourceError:
            return None
        return None if None in counts else sum(count for count in counts if count is not None)

    def songs(self) -> Iterator[Song]:
        """Yield the songs of all files; a file that cannot be read at all is lost among others, and an error alone."""
        for arrival in self.arrivals(lambda path, stamp: False):
            song = arrival.song if isinstance(arrival, Filed | Served) else arrival
            if isinstance(song, Song):
                yield song

    def each_once(self) -> Iterator[Song]:
        """Yield songs as `songs` does; of an id that comes again, in whichever file, the first."""
        seen: set[str] = set()
        for song in self.songs():
            if song.id in seen:
                self.lost.append(read_twice(song.id))
            else:
                seen.add(song.id)
                yield song

    def arrivals(
        self,
        holds: Callable[[Path, str], bool],
        served: Holds = lambda place, song, stamp: False,
        known: Callable[[str, str], bool] | None = None,
    ) -> Iterator[Song | Filed | Served | Read | Unread]:
        """Yield songs as `songs` does, those of music files and of servers with their stamp.

        A file that `holds` knows stays unread, and what `served` knows of a server is not asked for again. A catalogue
        that is `known` comes as `Unread`; behind the songs of another comes a `Read`, if nothing of it was lost.
        """
        for file in self.files:
            try:
                yield from self._music(file, holds) if _is_music(file) else self._catalogue(file, known)
            except SourceError as error:
                if len(self.files) + len(self.servers) == 1:
                    raise
                self.lost.append(str(error))
                if known:
                    yield Read()
        for server in self.servers:
            try:
                yield from server.arrivals(served, lost=self.lost.append, kept=self.kept.append)
            except RemoteError as error:
                if len(self.files) + len(self.servers) == 1:
                    raise
                self.lost.append(str(error))

    def _catalogue(self, file: Path, known: Callable[[str, str], bool] | None) -> Iterator[Song | Read | Unread]:
        """Yield the songs of a table or a corpus; the stamp is taken first, so that a later change shows."""
        path, stamp = (named(file), stamp_of(file)) if known else ("", "")
        if known and path and stamp and known(path, stamp):
            yield Unread(path, lambda: self._read(file, Read(path, stamp)))
        else:
            yield from self._read(file, Read(path, stamp)) if known else sources.read(file, lost=self._note)

    def _read(self, file: Path, end: Read) -> Iterator[Song | Read]:
        """Yield the songs of a file, and its end."""
        before = len(self.lost) + len(self.kept)
        yield from sources.read(file, lost=self._note)
        yield end if end.path and len(self.lost) + len(self.kept) == before else Read()

    def _music(self, file: Path, holds: Callable[[Path, str], bool]) -> Iterator[Filed]:
        """Yield the song of one music file; the stamp is taken first, so that a later change shows."""
        path = Path(os.path.realpath(file))
        try:
            stamp = music.stamp(path)
        except OSError as error:
            self.lost.append(f"{file}: cannot be read: {error.strerror or error}")
            return
        if holds(path, stamp):
            yield Filed(path, stamp)
            return
        for song in music.songs(path, lost=lambda loss: self._note(_as_named(loss, path, file))):
            yield Filed(path, stamp, song)

    def close(self) -> None:
        """End the connections to servers."""
        for server in self.servers:
            server.close()

    def _note(self, loss: sources.Loss) -> None:
        (self.kept if loss.kept else self.lost).append(f"{loss.place}: {loss.reason}")


def _as_named(loss: sources.Loss, path: Path, file: Path) -> sources.Loss:
    """Return what is told of a music file, or of one beside it, with the path it was found under."""
    return loss._replace(place=str(file if loss.place == str(path) else file.with_name(Path(loss.place).name)))


def is_address(path: str) -> bool:
    """Say whether a path is a player's server: subsonic://, or subsonics:// under HTTPS."""
    return path.lower().startswith(("subsonic://", "subsonics://"))


def _is_music(file: Path) -> bool:
    return file.suffix.lower() in music.ENDINGS


def _links(folder: Path) -> list[Path]:
    """Return the links to folders below a folder, hidden ones left out; folders that cannot be opened give none."""
    found = []
    for place, names, _ in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        found += [link for name in names if (link := Path(place, name)).is_symlink()]
    return found


def _leads_elsewhere(link: Path, folders: Sequence[Path] | dict[Path, None] | set[Path]) -> bool:
    """Say whether a link leads out of the folders looked into, and not to one that holds them (a loop)."""
    real = Path(os.path.realpath(link))
    return not any(real.is_relative_to(folder) or folder.is_relative_to(real) for folder in folders)


def read_twice(name: str) -> str:
    """Say that an id came again, in the words of every loss of this kind."""
    return f"id '{name}' was read twice; the first stays, for two songs never share an id"
