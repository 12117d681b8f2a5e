"""The open library of a server: the same for everyone who asks, and another as soon as the one at rest changed.

Conventions
-----------
A library is never refreshed under those who ask it: a changed one is opened anew beside it, warmed up, and put in its
place, while those who still ask the old one are answered by that. Who notices a change waits for the new one for
`PATIENCE_S` at most, and is answered by the old one after that. What users decide (exclusions, opinions) is read again
at once; it needs no new library.
"""

from __future__ import annotations

import ctypes
import gc
import hashlib
import logging
import threading
import time
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Waited
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from songkin import __version__
from songkin.errors import SongkinError
from songkin.library import Library
from songkin.library.opened import Shards
from songkin.library.watching import Mark, Watch
from songkin.serve.http.working import stand_back
from songkin.settings import Settings
from songkin.types import Query

__all__ = ["Held", "Served"]

log = logging.getLogger(__name__)
PATIENCE_S = 0.25  # how long who notices a change waits for the new library
REST = 4  # renewing takes at most one of so many seconds, while another process adds songs
SETTLED_S = 2.0  # after so long hardly anybody asks the library before
QUIET_S = 15.0  # without a change, after which a library is worth working for ahead


class Served(NamedTuple):
    """A library as it is served now, and the tag of what it answers."""

    library: Library
    mark: Mark
    etag: str


class Held:
    """The library at a place, held open for many threads.

    `place` None is the library the settings name; `user` asks where nobody else does, None = the settings' one.
    """

    def __init__(
        self, place: str | Path | None = None, *, user: str | None = None, shards: Shards | None = None
    ) -> None:
        settings = Settings.load(library=str(place) if place else None, user=user)
        self.place, self.user, self._shards = settings.library, settings.user, shards
        self._watch = Watch(settings.library)
        self._lock = threading.Lock()
        self._served: Served | None = None
        self._coming: Future[Served] | None = None
        self._rest_until = 0.0
        self.renewals = 0

    @property
    def library(self) -> Library:
        """The library as it is now; StoreError where there is none, or it cannot be read."""
        return self.now().library

    def look(self) -> None:
        """Raise StoreError where there is no library; nothing is opened."""
        self._watch.mark()

    def etag(self) -> str:
        """Return what changes with the library and with what its users decided."""
        return self.now().etag

    def now(self) -> Served:
        """Return the library and its tag, which belong together."""
        served = self._served
        mark = self._watch.mark(served.library.store if served else None)
        if served is not None and served.mark == mark:
            return served
        if served is None or served.mark.who != mark.who:
            return self._begun().result()  # there is no other, or its files are gone
        if served.mark.tables == mark.tables:
            return self._decided(mark)
        if time.monotonic() < self._rest_until:
            return served
        with suppress(Waited):
            return self._begun().result(PATIENCE_S)
        return served

    def renew(self) -> Library:
        """Return the library as it is after what was just written, however long that takes."""
        coming = self._coming
        if coming is not None:  # it may have been opened before what was written
            with suppress(SongkinError):
                coming.result()
        served = self._served
        if served is None or served.mark.tables != self._watch.look().tables:
            self._begun().result()
        return self.library

    def for_writing(self) -> Library:
        """Open the library once more for who writes to it, so that nobody's answer is disturbed; then `renew`."""
        return self._opened(self._served.library if self._served else None)

    # -- another in its place ------------------------------------------------------------------------------------------

    def _decided(self, mark: Mark) -> Served:
        """Let the library read again what users decided."""
        with self._lock:
            served = self._served
            assert served is not None, "decisions are read again by a library that is served"
            if served.mark.who == mark.who and served.mark.tables == mark.tables:
                served.library.reread()
                served = self._served = Served(served.library, mark, tagged(mark))
            return served

    def _begun(self) -> Future[Served]:
        """Have the library opened anew, unless that is under way, and return what will give it."""
        with self._lock:
            coming = self._coming
            if coming is None:
                coming = self._coming = Future()
                threading.Thread(target=self._renew, args=(coming,), name="songkin-renewal", daemon=True).start()
            return coming

    def _renew(self, coming: Future[Served]) -> None:
        """Open the library anew, warm it up, and put it in the place of the one that is served."""
        began = time.monotonic()
        try:
            mark = self._watch.look()  # before it is opened: what is committed meanwhile shows as a change
            library = self._opened(self._served.library if self._served else None)
            warmed(library)
            served = Served(library, mark, tagged(mark))
        except BaseException as error:
            with self._lock:
                self._coming = None
            coming.set_exception(error)
            return
        took = time.monotonic() - began
        with self._lock:
            first, self._served, self._coming = self._served is None, served, None
            self._rest_until = time.monotonic() + REST * took if took > PATIENCE_S else 0.0
            self.renewals += 1
            number = self.renewals
        coming.set_result(served)
        del library, served, coming
        time.sleep(SETTLED_S)
        let_go()
        time.sleep(0.0 if first else QUIET_S)
        if self.renewals == number:
            self._settle()

    def _settle(self) -> None:
        """Work out ahead what requests to the library would wait for, until another one is served."""
        served = self._served
        if served is not None:
            stand_back()
            with suppress(SongkinError):  # who asks is told what is wrong
                served.library.settle(lambda: self._served is served)

    def _opened(self, before: Library | None) -> Library:
        """Open the library, with the encoder of the one before where its vectors are of the same."""
        library = Library.open(self.place, user=self.user or None, shards=self._shards)
        known = before.__dict__.get("encoder") if before else None
        if before is None or known is None or _read_by(library) != _read_by(before):
            return library
        return Library.open(self.place, user=self.user or None, encoder=known, shards=self._shards)


def let_go() -> None:
    """Give the memory of a library that nobody asks any more back to the system.

    Its parts know each other, so only a collection finds them; and the C library keeps what was freed in between,
    some 50 MB for every library of 4,000 songs, unless it is told to give it back.
    """
    gc.collect()
    with suppress(OSError, AttributeError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _read_by(library: Library) -> str:
    """Return the mark of the encoder that a library's vectors come from."""
    return library.store.facts().get("fingerprint", "")


def warmed(library: Library) -> None:
    """Ask a library once, so that what it reads into memory is there before anybody waits for it."""
    try:
        library.search(Query(text="warm", k=1))
        library.asked("warm")
        library.line("warm", k=1)
    except SongkinError as error:
        log.info("the library was opened, but answers not everything: %s", error)


def tagged(mark: Mark) -> str:
    """Return a mark as a tag of some letters."""
    return hashlib.blake2b(repr((__version__, mark)).encode(), digest_size=12).hexdigest()
