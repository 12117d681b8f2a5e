"""What songkin costs with ten thousand, a hundred thousand and a million songs, beside what a user would assemble.

    python benchmarks/million/bench.py --sizes 10000,100000,1000000 --out FOLDER [--requests 200] [--no-rivals]
    python benchmarks/million/report.py FOLDER

For each size: songs are made (`songs.py`), a library is built by `songkin add --fast`, every command is timed in one
warm process over many different requests (`commands.py`), whole processes are timed from cold, a server is asked over
HTTP, the rivals get the same songs and requests (`rivals.py`), and the library is added to again, added to and taken
from. Every measured cell is a JSON file in FOLDER/SIZE, and the same command goes on where it was stopped: delete a
cell to measure it again. A million songs take 2 GB for the songs, 10 to 20 GB for the library and about 15 for the
rivals. Processor seconds count every process; where others work on the machine, believe them and the ratios alone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))
import commands
import rivals
from asked import Asked
from cells import Cells, metered, on_disk, spread
from serving import Client, Server, requests
from songs import Made, parts, written

HERE = Path(__file__).parent
SONGKIN = (sys.executable, "-m", "songkin")
COLD_RUNS = 5
ADDED = 1_000
LABELLED = 500  # songs of the annotating cell
APPENDED = 20_000
SETTLING_S = 20.0  # of a server before it is timed: it runs for hours
MAPPED = 20_000  # the largest library whose map and clusters are timed: a layout takes minutes beyond


class Bench:
    """The cells of one size."""

    def __init__(self, folder: Path, size: int, *, asks: int, songs: Path) -> None:
        self._size, self._asks, self._songs = size, asks, songs
        self._library = folder / "library"
        self._folder = folder
        self.cells = Cells(folder, tell=tell)

    def run(self, *, with_rivals: bool) -> None:
        """Measure what is missing."""
        self.cells.once("build", self._build)
        flags = ("--size", str(self._size), "--requests", str(self._asks))
        self.cells.stream(HERE / "commands.py", commands.COMMANDS, str(self._library), *flags)
        for name, command in self._cold_commands().items():
            self.cells.once(f"cold {name}", lambda command=command: cold(command))
        self.cells.once("http", self._http)
        if with_rivals:
            places = ("--library", str(self._library), "--folder", str(self._folder / "rivals"))
            self.cells.stream(HERE / "rivals.py", rivals.CELLS, *places, *flags)
        if self._size <= MAPPED:
            self.cells.once("clusters", lambda: self._command("clusters"))
            self.cells.once("map", lambda: self._command("map", "--out", str(self._folder / "map.html")))
        self.cells.once("append", lambda: appended(min(APPENDED, self._size * 2)))
        self.cells.once("annotate", self._annotate)
        self.cells.once("add again", lambda: self._add(self._files()))
        self.cells.once("add new", self._add_new)
        self.cells.once("remove", self._remove)

    def _files(self) -> list[Path]:
        return parts(self._songs, self._size, processes=len(os.sched_getaffinity(0)))

    def _command(self, *words: str) -> dict[str, Any]:
        return metered([*SONGKIN, *words, "-L", str(self._library)])

    def _add(self, files: Sequence[Path]) -> dict[str, Any]:
        return self._command("add", *map(str, files), "--fast", "--json")

    def _build(self) -> dict[str, Any]:
        """Build the library; one that an earlier run left half built is gone on with, and said to be."""
        files = self._files()
        resumed = self._library.exists()
        cell = self._add(files)
        return cell | {"resumed": resumed, "disk_mb": on_disk(self._library) // 2**20, **self._counts()}

    def _counts(self) -> dict[str, int]:
        from songkin.library import Library

        counts = Library.open(self._library).store.counts()
        return {"songs": counts.songs, "passages": counts.passages}

    def _cold_commands(self) -> dict[str, list[str]]:
        asked = Asked(self._size, COLD_RUNS + 1)
        place = ["-L", str(self._library)]
        return {
            "help": [*SONGKIN, "--help"],
            "search": [*SONGKIN, "search", asked.texts[0], *place],
            "line": [*SONGKIN, "line", asked.lines["exact"][0], *place],
            "similar": [*SONGKIN, "similar", asked.ids[0], *place],
        }

    def _http(self) -> dict[str, Any]:
        server = Server(self._library)
        try:
            client, paths = Client(server.port), requests(1)
            client.ask(next(paths))
            time.sleep(SETTLING_S)
            client = Client(server.port)  # a connection that rests so long is closed
            took, served, worked = [], 0, server.worked
            for path in (next(paths) for _ in range(self._asks)):
                began = time.perf_counter()
                served += client.ask(path)
                took.append((time.perf_counter() - began) * 1000)
            cpu = {"cpu_ms": round((server.worked - worked) * 1000 / self._asks, 2)}
            return {**spread(took), **cpu, "requests": self._asks, "served": served, "rss_mb": server.megabytes}
        finally:
            server.stop()

    def _annotate(self) -> dict[str, Any]:
        """Label songs of a library of their own, since those of a large one would take hours."""
        count = min(LABELLED, self._size)
        with made(0, count) as file, tempfile.TemporaryDirectory() as place:
            metered([*SONGKIN, "add", str(file), "--fast", "-L", place, "--json"])
            return metered([*SONGKIN, "annotate", "-L", place]) | {"songs": count}

    def _add_new(self) -> dict[str, Any]:
        with made(self._size, ADDED) as file:
            return self._add([file]) | {"songs": ADDED}

    def _remove(self) -> dict[str, Any]:
        names = [song.id for song in Made().songs(self._size, ADDED)]
        return self._command("remove", *names) | {"songs": ADDED}


@contextmanager
def made(first: int, count: int) -> Iterator[Path]:
    """Give a file of songs that vanishes."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "songs.jsonl"
        with file.open("w", encoding="utf-8") as out:
            out.writelines(written(first, count))
        yield file


def cold(command: Sequence[str]) -> dict[str, Any]:
    """Run a command some times, each from a new process."""
    runs = [metered(command) for _ in range(COLD_RUNS)]
    return {name: sorted(run[name] for run in runs)[COLD_RUNS // 2] for name in runs[0]}


def appended(songs: int) -> dict[str, Any]:
    """Write songs with ready vectors, in a process of its own."""
    command = [sys.executable, str(HERE / "appending.py"), "--songs", str(songs)]
    cell: dict[str, Any] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return cell


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    import lancedb

    import songkin

    said = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    model = next((line.partition(":")[2].strip() for line in said.splitlines() if line.startswith("model name")), "")
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    versions = {"songkin": songkin.__version__, "lancedb": lancedb.__version__, "python": platform.python_version()}
    return {"processor": model, "cores": len(os.sched_getaffinity(0)), "memory_gb": round(memory_gb, 1), **versions}


def tell(line: str) -> None:
    """Say how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {line}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure every size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--out", type=Path, required=True, help="where songs, libraries and cells are kept")
    parser.add_argument("--requests", type=int, default=200, help="different requests a command is timed with")
    parser.add_argument("--no-rivals", action="store_true")
    wanted = parser.parse_args()
    wanted.out.mkdir(parents=True, exist_ok=True)
    busy = {"load": [round(load, 1) for load in os.getloadavg()]}
    (wanted.out / "machine.json").write_text(json.dumps(machine() | busy, indent=1) + "\n", encoding="utf-8")
    for size in map(int, wanted.sizes.split(",")):
        bench = Bench(wanted.out / str(size), size, asks=wanted.requests, songs=wanted.out / "songs")
        bench.run(with_rivals=not wanted.no_rivals)


if __name__ == "__main__":
    main()
