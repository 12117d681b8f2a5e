"""How an add gets its songs written: here and at once, or by a crew of workers whose drafts are committed in rounds.

Conventions
-----------
Both ways clean, cut and encode with the same functions, in the same chunks of songs; only who does it differs. A round
ends when it has lasted long enough or brings features the tables lack, and at the end; it is whole or not there.
Whoever adds is told by `then` when the songs it handed over are committed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple, Protocol

from songkin import __version__
from songkin.encoders import student_of
from songkin.library.encoding import Choice, reader_of
from songkin.library.preparing import encoded, encoder_mark, prepared
from songkin.store import SongRow, Writer
from songkin.store.drafts import Draft, drafted, moment_of
from songkin.store.rows import Slots
from songkin.types import Encoder, Song

__all__ = ["AtOnce", "Crew", "Crewed", "Draft", "Incoming", "Job", "Task", "Worker", "Writing", "ready_row"]

ROUND_S = 60.0  # of a crew's work is committed at once; a driver that is killed loses no more


class Incoming(NamedTuple):
    """A song on its way in, with all that is known of it laid over, and the digest of the record it came from."""

    song: Song
    digest: str


class Job(NamedTuple):
    """What every worker of a crew is told: the library and its state, and what encodes there.

    `encoder` None leaves the vectors to a later add; `mark` is what the encoder's vectors are made by.
    """

    place: str
    version: int
    moment: str
    encoder: Encoder | Choice | None = None
    fast: bool = False
    mark: str = ""
    songkin: str = __version__


class Task(NamedTuple):
    """Songs (n,) for one worker, and where they will stand."""

    songs: tuple[Incoming, ...]
    slots: Slots


class Worker:
    """Who cleans, cuts, encodes and writes songs to files, without committing any."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._encoder = reader_of(job.encoder, threads=1) if isinstance(job.encoder, Choice) else job.encoder
        self._student = student_of(self._encoder) if job.fast and self._encoder else None

    def fault(self) -> str:
        """Say what keeps it from working for this library, '' = nothing."""
        if self._job.songkin != __version__:
            return f"has songkin {__version__}, and this is songkin {self._job.songkin}"
        if moment_of(self._job.place, self._job.version) != self._job.moment:
            return f"finds another library at {self._job.place}, or an older state of it"
        if self._encoder and encoder_mark(self._encoder) != self._job.mark:
            return f"has another version of the encoder {self._encoder.name}"
        return ""

    def draft(self, task: Task) -> Draft:
        """Write the songs of a task to files."""
        rows = [ready_row(one) for one in task.songs]
        if self._encoder and rows:
            rows = encoded(rows, self._encoder, self._student)
        return drafted(self._job.place, rows, task.slots)


class Crew(Protocol):
    """Workers, wherever they are: `songkin.scale.crew.RayCrew`."""

    def begin(self, job: Job) -> None:
        """Make the workers ready for a library; StoreError where one cannot work for it."""
        ...

    def put(self, task: Task) -> list[Draft]:
        """Hand a task to whoever is free first, waiting if nobody is, and return the drafts that are done by now."""
        ...

    def rest(self) -> list[Draft]:
        """Wait for all drafts that are not done yet, and return them."""
        ...


class Writing(Protocol):
    """Who gets songs written into the library."""

    def write(self, songs: Sequence[Incoming], then: Callable[[], None]) -> int:
        """Write songs, now or soon; call `then` when they are committed. Return how many more were written by now."""
        ...

    def finish(self) -> int:
        """Write what is not written yet, and return how many songs that were."""
        ...

    def close(self) -> None:
        """Let go of what was started for it; what is not written yet is not."""
        ...


class AtOnce:
    """Write every chunk here, as soon as it comes."""

    def __init__(self, writer: Writer, encoder: Encoder | None, student: Encoder | None) -> None:
        self._writer, self._encoder, self._student = writer, encoder, student

    def write(self, songs: Sequence[Incoming], then: Callable[[], None]) -> int:
        """Cut, encode and commit songs, and call `then`."""
        return self.commit([ready_row(one) for one in songs], then)

    def commit(self, rows: list[SongRow], then: Callable[[], None]) -> int:
        """Encode and commit songs that are cut, and call `then`."""
        if self._encoder and rows:
            rows = encoded(rows, self._encoder, self._student)
        self._writer.upsert(rows)
        then()
        return len(rows)

    def finish(self) -> int:
        """Nothing waits."""
        return 0

    def close(self) -> None:
        """Nothing is open."""


class Crewed:
    """Let a crew write chunks, and commit them in rounds."""

    def __init__(self, writer: Writer, crew: Crew, *, round_s: float = ROUND_S) -> None:
        self._writer, self._crew, self._round_s = writer, crew, round_s
        self._drafts: list[Draft] = []
        self._then: list[Callable[[], None]] = []
        self._began = time.monotonic()

    def write(self, songs: Sequence[Incoming], then: Callable[[], None]) -> int:
        """Hand songs to a worker; a round that is long enough is committed first."""
        own, done = [one.song for one in songs], 0
        if time.monotonic() - self._began >= self._round_s or not self._writer.has_room(own):
            done = self.finish()
        self._then.append(then)
        return done + (self._keep(self._crew.put(Task(tuple(songs), self._writer.reserve(own)))) if songs else 0)

    def finish(self) -> int:
        """Wait for the workers, and commit the round."""
        done = self._keep(self._crew.rest())
        if self._drafts:
            self._writer.commit(self._drafts)
        for then in self._then:
            then()
        self._drafts, self._then, self._began = [], [], time.monotonic()
        return done

    def close(self) -> None:
        """The crew belongs to who brought it."""

    def _keep(self, drafts: Sequence[Draft]) -> int:
        self._drafts += drafts
        return sum(len(draft.known) for draft in drafts)


def ready_row(incoming: Incoming) -> SongRow:
    """Clean and cut a song; the digest stays that of its record, for the song may know more, such as its language."""
    return replace(prepared(incoming.song), digest=incoming.digest)
