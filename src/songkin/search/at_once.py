"""Look in several ways at the same time: what the store does needs no Python, so a second core is free for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import cache
from typing import TypeVar

__all__ = ["at_once"]

T = TypeVar("T")

ELSEWHERE = ("meaning", "line")  # channels that mostly wait for the store
THREADS = 4  # of all requests together; more wait, as their requests would for a core


def at_once(works: Mapping[str, Callable[[], T]]) -> dict[str, T]:
    """Return what works give, by name and in their order; an error of one is raised."""
    names = [name for name in ELSEWHERE if name in works and len(works) > 1]
    coming = {name: _threads().submit(copy_context().run, works[name]) for name in names}
    found = {name: work() for name, work in works.items() if name not in coming}
    return {name: coming[name].result() if name in coming else found[name] for name in works}


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="songkin-channel")
