"""Listen to a library's music files: what is measured becomes features, and a vector of how each song sounds is kept.

Conventions
-----------
What a song was given stays; a measured feature stands in where nothing is given, and is known by the row kept beside it
(`songkin.store.heard`). A file is heard once for each make of the ear and each state of the file: the mark of a row is
"FINGERPRINT/size/time". A chunk's vectors are committed first, then its rows, then its songs, so a run that is killed
goes on with the files whose rows are not there.
"""

from __future__ import annotations

import math
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from songkin.audio import FINGERPRINT, Heard
from songkin.audio.workers import Told, listen_to_each
from songkin.library.locking import rewriting
from songkin.library.preparing import encoder_mark, prepared
from songkin.store import SongRow, Store, Writer
from songkin.store.heard import HeardRow, HeardRows
from songkin.store.kept_vectors import KeptVectors
from songkin.types import Encoder, Song, Vectors

__all__ = ["SOUND", "Ear", "Hearing", "Listened", "hear"]

SOUND = "sound"  # the table of vectors
AT_ONCE = 2000  # songs looked through together
CHUNK = 64  # songs committed at once,
SECONDS = 15.0  # or what was heard in so many
DIGITS = 4

Progress = Callable[["Listened"], None]


@dataclass(slots=True)
class Listened:
    """What listening to a library did.

    `files` were to be heard, of which `heard` are by now, and `damaged` ones cannot be; `known` songs had been heard
    before, and nothing changed. `silent` songs have no music file. `lost` names the files that could not be heard, with
    the reason and the cure.
    """

    files: int = 0
    heard: int = 0
    damaged: int = 0
    known: int = 0
    silent: int = 0
    lost: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, int]:
        """Return how many songs were heard now, and how many of the library were not heard, now or before."""
        return {"heard": self.heard, "unheard": self.silent + len(self.lost)}


class Ear:
    """What was heard before, laid over the records that come: a changed record keeps it while its file stays."""

    def __init__(self, writer: Writer) -> None:
        self._rows = HeardRows(writer.tables).read()

    def on(self, song: Song) -> Song:
        """Return a song, as its source describes it, with what was measured in its file as it is now."""
        row = self._rows.get(song.id)
        if row is None or song.audio is None:
            return song
        try:
            mark = mark_of(song.audio)
        except OSError:
            return song
        return with_measured(song, row.features) if mark == row.mark else song


class _Job(NamedTuple):
    """A song whose file is to be heard."""

    key: int
    id: str
    mark: str


class _News(NamedTuple):
    """What was heard of a song that is not committed yet."""

    job: _Job
    heard: Heard


