"""What more workers and more shards bring, measured in one run: songs a second by workers, and hits and time by shards.

    python benchmarks/scaling.py add --songs 2000                      # one Ray worker against two, and no Ray at all
    python benchmarks/scaling.py shards --library PATH --shards 1 2 4  # the hits of one library, and what asking takes

`add` makes the songs with benchmarks/million/songs.py, and counts from the first task handed out to the last draft
given back: starting Ray takes the same some seconds for any number of workers, and is told apart. `shards` splits the
library below --into, asks the same lines, requests and songs of the one library and of the shards, with and without a
condition, and says how many answers differ in any of their ten ids, with the seconds of the clock and of the processor.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from songkin.library import Library, Reading
from songkin.library.drafting import Draft, Job, Task
from songkin.library.splitting import split_into
from songkin.scale.crew import RayCrew, crew

MADE = Path(__file__).parent / "million" / "songs.py"
CONDITION = "year:1980..1999"
SEED = 8


class Timed:
    """A crew, and when its work began and ended."""

    def __init__(self, own: RayCrew) -> None:
        self._own, self.began, self.ended = own, 0.0, 0.0

    def begin(self, job: Job) -> None:
        """Start the workers."""
        self._own.begin(job)

    def put(self, task: Task) -> list[Draft]:
        """Hand a task out."""
        self.began = self.began or time.perf_counter()
        return self._own.put(task)

    def rest(self) -> list[Draft]:
        """Wait for all drafts."""
        drafts = self._own.rest()
        self.ended = time.perf_counter()
        return drafts


def added(songs: Path, count: int, workers: int) -> dict[str, float]:
    """Add songs with so many workers, 0 = without Ray; the seconds of the whole and of the work alone."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        if not workers:
            Library.add(Reading.of([songs]), folder)
            whole = work = time.perf_counter() - began
        else:
            with crew(workers) as own:
                timed = Timed(own)
                Library.add(Reading.of([songs]), folder, crew=timed)
                whole, work = time.perf_counter() - began, timed.ended - timed.began
        return {
            "workers": workers,
            "whole_s": round(whole, 1),
            "work_s": round(work, 1),
            "songs_s": round(count / work, 1),
        }


class Question(NamedTuple):
    """How a library is asked, and what."""

    how: str
    text: str
    condition: str


def questions(library: Library, count: int) -> Iterator[Question]:
    """Draw lines, requests of some words, and songs, each with and without a condition."""
    drawn = Random(SEED)
    keys = library.store.catalogue()[0].tolist()
    for song in library.store.songs(drawn.sample(keys, min(count, len(keys))), lyrics=True):
        words = (song.lyrics.text if song and song.lyrics else "").split()
        if not song or len(words) < 12:
            continue
        for condition in ("", CONDITION):
            yield Question("line", " ".join(words[4:10]), condition)
            yield Question("search", " ".join(drawn.sample(words, 4)), condition)
            yield Question("similar", song.id, condition)


def asked(library: Library, question: Question) -> list[str]:
    """Return the ids of an answer."""
    more = {"where": library.where(question.condition)} if question.condition else {}
    return [hit.song.id for hit in getattr(library, question.how)(question.text, **more).hits]


def compared(one: Path, many: Path, count: int) -> dict[str, Any]:
    """Ask a library and its shards the same, by turns."""
    here, there = Library.open(one), Library.open(many)
    spent, differ, total = {"one": [0.0, 0.0], "shards": [0.0, 0.0]}, {"line": 0, "search": 0, "similar": 0}, 0
    shared = 0.0
    for question in questions(here, count):
        answers = []
        for name, library in (("one", here), ("shards", there)):
            clock, processor = time.perf_counter(), time.process_time()
            answers.append(asked(library, question))
            spent[name][0] += time.perf_counter() - clock
            spent[name][1] += time.process_time() - processor
        total += 1
        differ[question.how] += answers[0] != answers[1]
        shared += len(set(answers[0]) & set(answers[1])) / max(len(answers[0]), len(answers[1]), 1)
    means = {f"{name}_ms": [round(1000 * s / total, 1) for s in spent[name]] for name in spent}
    return {"asked": total, "differ": differ, "ids_shared": round(shared / total, 4), **means}


def main() -> None:
    """Run one of the two measurements; one JSON line for each setting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True, dest="what")
    add = commands.add_parser("add")
    add.add_argument("--songs", type=int, default=2000)
    add.add_argument("--workers", type=int, nargs="+", default=[0, 1, 2])
    shards = commands.add_parser("shards")
    shards.add_argument("--library", type=Path, required=True)
    shards.add_argument("--into", type=Path, help="where shards are kept; else a folder that goes afterwards")
    shards.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4])
    shards.add_argument("--songs", type=int, default=30, help="whose words are asked for")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.what == "add":
            measure_adding(Path(folder), chosen.songs, chosen.workers)
        else:
            measure_shards(chosen.into or Path(folder), chosen.library, chosen.shards, chosen.songs)


def measure_adding(folder: Path, count: int, workers: Sequence[int]) -> None:
    """Add the same songs with every number of workers."""
    songs = folder / "songs.jsonl"
    with songs.open("w") as file:
        subprocess.run([sys.executable, str(MADE), str(count)], stdout=file, check=True)
    for number in workers:
        print(json.dumps(added(songs, count, number)), flush=True)


def measure_shards(folder: Path, library: Path, numbers: Sequence[int], songs: int) -> None:
    """Split a library into every number of shards, and ask it and them."""
    for number in numbers:
        place = folder / f"in-{number}"
        before = resource.getrusage(resource.RUSAGE_SELF)
        clock = time.perf_counter()
        done = split_into(place, number, library=library)
        after = resource.getrusage(resource.RUSAGE_SELF)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        size = sum(file.stat().st_size for file in place.rglob("*") if file.is_file())
        told = {"shards": number, "songs": done.songs, "copied": done.copied, "bytes_song": round(size / done.songs)}
        told |= {"split_s": round(time.perf_counter() - clock, 1), "split_cpu_s": round(processor, 1)}
        print(json.dumps(told | compared(library, place, songs)), flush=True)


if __name__ == "__main__":
    main()
