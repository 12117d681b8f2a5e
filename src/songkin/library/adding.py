"""Add songs to a library in chunks: what a chunk holds is kept whatever happens after it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeVar

from songkin.library.ahead import Ahead
from songkin.library.catalogues import Catalogues, Read, Unread
from songkin.library.drafting import AtOnce, Crew, Crewed, Incoming, Writing
from songkin.library.editing import Editing
from songkin.library.filing import Filed, Filing
from songkin.library.missing_lyrics import FoundWords
from songkin.library.preparing import digest, encoder_mark, without_nan
from songkin.library.reading import read_twice
from songkin.library.servers import Served, Server, Serving
from songkin.store import Known, Store, Writer
from songkin.store.files import FileRow
from songkin.types import Encoder, Song

__all__ = ["Added", "Adding", "Progress"]

CHUNK = 128  # songs committed at once: some seconds of encoding
FAST_CHUNK = 1024  # with a fast student
PLAIN_CHUNK = 2000  # without encoding

T = TypeVar("T")
Progress = Callable[["Added"], None]


@dataclass(slots=True)
class Added:
    """What an add did so far: songs read, new, changed, the same as before, encoded, and records lost.

    `waiting` songs rested in the library without vectors, of which `filled` have theirs by now. `kept` tells what is to
    be known of songs that arrived; `pruned` songs were removed because their files, named in `vanished`, are gone;
    the songs of `missed` files, gone too, stay, and so do `absent` songs that a server has no more.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    encoded: int = 0
    waiting: int = 0
    filled: int = 0
    lost: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    pruned: int = 0
    vanished: list[str] = field(default_factory=list)
    missed: int = 0
    absent: int = 0

    def as_json(self) -> dict[str, int]:
        """Return the counts, by the names of the contract."""
        counts = {name: getattr(self, name) for name in ("read", "added", "changed", "unchanged")}
        return {**counts, "lost": len(self.lost)}


@dataclass(slots=True)
class Come:
    """What came in one chunk and must be written: songs, `added` of which are new, files and servers' songs read."""

    songs: list[Song] = field(default_factory=list)
    files: list[FileRow] = field(default_factory=list)
    served: list[Served] = field(default_factory=list)
    added: int = 0


