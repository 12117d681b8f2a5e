"""How long a connection is kept for who sends no request, and for who does not take the answer.

The guard sees a request once its head is whole. What comes before, and what becomes of an answer after, is uvicorn's,
which waits for both without end; so somebody who needs no token could hold every connection there is.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["HEAD_S", "TAKING_S", "Patient"]

HEAD_S = 20.0  # seconds for a request's head to come whole; longer than a kept connection may rest
TAKING_S = 60.0  # seconds in which a client takes none of an answer that waits to be sent


class Patient(H11Protocol):
    """A connection that is closed where no request comes in time, or where nobody takes the answer."""

    head_s, taking_s = HEAD_S, TAKING_S
    _asking: asyncio.TimerHandle | None = None
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait_for_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        _end(self._asking)
        _end(self._taking)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came; a whole head ends the wait for it."""
        super().data_received(data)
        if self._is_answering():
            _end(self._asking)

    def on_response_complete(self) -> None:
        """Begin to wait for the next request, of which the rest of a body that was refused is no part."""
        self._wait_for_a_head()
        super().on_response_complete()
        if self._is_answering():  # the next was sent ahead
            _end(self._asking)

    def pause_writing(self) -> None:
        """Begin to wait for the client to take what was sent."""
        super().pause_writing()
        _end(self._taking)
        self._taking = self.loop.call_later(self.taking_s, self._give_up)

    def resume_writing(self) -> None:
        """The client takes the answer."""
        _end(self._taking)
        super().resume_writing()

    def _wait_for_a_head(self) -> None:
        _end(self._asking)
        self._asking = self.loop.call_later(self.head_s, self._give_up)

    def _is_answering(self) -> bool:
        cycle: Any = self.cycle
        return cycle is not None and not cycle.response_complete

    def _give_up(self) -> None:
        self.transport.abort()


def _end(timer: asyncio.TimerHandle | None) -> None:
    """End a wait, where there is one."""
    if timer is not None:
        timer.cancel()
