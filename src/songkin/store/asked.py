"""A query of LanceDB's written down, so that it can be asked somewhere else: of many shards, in another process."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import pyarrow as pa

__all__ = ["Asked", "Step", "Steps", "argument", "asks", "replayed"]


class Step(NamedTuple):
    """One call on a query: its name and what it was called with."""

    name: str
    given: tuple[Any, ...]
    named: dict[str, Any]


Steps = tuple[Step, ...]


class Asked:
    """Takes every call that a query takes, and remembers it; `to_arrow` hands all of them to whoever answers."""

    def __init__(self, answer: Callable[[Steps], Awaitable[pa.Table]], steps: Steps = ()) -> None:
        self._answer, self._steps = answer, steps

    def __getattr__(self, name: str) -> Callable[..., Asked]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *given, **named: Asked(self._answer, (*self._steps, Step(name, given, named)))

    async def to_arrow(self) -> pa.Table:
        """Return the rows."""
        return await self._answer(self._steps)


def replayed(table: Any, steps: Steps) -> Any:
    """Ask a table what was written down."""
    query = table.query() if not steps or not steps[0].name.startswith("take_") else table
    for step in steps:
        query = getattr(query, step.name)(*step.given, **step.named)
    return query


def asks(steps: Steps, name: str) -> bool:
    """Say whether a call is among the steps."""
    return any(step.name == name for step in steps)


def argument(steps: Steps, name: str) -> Any:
    """Return what the last call of a name was given first, None without one."""
    return next((step.given[0] for step in reversed(steps) if step.name == name), None)
