"""The writer's lock in an object store: a lease, an object that its holder renews for as long as it lives.

Conventions
-----------
Who wants to write makes the object where there is none (If-None-Match), renews it every `BEAT_S`, and deletes it at the
end, each time only over what it wrote itself (If-Match). A lease that was not renewed for as long as it says, by the
store's own clock, belongs to a dead writer, and may be taken over. No clock but the store's is asked.
"""

from __future__ import annotations

import json
import logging
import os
import platform
import random
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from songkin.errors import LockedError, StoreError
from songkin.store.bucket import Bucket, Seen

__all__ = ["BEAT_S", "LEASE_S", "Lease", "lease_name", "leased"]

log = logging.getLogger(__name__)

LEASE_S = 30.0  # a writer not heard of for so long is dead
BEAT_S = 8.0  # how often a living one is heard of
ROUNDED_S = 1.0  # stores tell whole seconds
PAUSE_S = 0.2  # between two looks at a lease that is waited for
LOST = "another songkin took the writing over, since this one was not heard of; run the same command again"


def lease_name(lock: str) -> str:
    """Return the name of the object that stands for a lock's file; a file that was copied here is no lease."""
    return lock.removesuffix(".lock") + ".lease"


@contextmanager
def leased(bucket: Bucket, name: str, *, patience_s: float, otherwise: str) -> Iterator[Lease]:
    """Hold a lease; LockedError with `otherwise` where somebody else does, and goes on doing so for `patience_s`."""
    lease = Lease(bucket, name)
    until = time.monotonic() + patience_s
    while not lease.take():
        if time.monotonic() >= until:
            raise LockedError(f"{bucket.known.shown}: {otherwise} ({lease.by_whom()})")
        time.sleep(random.uniform(0.5, 1.5) * PAUSE_S)
    done = threading.Event()
    beating = threading.Thread(target=lease.beat, args=(done,), name="songkin-lease", daemon=True)
    beating.start()
    try:
        yield lease
    finally:
        done.set()
        beating.join()
        lease.give_back()


class Lease:
    """One lease, wanted or held."""

    def __init__(self, bucket: Bucket, name: str) -> None:
        self._bucket, self._name = bucket, name
        self._holder = f"{platform.node() or 'somebody'}, process {os.getpid()}, {uuid.uuid4().hex[:8]}"
        self._tag = ""
        self._beats = 0
        self._heard = _moment()
        self._writing = threading.Lock()  # one renewal at a time: each goes over the one before
        self._seen: Seen | None = None
        self.after_dead = False  # taken from a writer that was not heard of, and may yet wake up

    def take(self) -> bool:
        """Take the lease if nobody holds it, or who does is dead; say whether it is held now."""
        try:
            self._write(over="")
            return True
        except FileExistsError:
            self._seen = self._bucket.get(self._name)
        if self._seen and _said(self._seen).get("holder") == self._holder:  # it was made, and the answer got lost
            self._tag = self._seen.tag
            return True
        if self._seen is None or self._left_s(self._seen) > 0:
            return False
        log.warning("%s: taking over from a writer that was not heard of: %s", self._bucket.known.shown, self.by_whom())
        with suppress(FileExistsError):
            self._write(over=self._seen.tag)
            self.after_dead = True
        return self.after_dead

    def by_whom(self) -> str:
        """Say who holds the lease that was wanted."""
        said = _said(self._seen)
        holder = said.get("holder") or "somebody"
        left = f"if that one died, its lease ends within {LEASE_S:g} seconds"
        return f"it is {str(holder)[:120]}; {left}"

    def check(self) -> None:
        """Make sure that the lease is still held, by asking the store where it was not heard of it lately.

        LockedError where it is not: whoever goes on writing would write beside somebody else.
        """
        if _moment() - self._heard > 2 * BEAT_S:
            self._renew()
        if not self._tag:
            raise LockedError(f"{self._bucket.known.shown}: {LOST}; what was committed is kept")

    def beat(self, done: threading.Event) -> None:
        """Renew the lease until `done`; a store that cannot be reached for a while is asked again."""
        while not done.wait(BEAT_S) and self._tag:
            try:
                self._renew()
            except StoreError as error:
                log.warning("the lease cannot be renewed: %s", error)

    def give_back(self) -> None:
        """Let others write. Between the look and the deletion somebody may take over only if we are long overdue."""
        with self._writing:
            if self._mine():
                with suppress(StoreError):  # it ends by itself
                    self._bucket.delete(self._name)
            self._tag = ""

    def _mine(self) -> bool:
        with suppress(StoreError):
            seen = self._bucket.get(self._name)
            return seen is not None and seen.tag == self._tag
        return False

    def _renew(self) -> None:
        with self._writing:
            if not self._tag:
                return
            try:
                self._write(over=self._tag)
            except FileExistsError:
                # a renewal whose answer was lost is ours too
                seen = self._bucket.get(self._name)
                ours = seen is not None and _said(seen).get("holder") == self._holder
                self._tag = seen.tag if ours and seen else ""
                self._heard = _moment() if ours else self._heard

    def _write(self, *, over: str) -> None:
        self._beats += 1
        told = {"holder": self._holder, "for_s": LEASE_S, "beats": self._beats}
        asked = _moment()
        self._tag = self._bucket.put(self._name, json.dumps(told).encode(), over=over)
        self._heard = asked

    def _left_s(self, seen: Seen) -> float:
        """Return for how long a lease still holds, by the store's clock: it dates an object we write now."""
        probe = f"{self._name}.{uuid.uuid4().hex[:12]}"
        self._bucket.put(probe, b"")
        try:
            now = self._bucket.get(probe)
        finally:
            self._bucket.delete(probe)
        if now is None:
            return ROUNDED_S
        for_s = _said(seen).get("for_s")
        lasts = for_s if isinstance(for_s, int | float) else LEASE_S
        return lasts + ROUNDED_S - (now.written - seen.written).total_seconds()


def _said(seen: Seen | None) -> dict[str, object]:
    """Return what a lease says; nothing where it says nothing that can be read."""
    try:
        said = json.loads(seen.content) if seen else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}


def _moment() -> float:
    """Return seconds that go on while a machine sleeps, where that can be told."""
    asleep_too = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if asleep_too is None else time.clock_gettime(asleep_too)
