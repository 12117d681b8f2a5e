"""Time songkin's commands on a library, in one warm process: one line of JSON a cell, as `bench.py` keeps them.

python benchmarks/million/commands.py LIBRARY --size 100000 --requests 200 --cells search similar
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from asked import Asked
from cells import held_mb, timed

from songkin.library import Library
from songkin.types import Query

COMMANDS = (
    "search",
    "search filtered",
    "search meaning",
    "line exact",
    "line typos",
    "line misheard",
    "similar",
    "similar 5 %",
    "similar more",
    "playlist",
    "explain",
    "info",
    "exclude",
    "batch",
)
HEAVY = {"playlist": 5, "explain": 5, "info": 10, "exclude": 10}  # asked so many times less often
TOLD = 0.05  # the share of songs that the narrow filter keeps
BATCHED = 5  # times as many requests in a batch


class Commands:
    """What each cell asks of a library."""

    def __init__(self, library: Library, asked: Asked) -> None:
        self._library, self._asked = library, asked

    def of(self, name: str) -> Callable[[int], Any]:
        """Return what a cell asks for its n-th time."""
        if name.startswith("line "):
            lines = self._asked.lines[name.removeprefix("line ")]
            return lambda at: self._library.line(lines[at % len(lines)]).hits
        asked: dict[str, Callable[[int], Any]] = {
            "search": lambda at: self._library.search(self._text(at)).hits,
            "search filtered": lambda at: (
                self._library.search(self._text(at), where=self._library.where(self._condition(at))).hits
            ),
            "search meaning": lambda at: self._library.search(Query(self._text(at), channels=("meaning",))).hits,
            "similar": lambda at: self._library.similar(self._id(at)).hits,
            "similar 5 %": self._narrow,
            "similar more": lambda at: self._library.similar(self._id(at), targets={"energy": 1.0}).hits,
            "playlist": lambda at: self._library.playlist(self._text(at), minutes=60.0).hits,
            "explain": lambda at: self._library.explain(self._id(at), self._text(at)).hits,
            "info": lambda at: self._library.info(),
            "exclude": self._exclude,
        }
        return asked[name]

    def batch(self, count: int) -> dict[str, Any]:
        """Answer many plain requests at once."""
        queries = [Query(f"{self._text(at)} {at}") for at in range(count)]
        began, worked = time.perf_counter(), time.process_time()
        answered = sum(1 for hits in self._library.batch(queries) if hits)
        took, cpu = time.perf_counter() - began, time.process_time() - worked
        rate = {"a_second": round(count / took, 1), "cpu_ms": round(cpu * 1000 / count, 2)}
        return {**rate, "requests": count, "with_hits": answered, "rss_mb": held_mb()}

    def _narrow(self, at: int) -> Any:
        return self._library.similar(self._id(at), where=self._library.where(f'genre:"{self._genre}"')).hits

    @cached_property
    def _genre(self) -> str:
        """Return the genre nearest to one song in twenty."""
        about = self._library.info(shown=100)
        return min(about["genres"], key=lambda name: abs(about["genres"][name] / about["songs"] - TOLD))

    def _exclude(self, at: int) -> Any:
        self._library.exclude(f"year:{1900 + at % 50}", user="bench")
        return self._library.include(1, user="bench")

    def _text(self, at: int) -> str:
        return self._asked.texts[at % len(self._asked.texts)]

    def _condition(self, at: int) -> str:
        return self._asked.conditions[at % len(self._asked.conditions)]

    def _id(self, at: int) -> str:
        return self._asked.ids[at % len(self._asked.ids)]


def main() -> None:
    """Print a line for each cell asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--size", type=int, required=True)
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--cells", nargs="+", default=list(COMMANDS))
    wanted = parser.parse_args()
    began = time.perf_counter()
    commands = Commands(Library.open(wanted.library), Asked(wanted.size, wanted.requests + 1))
    for name in wanted.cells:
        count = max(wanted.requests // HEAVY.get(name, 1), 3)
        cell = commands.batch(count * BATCHED) if name == "batch" else timed(commands.of(name), count)
        print(json.dumps([name, cell | {"since_start_s": round(time.perf_counter() - began, 1)}]), flush=True)


if __name__ == "__main__":
    main()
