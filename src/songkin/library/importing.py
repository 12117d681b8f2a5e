"""One add from end to end: songs come, an encoder is chosen, and under the writer's lock each step has its turn."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from typing import NamedTuple, TypeVar

from songkin.encoders import student_of
from songkin.library.adding import Added, Adding, Progress
from songkin.library.ahead import processes
from songkin.library.catalogues import Catalogues, Read
from songkin.library.drafting import Crew, Job
from songkin.library.encoding import Choice, agree, chosen, reader_of
from songkin.library.filing import Filing
from songkin.library.locking import NO_VECTORS, rewriting
from songkin.library.preparing import encoder_mark
from songkin.library.reading import Reading
from songkin.library.servers import Serving
from songkin.settings import Settings
from songkin.store import Store, Writer, writing
from songkin.store.drafts import moment_of
from songkin.types import Encoder, Song

__all__ = ["How", "added", "removed"]

T = TypeVar("T")


class How(NamedTuple):
    """How songs are added: see `Library.add`."""

    encode: bool = True
    fast: bool = False
    reencode: bool = False
    prune: bool = False
    crew: Crew | None = None


def added(
    songs: Iterable[Song] | Reading,
    settings: Settings,
    how: How,
    *,
    given: Encoder | None = None,
    progress: Progress | None = None,
) -> Added:
    """Add songs to the library the settings name, read by the encoder they name, or the one given."""
    try:
        return _added(songs, settings, how, given=given, progress=progress)
    finally:
        if isinstance(songs, Reading):
            songs.close()


def _added(
    songs: Iterable[Song] | Reading, settings: Settings, how: How, *, given: Encoder | None, progress: Progress | None
) -> Added:
    exists = Store.exists(settings.library)
    facts = Store.open(settings.library).facts() if exists or how.reencode else {}
    filing = Filing(Store.open(settings.library) if exists else None)
    serving = Serving(Store.open(settings.library) if exists else None)
    folders = songs.folders if isinstance(songs, Reading) else ()
    servers = songs.servers if isinstance(songs, Reading) else ()
    filing.refuse_unmounted(folders if how.prune else ())
    catalogues = Catalogues(Store.open(settings.library) if exists else None)
    own = filing.holds, serving.holds, catalogues.knows
    arrivals = songs.arrivals(*own) if isinstance(songs, Reading) else iter(songs)
    first = _first(arrivals)  # a source that cannot be read fails before anything is made or loaded
    if not exists and all(isinstance(arrival, Read) for arrival in first):
        return Added()
    choice, reader = chosen(settings, facts, given), given
    if reader is None and (how.encode or not facts):
        reader = reader_of(choice, threads=settings.threads, runtime=settings.runtime)
    student = student_of(reader) if how.fast and how.encode and reader else None
    with writing(settings.library, dim=reader.dim if reader else NO_VECTORS) as writer:
        writer.slack = settings.slack
        if how.encode and reader:
            agree(writer, reader, choice, reencode=how.reencode)
        if how.crew:
            how.crew.begin(_job(writer, given or choice, how, encoder_mark(reader) if reader else ""))
        encoder = reader if how.encode else None
        count = 1 if how.crew else processes(settings.threads)
        known = filing, serving, catalogues
        work = Adding(writer, encoder, progress, *known, student=student, crew=how.crew, processes=count)
        with closing(work):
            work.add(chain(first, arrivals))
            work.prune(folders if how.prune else ())
            work.miss(folders)
            work.prune_servers(servers if how.prune else ())
            work.miss_of(servers)
            if how.encode:
                work.fill(Store(writer.tables))
            work.finish()
    return work.done


def _first(arrivals: Iterator[T]) -> list[T]:
    """Return what comes up to the first song, and it; all that comes where there is none."""
    first: list[T] = []
    for arrival in arrivals:
        first.append(arrival)
        if not isinstance(arrival, Read):
            break
    return first


def _job(writer: Writer, encoder: Encoder | Choice, how: How, mark: str) -> Job:
    """Return what a crew is told of a library that is open for writing."""
    place, version = writer.tables.place, writer.tables.run(writer.tables.songs.version())
    place = place if "://" in place else os.path.realpath(place)
    return Job(place, version, moment_of(place, version), encoder if how.encode else None, how.fast, mark)


def removed(ids: Sequence[str], settings: Settings) -> int:
    """Take songs out by id, and return how many there were."""
    with rewriting(Store.open(settings.library)) as writer:
        count = writer.remove(ids)
        if count:
            writer.finish()
    return count
