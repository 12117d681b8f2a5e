"""Kill songkin at random moments of adding, removing, tidying, migrating and importing, and look at what is left.

    python benchmarks/faults/run.py --kills 200 [--seed 0] [--json]

After every kill: the library opens; every song that was said to be committed is there, as it was said, and no other; a
line that only it sings finds it; and a next add completes. A work that ended before its kill is not counted. Exits
with 1 if anything was lost.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import works

from songkin.library import Library
from songkin.library.backups import export
from songkin.library.preparing import digest
from songkin.store import Store
from songkin.testing import ToyEncoder

ASKED = 3  # songs looked for after every kill
PRELOADED = ["songkin.library.library", "songkin.library.importing", "songkin.library.backups", "songkin.testing"]
Held = dict[str, str]


class Fault(Exception):
    """Something was lost, or is there by halves."""


class World:
    """A library, what was acknowledged of it, and the works that are killed over it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.place = folder / "library"
        self.chance = random.Random(seed)
        self.held: Held = {}
        self.turn = 0
        self.lasts: dict[str, float] = {}  # seconds a work takes, by its first run, which is let end
        self.spawn = multiprocessing.get_context("forkserver")
        self.spawn.set_forkserver_preload(PRELOADED)
        self.archived: Held = {}

    def kill(self, name: str) -> bool:
        """Begin a work, kill it, and look at the library; False where it ended before."""
        self.turn += 1
        numbers = self._numbers(name)
        if name == "migrate":
            works.ancient(self.place)
        if name == "import":
            export(self.place, self.place.with_name("library.songkin"), replace=True)
            self.archived = dict(self.held)
            self._add_one()
        said, killed = self._run(name, numbers)
        self._look(name, numbers, said)
        self._add_one()
        return killed

    def _numbers(self, name: str) -> list[int]:
        there = [int(one[1:]) for one in self.held]
        if name == "remove":
            return self.chance.sample(there, min(18, len(there)))
        return self.chance.sample(range(works.SONGS), 40)

    def _run(self, name: str, numbers: list[int]) -> tuple[list[dict[str, Any]], bool]:
        """Run a work until it is killed, at a moment up to a little past its end; return what it said."""
        ours, theirs = self.spawn.Pipe(duplex=False)
        child = self.spawn.Process(target=works.run, args=(name, str(self.place), numbers, self.turn, theirs))
        child.start()
        theirs.close()
        with open(ours.fileno(), "rb", closefd=False) as pipe:
            pipe.readline()
            began = time.monotonic()
            child.join(self.chance.random() * self.lasts[name] if name in self.lasts else None)
            killed = child.exitcode is None
            child.kill()
            lines = pipe.readlines()
        child.join()
        if not killed and child.exitcode:
            raise Fault(f"{name} failed by itself")
        took = time.monotonic() - began
        if not killed:
            self.lasts[name] = 1.1 * took
        return [json.loads(line) for line in lines if line.endswith(b"\n")], killed

    def _look(self, name: str, numbers: list[int], said: list[dict[str, Any]]) -> None:
        """Compare the library with what may be in it."""
        before, told = dict(self.held), {one: mark for line in said for one, mark in line.items()}
        now = held_by(self.place)
        if name == "import":
            if now not in (before, self.archived):
                raise Fault(f"an import left {len(now)} songs: neither those before nor those imported")
        else:
            wanted: dict[str, str | None] = {f"s{n}": digest(works.song(n, self.turn)) for n in numbers}
            wanted = dict.fromkeys(wanted) if name == "remove" else wanted
            wanted = {} if name in ("tidy", "migrate") else wanted
            for one in {*before, *now, *told}:
                may_be = {told[one]} if one in told else {before.get(one), wanted.get(one, before.get(one))}
                if now.get(one) not in may_be:
                    raise Fault(f"{name}: song {one} is {now.get(one)} where it may be {may_be}")
        self.held = now
        if Store.exists(self.place):  # it may have been killed while it was made
            self._ask()

    def _ask(self) -> None:
        """Look for some songs by the line that only they sing, and ask a request."""
        library = Library.open(self.place, encoder=ToyEncoder())
        if library.store.counts().songs != len(self.held):
            raise Fault("the songs cannot be counted")
        for one in self.chance.sample(sorted(self.held), min(ASKED, len(self.held))):
            number = int(one[1:])
            turn = next(t for t in range(self.turn, -1, -1) if digest(works.song(number, t)) == self.held[one])
            hits = library.line(f"all night {works.own_word(number, turn)} goes by", k=1).hits
            if [hit.song.id for hit in hits] != [one]:
                raise Fault(f"song {one} is there and is not found by its line")
        if self.held and not library.search("a harbour song", k=3).hits:
            raise Fault("a request finds nothing")

    def _add_one(self) -> None:
        """See a next add through."""
        self.turn += 1
        number = self.chance.randrange(works.SONGS)
        one = works.song(number, self.turn)
        Library.add([one], self.place, encoder=ToyEncoder(), encode=False)
        self.held[one.id] = digest(one)
        if held_by(self.place) != self.held:
            raise Fault("the add after a kill did not leave what it should")


def held_by(place: Path) -> Held:
    """Return the songs of a library, with the digest of each; none where it was killed while it was made."""
    if not Store.exists(place):
        return {}
    store = Store.open(place)
    rows = store.read(["id", "digest", "passages"])
    sung = store.tables.run(store.tables.passages.query().select(["key"]).to_arrow())["key"]
    counts = Counter(sung.to_pylist())
    for key, passages in zip(rows["key"].to_pylist(), rows["passages"].to_pylist(), strict=True):
        if counts[key] != passages:
            raise Fault(f"a song has {counts[key]} passages in place of {passages}")
    return dict(zip(rows["id"].to_pylist(), rows["digest"].to_pylist(), strict=True))


def main() -> int:
    """Kill, look, and say what was found."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    works.small()
    kills, ended, faults, names = Counter[str](), Counter[str](), list[str](), list(works.WORKS)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), asked.seed)
        while sum(kills.values()) < asked.kills and not faults:
            name = names[sum(kills.values()) % len(names)]
            if name in ("migrate", "import", "tidy", "remove") and len(world.held) < 20:
                name = "add"
            try:
                (kills if world.kill(name) else ended)[name] += 1
            except Exception as error:  # whatever went wrong is the finding
                faults.append(f"{name}, turn {world.turn} of seed {asked.seed}: {type(error).__name__}: {error}")
    report = {"kills": sum(kills.values()), "by_work": dict(kills), "ended_before": sum(ended.values())}
    report |= {"faults": faults, "seconds": round(time.monotonic() - began, 1), "seed": asked.seed}
    if asked.json:
        print(json.dumps(report, indent=2))
    else:
        print(f"{report['kills']} kills ({report['by_work']}) in {report['seconds']} s: {faults or 'nothing was lost'}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