class Adding:
    """One add under the writer's lock. `encoder` None leaves vectors for a later add.

    With a `student`, it reads the passages of what must be encoded; passages the encoder has read stay as they are.
    With a `crew`, that does the work; each of its workers has the encoder and the student itself. Else so many
    `processes` clean and cut ahead, once there are many songs.
    """

    def __init__(
        self,
        writer: Writer,
        encoder: Encoder | None,
        progress: Progress | None = None,
        filing: Filing | None = None,
        serving: Serving | None = None,
        catalogues: Catalogues | None = None,
        *,
        student: Encoder | None = None,
        crew: Crew | None = None,
        processes: int = 1,
    ) -> None:
        self._writer, self._encoder, self._progress = writer, encoder, progress
        here = AtOnce(writer, encoder, student)
        self._writing: Writing = Crewed(writer, crew) if crew else Ahead(here, processes) if processes > 1 else here
        self._student = student
        self._filing = filing or Filing()
        self._filing.begin(writer)
        self._serving = serving or Serving()
        self._serving.begin(writer)
        self._catalogues = catalogues or Catalogues()
        self._catalogues.begin(writer)
        self._marks: dict[str, str] = {}  # digests of the songs of this chunk
        self.done = Added()
        self._mark = encoder_mark(encoder) if encoder else None
        self._taken = {self._mark, *([encoder_mark(student)] if student else [])}  # what passages may be read by
        self._seen: set[str] = set()
        from songkin.library.listening import Ear  # only who adds needs it

        self._edits, self._ear, self._found = Editing(writer), Ear(writer), FoundWords(writer)

    def add(self, arrivals: Iterable[Song | Filed | Served | Read | Unread]) -> None:
        """Add songs, skipping those that are there already as they came."""
        for chunk in _chunks(self._opened(arrivals), self._at_once() if self._encoder else PLAIN_CHUNK):
            self._marks.clear()
            come = self._identified(chunk)
            self._filing.claim(come.files)
            self._write([self._incoming(song) for song in come.songs], partial(self._settle, come))
            self._tell()
        self._rest()

    def _opened(
        self, arrivals: Iterable[Song | Filed | Served | Read | Unread]
    ) -> Iterator[Song | Filed | Served | Read]:
        """Read the catalogues that came unread, unless all their songs are here as they have them."""
        for arrival in arrivals:
            if not isinstance(arrival, Unread):
                yield arrival
                continue
            ids = self._catalogues.ids(arrival)
            if ids is None or not self._seen.isdisjoint(ids):
                yield from arrival.songs()
                continue
            for id_ in ids:
                self._count_unchanged(id_)
            self._tell()

    def _incoming(self, song: Song) -> Incoming:
        """Return a source's record with what is known of it besides: what was heard, found, and corrected."""
        known = self._edits.on(self._found.on(self._ear.on(song)))
        return Incoming(without_nan(known), self._marks[song.id])

    def _settle(self, come: Come) -> None:
        """Count the songs that are committed, and note their files and what servers told of them."""
        self.done.added += come.added
        self.done.changed += len(come.songs) - come.added
        self._filing.settle(come.files)
        for served in come.served:
            self._serving.note(served)
        self._serving.settle()

    def _identified(self, chunk: Sequence[Song | Filed | Served | Read]) -> Come:
        """Return the songs of a chunk that must be written, and the files that were read for it, under their ids."""
        come = Come()
        for arrival in chunk:
            if isinstance(arrival, Read):
                self._catalogues.ended(arrival)
                continue
            if isinstance(arrival, Filed):
                if arrival.song is None:
                    self._count_unchanged(self._filing.id_of(arrival.path))
                    continue
                song = self._filing.identified(arrival, self._seen)
                come.files.append(FileRow(arrival.path, song.id, arrival.stamp))
            elif isinstance(arrival, Served):
                if arrival.song is None:
                    self._count_unchanged(arrival.id)
                    continue
                song = arrival.song
                come.served.append(arrival)
            else:
                song = arrival
            is_first = song.id not in self._seen
            is_news = self._is_news(song)
            if isinstance(arrival, Song):
                self._catalogues.comes(self._marks[song.id] if is_first else None)
            if is_news:
                come.songs.append(song)
                come.added += song.id not in self._writer.known
        self.done.kept += self._filing.notes
        self._filing.notes.clear()
        return come

    def _count_unchanged(self, id_: str) -> None:
        """Count a song whose file, or whose server, needs no reading; vectors it may lack are filled at the end."""
        self._seen.add(id_)
        self.done.read += 1
        self.done.unchanged += 1

    def prune(self, folders: Iterable[Path]) -> None:
        """Remove the songs whose files vanished from below the folders."""
        gone = self._filing.prune(folders)
        self.done.pruned += gone.songs
        self.done.vanished += [str(path) for path in gone.files]

    def miss(self, folders: Iterable[Path]) -> None:
        """Count the files that vanished from below the folders, whose songs stay."""
        self.done.missed += len(self._filing.vanished(folders))

    def prune_servers(self, servers: Iterable[Server]) -> None:
        """Remove the songs that servers have no more."""
        for server in servers:
            gone = self._serving.prune(server)
            self.done.pruned += len(gone)
            self.done.vanished += [f"{server.name}: song '{song}'" for song in gone]

    def miss_of(self, servers: Iterable[Server]) -> None:
        """Count the songs that servers have no more, and that stay."""
        self.done.absent += sum(len(self._serving.vanished(server)) for server in servers)

    def finish(self) -> None:
        """Bring indexes and tables in order, where something was written, or an add before was stopped short of it."""
        written = self.done.added + self.done.changed + self.done.encoded + self.done.pruned
        if written or self._writer.is_behind():
            self._writer.finish()
            self._filing.finish()
            self._serving.finish()
        self._catalogues.keep()

    def _is_news(self, song: Song) -> bool:
        """Say whether a song must be written: new or changed. Missing vectors are filled later."""
        if song.id in self._seen:
            self.done.lost.append(read_twice(song.id))
            return False
        self._seen.add(song.id)
        self.done.read += 1
        known, mark = self._writer.known.get(song.id), digest(song)
        self._marks[song.id] = mark
        if known is None or known.digest != mark:
            return True
        self.done.unchanged += 1
        return False

    def _is_encoded(self, known: Known) -> bool:
        """Say whether a song has the vectors asked for: its own by the encoder, its passages' by it or its student."""
        return known.encoder == self._mark and known.passage_encoder in self._taken

    def _at_once(self) -> int:
        """Return how many songs are encoded and committed at once."""
        return FAST_CHUNK if self._student else CHUNK

    def _write(self, songs: Sequence[Incoming], then: Callable[[], None] = lambda: None) -> None:
        self._count(self._writing.write(songs, then))

    def _rest(self) -> None:
        """Write what is not written yet."""
        if written := self._writing.finish():
            self._count(written)
            self._tell()

    def close(self) -> None:
        """Let go of the processes that work ahead, wherever the add ended."""
        self._writing.close()

    def _count(self, written: int) -> None:
        self.done.encoded += written if self._encoder else 0
        self.done.filled += written if self.done.waiting else 0

    def fill(self, store: Store) -> None:
        """Encode what rests in the library without the vectors asked for, from the lyrics stored there."""
        assert self._encoder, "there is nothing to fill vectors with"
        waiting = [known.key for known in self._writer.known.values() if not self._is_encoded(known)]
        self.done.waiting = len(waiting)
        for keys in _chunks(waiting, self._at_once()):
            songs = [song for song in store.songs(keys, lyrics=True) if song]
            digests = {song.id: self._writer.known[song.id].digest for song in songs}
            self._write([Incoming(song, digests[song.id]) for song in songs])
            self._tell()
        self._rest()

    def _tell(self) -> None:
        if self._progress:
            self._progress(self.done)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while chunk := list(islice(rest, size)):
        yield chunk
