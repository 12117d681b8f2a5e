"""Time how fast a music folder is added, without audio analysis and without vectors, and added again.

    python benchmarks/music.py --folder PATH [--files 300] [--json]

The tagged files below PATH are copied, in turn and under other names, until there are enough; the library vanishes
afterwards. Free music to try it on is in Debian's packages `wesnoth-1.16-music` and `0ad-data`. Every round starts a
library of its own; the first one reads a warm page cache, for the copies have just been written.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
import time
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from songkin.library import Added, Library, Reading
from songkin.sources.music import ENDINGS

FILES = 300
ROUNDS = 3


def main() -> None:
    """Copy, add, add again, and print one row a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="where tagged music files lie")
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        copied = multiplied(wanted.folder, Path(place) / "Music", wanted.files)
        figures = measured(copied, Path(place), wanted.files)
    rows = "\n".join(f"{name:44} {value}" for name, value in figures.items())
    print(json.dumps(figures, indent=2) if wanted.json else rows)


def multiplied(folder: Path, to: Path, count: int) -> Path:
    """Copy the music files of a folder again and again, until there are `count`; a folder for each round of copies."""
    found = sorted(file for file in folder.rglob("*") if file.suffix.lower() in ENDINGS and file.is_file())
    if not found:
        raise SystemExit(f"{folder}: no music file in this folder")
    for number, file in enumerate(islice(cycle(found), count)):
        copy = to / f"{number // len(found):03d}" / f"{number:05d} {file.name}"
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)
    return to


def measured(music: Path, place: Path, count: int) -> dict[str, Any]:
    """Return files a second of the first add and of the second, medians of the rounds, and the folder in megabytes."""
    first, again = [], []
    for number in range(ROUNDS):
        for figures in (first, again):
            start = time.perf_counter()
            done = added(music, place / f"library-{number}")
            figures.append(done.read / (time.perf_counter() - start))
            assert done.read == count, f"{done.read} of {count} files arrived"
    size = sum(file.stat().st_size for file in music.rglob("*") if file.is_file())
    return {
        "files": count,
        "megabytes": round(size / 1e6),
        "added, files/s": round(statistics.median(first), 1),
        "slowest round, files/s": round(min(first), 1),
        "added again, files/s": round(statistics.median(again), 1),
    }


def added(music: Path, library: Path) -> Added:
    """Add a folder, from the look for its files to the last commit."""
    return Library.add(Reading.of([music]), library, encode=False)


if __name__ == "__main__":
    main()
