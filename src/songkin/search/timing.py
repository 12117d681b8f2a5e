"""Where the time of a request goes, for who asks: steps in their order, and what was fetched from the store.

Conventions
-----------
Times are milliseconds of the clock. A step that is taken more than once adds up. Who does not ask pays nothing but a
look at a variable.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from songkin.store.engine import watching

__all__ = ["Timing", "step", "stepped", "timed"]

T = TypeVar("T")


@dataclass(slots=True)
class Timing:
    """Where the time of what was asked meanwhile went."""

    total_ms: float = 0.0
    steps_ms: dict[str, float] = field(default_factory=dict)
    fetches_ms: list[float] = field(default_factory=list)


_asked: ContextVar[Timing | None] = ContextVar("songkin_timing", default=None)


@contextmanager
def timed() -> Iterator[Timing]:
    """Say where the time goes of what is asked within; the total is known at the end."""
    timing, began = Timing(), time.perf_counter()
    before = _asked.set(timing)
    try:
        with watching() as seconds:
            yield timing
    finally:
        _asked.reset(before)
        timing.total_ms = 1000 * (time.perf_counter() - began)
        timing.fetches_ms += [1000 * one for one in seconds]


@contextmanager
def step(name: str) -> Iterator[None]:
    """Time a step, where somebody asks."""
    timing = _asked.get()
    began = time.perf_counter()
    try:
        yield
    finally:
        if timing is not None:
            took = 1000 * (time.perf_counter() - began)
            timing.steps_ms[name] = timing.steps_ms.get(name, 0.0) + took


def stepped(name: str, work: Callable[[], T]) -> T:
    """Return what a step gives, timed."""
    with step(name):
        return work()
