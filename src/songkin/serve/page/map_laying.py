"""A map being laid out while the server answers: one at a time, beside the requests, and how the last one ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from fastapi import Request

from songkin.serve.http.errors import told

__all__ = ["Laying", "laying_of"]


class Laying:
    """The layout that may be under way; `failed` is why the last one came to nothing, '' = it did not fail."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._work: threading.Thread | None = None
        self._began = 0.0
        self.failed = ""

    @property
    def running(self) -> bool:
        """Whether a map is being laid out now."""
        return self._work is not None and self._work.is_alive()

    @property
    def seconds(self) -> int:
        """How long the layout under way has taken so far."""
        return round(time.monotonic() - self._began)

    def start(self, lay_out: Callable[[], object]) -> None:
        """Let `lay_out` work, unless one is at it already."""
        with self._lock:
            if self.running:
                return
            self.failed, self._began = "", time.monotonic()
            self._work = threading.Thread(target=self._run, args=(lay_out,), name="songkin map", daemon=True)
            self._work.start()

    def wait(self, seconds: float) -> bool:
        """Wait for the layout under way, so long at most, and say whether none is under way now."""
        work = self._work
        if work is not None:
            work.join(seconds)
        return not self.running

    def _run(self, lay_out: Callable[[], object]) -> None:
        try:
            lay_out()
        except Exception as error:
            self.failed = told(error)["error"]["message"]


def laying_of(request: Request) -> Laying:
    """Return the server's own `Laying`."""
    state = request.app.state
    if not hasattr(state, "laying"):
        state.laying = Laying()
    laying: Laying = state.laying
    return laying
