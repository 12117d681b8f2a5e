"""What a benchmark has measured so far: one JSON file a cell, so that the same command goes on where it was stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["Cells", "held_mb", "metered", "on_disk", "spread", "timed"]

Cell = dict[str, Any]
BLOCK = 512  # bytes of a block in `st_blocks`


class Cells:
    """The measured cells of one size, in a folder."""

    def __init__(self, folder: Path, *, tell: Callable[[str], None]) -> None:
        self.folder, self._tell = folder, tell
        folder.mkdir(parents=True, exist_ok=True)

    def has(self, name: str) -> bool:
        """Say whether a cell is measured."""
        return self._file(name).exists()

    def read(self, name: str) -> Cell:
        """Return a measured cell."""
        cell: Cell = json.loads(self._file(name).read_text(encoding="utf-8"))
        return cell

    def keep(self, name: str, cell: Cell) -> None:
        """Keep a measured cell; it is whole or not there."""
        making = self._file(name).with_suffix(".part")
        making.write_text(json.dumps(cell, indent=1) + "\n", encoding="utf-8")
        making.rename(self._file(name))
        said = ", ".join(f"{key} {value}" for key, value in cell.items() if not isinstance(value, list | dict))
        self._tell(f"{self.folder.name} {name}: {said}")

    def once(self, name: str, measure: Callable[[], Cell]) -> None:
        """Measure a cell unless that was done."""
        if not self.has(name):
            self.keep(name, measure())

    def stream(self, script: Path, names: Sequence[str], *flags: str) -> None:
        """Let a script measure the cells that are missing, in one process; each is kept as soon as it says so."""
        missing = [name for name in names if not self.has(name)]
        if not missing:
            return
        command = [sys.executable, str(script), *flags, "--cells", *missing]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout, "asked for a pipe"
            for line in process.stdout:
                self.keep(*json.loads(line))
        if process.returncode:
            raise SystemExit(f"{script.name} ended with exit status {process.returncode}; the same command goes on")

    def _file(self, name: str) -> Path:
        return self.folder / f"{name.replace(' ', '_').replace('/', '-')}.json"


def metered(command: Sequence[str]) -> Cell:
    """Run a command to its end: seconds, processor seconds with its children's, and the most memory it held."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout, "asked for a pipe"
    said = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:6])} ... ended with exit status {process.returncode}: {said[-500:]}")
    cpu = used.ru_utime + used.ru_stime
    wall = time.perf_counter() - began
    return {"wall_s": round(wall, 2), "cpu_s": round(cpu, 2), "peak_mb": used.ru_maxrss // 1024}


def timed(ask: Callable[[int], Any], count: int) -> Cell:
    """Ask so many times, after one time that does not count: p50, p99 in ms, processor ms, and answers with hits."""
    ask(0)
    took, hits, cpu = [], 0, time.process_time()
    for number in range(1, count + 1):
        began = time.perf_counter()
        answer = ask(number)
        took.append((time.perf_counter() - began) * 1000)
        hits += bool(answer)
    worked = (time.process_time() - cpu) * 1000 / count
    return {**spread(took), "cpu_ms": round(worked, 2), "requests": count, "with_hits": hits, "rss_mb": held_mb()}


def spread(took_ms: Sequence[float]) -> Cell:
    """Return the median and the 99th percentile of times in ms."""
    p50, p99 = np.quantile(took_ms, [0.5, 0.99])
    return {"p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


def held_mb() -> int:
    """Return what this process holds in memory now."""
    said = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(said.partition("VmRSS:")[2].split()[0]) // 1024


def on_disk(place: Path) -> int:
    """Return the bytes that a folder takes."""
    return sum(file.stat().st_blocks * BLOCK for file in _files(place))


def _files(place: Path) -> Iterator[Path]:
    return (file for file in place.rglob("*") if file.is_file())
