"""A progress bar that is told how many more texts were worked through."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from songkin.serve.cli.printing import progress

__all__ = ["Tell", "telling"]

Tell = Callable[[int], None]


@contextmanager
def telling(total: int, *, quiet: bool, counted: str = "texts") -> Iterator[Tell]:
    """Show how far an evaluation is; `quiet` shows nothing."""
    with progress(quiet=quiet, counted=counted) as bar:
        task = bar.add_task("evaluating", total=total) if bar else None
        yield lambda more: bar.advance(task, more) if bar and task is not None else None