def hear(
    store: Store,
    encoder: Callable[[], Encoder | None],
    *,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Listened:
    """Listen to every music file of a library that is new or changed; LockedError where another process writes.

    `encoder` is asked for once something is heard, since features are words of a song's description: it gives the
    library's, or None to leave the vectors of changed descriptions to a later add.
    """
    with rewriting(store) as writer:
        work = Hearing(writer, encoder, progress)
        work.listen(Store(writer.tables), workers=workers)
    return work.done


class Hearing:
    """One listening to a library under the writer's lock."""

    def __init__(self, writer: Writer, encoder: Callable[[], Encoder | None], progress: Progress | None = None) -> None:
        self._writer, self._encoder, self._progress = writer, encoder, progress
        self._rows, self._vectors = HeardRows(writer.tables), KeptVectors(writer.tables, SOUND)
        self._known = self._rows.read()
        self._changed = False
        self.done = Listened()

    def listen(self, store: Store, *, workers: int | None = None) -> None:
        """Hear what is not known, a few files at a time, and commit it chunk by chunk."""
        self._forget_other_makes()
        waiting: list[tuple[_Job, Path]] = []
        apart: list[int] = []  # keys of songs that were heard but do not carry it: a run was killed in between
        for key, song in _songs(store):
            self._sort(key, song, waiting, apart)
        self.done.files = len(waiting)
        for at in range(0, len(apart), CHUNK):
            self._lay_over(store, apart[at : at + CHUNK])
        if waiting:
            self._tell()
        for news in _chunked(listen_to_each(waiting, workers=workers), self._took):
            self._commit(store, news)
        self._finish()

    def _forget_other_makes(self) -> None:
        """Drop vectors of another make of the ear: they do not compare with this one's."""
        if any(not row.mark.startswith(f"{FINGERPRINT}/") for row in self._known.values()):
            self._vectors.only(row.id for row in self._known.values() if row.mark.startswith(f"{FINGERPRINT}/"))

    def _sort(self, key: int, song: Song, waiting: list[tuple[_Job, Path]], apart: list[int]) -> None:
        """Say of a song whether it has no file, was heard, carries what was heard, or must be heard."""
        if song.audio is None:
            self.done.silent += 1
            return
        row = self._known.get(song.id)
        try:
            mark = mark_of(song.audio)
        except OSError as error:
            if row:  # heard before; the drive may be missing
                self.done.known += 1
                return
            said = error.strerror or "it is no file"
            self.done.lost.append(f"{song.audio}: cannot be opened ({said}); is the drive mounted?")
            return
        if row is None or row.mark != mark:
            waiting.append((_Job(key, song.id, mark), song.audio))
            return
        self.done.known += 1
        if not row.features.keys() <= song.features.keys():
            apart.append(key)

    def _took(self, told: Told[_Job]) -> _News | None:
        """Count a file; return what is to be kept of it."""
        if told.heard is None:
            self.done.lost.append(told.problem)
            self.done.damaged += 1
        else:
            self.done.heard += 1
        self._tell()
        return _News(told.job, told.heard) if told.heard else None

    def _commit(self, store: Store, news: Sequence[_News]) -> None:
        """Keep vectors, then rows, then the songs with their features."""
        before = {one.job.id: self._known.get(one.job.id) for one in news}
        rows = [HeardRow(one.job.id, one.job.mark, rounded(one.heard.features)) for one in news]
        vectors: list[Vectors] = [one.heard.vector for one in news]
        self._vectors.put([row.id for row in rows], [row.mark for row in rows], vectors)
        self._rows.put(rows)
        self._known |= {row.id: row for row in rows}
        self._lay_over(store, [one.job.key for one in news], before)

    def _lay_over(self, store: Store, keys: Sequence[int], before: Mapping[str, HeardRow | None] | None = None) -> None:
        """Give songs what was measured in them, in place of what was before."""
        changed = []
        labelled_from = self._labelled_from()
        for key, song in zip(keys, store.songs(keys, lyrics=True), strict=True):
            if song is None:
                continue
            own = (before or {}).get(song.id)
            heard = with_measured(song, self._known[song.id].features, own.features if own else {})
            if dict(heard.features) != dict(song.features):
                changed.append(heard if key >= labelled_from else replace(heard, predicted={}))
        self._writer.relabel(self._prepared(changed))
        self._changed = True

    def _labelled_from(self) -> int:
        """Return the first key that songs with labels of the present heads have; a new key makes no old label new."""
        from songkin.library.labelling import SINCE

        return int(self._writer.tables.facts().get(SINCE, "0"))

    def _prepared(self, songs: Sequence[Song]) -> list[SongRow]:
        """Prepare songs whose words stay as they are; where a song had a vector, its description gets its new one."""
        rows = []
        for song in songs:
            known = self._writer.known[song.id]
            row = replace(prepared(song), digest=known.digest, passages=())
            rows.append(replace(row, encoder=known.encoder, passage_encoder=known.passage_encoder))
        if not any(row.encoder for row in rows):
            return rows
        encoder = self._encoder()
        if encoder is None:
            return [replace(row, encoder=None) for row in rows]  # the next add fills them
        mine = [row for row in rows if row.encoder == encoder_mark(encoder) and row.about]
        vectors = dict(
            zip((row.song.id for row in mine), encoder.encode_songs([row.about for row in mine]), strict=True)
        )
        return [replace(row, vector=vectors.get(row.song.id)) for row in rows]

    def _finish(self) -> None:
        """Bring the tables in order, where something was written."""
        if self._changed:
            self._writer.finish()
            self._vectors.only(self._writer.known)
            self._vectors.tidy()
            self._rows.tidy(self._writer.known)

    def _tell(self) -> None:
        if self._progress:
            self._progress(self.done)


def mark_of(path: Path) -> str:
    """Return what changes when a file or the ear does; OSError where it is gone or no file."""
    own = os.stat(path)
    if not stat.S_ISREG(own.st_mode):
        raise OSError(f"{path}: is no file")
    return f"{FINGERPRINT}/{own.st_size}/{own.st_mtime_ns}"


def with_measured(song: Song, measured: Mapping[str, float], before: Mapping[str, float] | None = None) -> Song:
    """Return a song with measured features where it is given none; what was measured `before` is not given."""
    given = {name: value for name, value in song.features.items() if not (before and before.get(name) == value)}
    given = {name: value for name, value in given.items() if math.isfinite(value)}
    return replace(song, features={**measured, **given})


def rounded(features: Mapping[str, float]) -> dict[str, float]:
    """Return features to four digits, which is more than any of them is worth."""
    return {name: float(f"{value:.{DIGITS}g}") for name, value in features.items()}


def _songs(store: Store) -> Iterator[tuple[int, Song]]:
    """Yield every song with its key, a few thousand read at a time."""
    keys = store.catalogue()[0]
    for at in range(0, len(keys), AT_ONCE):
        part = keys[at : at + AT_ONCE]
        for key, song in zip(part.tolist(), store.songs(part), strict=True):
            if song:
                yield key, song


def _chunked(told: Iterator[Told[_Job]], took: Callable[[Told[_Job]], _News | None]) -> Iterator[list[_News]]:
    """Gather what is heard into chunks, one at least every few seconds."""
    chunk: list[_News] = []
    since = time.monotonic()
    for one in told:
        news = took(one)
        chunk += [news] if news else []
        if chunk and (len(chunk) >= CHUNK or time.monotonic() - since > SECONDS):
            yield chunk
            chunk, since = [], time.monotonic()
    if chunk:
        yield chunk
