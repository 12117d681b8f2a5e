"""Load `songkin serve` on a library of made songs, and say how fast it answers, how much it bears and what it holds.

    python benchmarks/serving.py [--songs 100000] [--minutes 10] [--keep FOLDER] [--json]

A library of made songs (benchmarks/million/songs.py) is put together by `songkin add --fast`, or taken from --keep.
Then a server is started, and asked over HTTP by this process, which shares the machine's cores with it:

steady    20 requests a second, sent at their time whether or not earlier ones were answered; a wait counts as slowness
crowd     16 clients that ask again as soon as they are answered, for --minutes; the server's memory as it goes
adding    the same crowd at half its size while songs are added over HTTP; a search that fails is counted

Every request differs: words, tags, a genre or a year of the library's own, one in four with a condition. The server
runs without its limit of requests per client, which would stop exactly this.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "million"))
from songs import Made, row

SONGS, MINUTES = 100_000, 10.0
RATE, STEADY_S = 20.0, 30.0
CLIENTS = 16
WARM = 40  # requests before anything is timed
TIMEOUT_S = 30.0
ADDED = 2_000


class Told(NamedTuple):
    """One request: seconds from when it was due to its answer, and whether it was answered with hits or none."""

    seconds: float
    served: bool


class Server:
    """A `songkin serve` process on a free port."""

    def __init__(self, library: Path) -> None:
        command = [sys.executable, "-m", "songkin", "serve", "-L", str(library), "--port", "0", "--no-rate-limit"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        assert self.process.stdout is not None
        said = ""
        for line in self.process.stdout:
            said += line
            if found := re.search(r"http://127\.0\.0\.1:(\d+)", line):
                self.port = int(found[1])
                break
        else:
            raise SystemExit(f"songkin serve ended: {said}")
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    @property
    def megabytes(self) -> int:
        """What the server holds in memory now."""
        held = Path(f"/proc/{self.process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"VmRSS:\s+(\d+)", held)[1]) // 1024  # type: ignore[index]

    @property
    def worked(self) -> float:
        """How many seconds a processor worked for the server."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End it as a user would."""
        self.process.terminate()
        self.process.wait(TIMEOUT_S)


class Client:
    """One client with a connection that stays open."""

    def __init__(self, port: int) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)

    def ask(self, path: str, body: bytes | None = None) -> bool:
        """Ask, read the whole answer, and say whether it was one."""
        try:
            headers = {"Content-Type": "application/json"} if body else {}
            self.line.request("POST" if body else "GET", path, body, headers)
            answer = self.line.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.line.close()
            return False
        return answer.status == 200


class Said(NamedTuple):
    """What requests are made of."""

    tags: Sequence[str]
    words: Sequence[str]
    genres: Sequence[str]


@cache
def vocabulary() -> Said:
    """Return what the library's songs were made of; seconds of work, so it is done before anything is timed."""
    made = Made()
    words = [word for word in made.tongues[0].words[:3000] if len(word) > 3]
    return Said(made.tags, words, sorted({genre for song in made.described for genre in song.genres}))


def requests(seed: int) -> Iterator[str]:
    """Yield paths of searches, all different."""
    drawn, (tags, words, genres) = np.random.default_rng(seed), vocabulary()

    def one(of: Sequence[str]) -> str:
        return of[int(drawn.integers(len(of)))]

    while True:
        text = f"{one(tags)} {one(tags)} song about {one(words)} and {one(words)}"
        asked = {"q": text, "k": "10"}
        if drawn.random() < 0.25:
            asked["where"] = (
                f"year:{1970 + int(drawn.integers(50))}.." if drawn.random() < 0.5 else f"genre:{quoted(one(genres))}"
            )
        yield "/api/v1/search?" + urllib.parse.urlencode(asked)


def quoted(value: str) -> str:
    """Write a value as a condition has it."""
    return f'"{value}"'


def steadily(port: int) -> list[Told]:
    """Ask at a fixed rate, each request by a thread of its own."""
    paths, told, threads = requests(1), [], []
    began = time.perf_counter() + 0.2
    local = threading.local()

    def ask(due: float, path: str) -> None:
        client = getattr(local, "client", None) or Client(port)
        told.append(Told(0.0, False)._replace(served=client.ask(path), seconds=time.perf_counter() - due))

    for number in range(int(RATE * STEADY_S)):
        due, path = began + number / RATE, next(paths)
        time.sleep(max(0.0, due - time.perf_counter()))
        threads.append(threading.Thread(target=ask, args=(due, path)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return told


def crowded(port: int, clients: int, until: Callable[[], bool]) -> list[Told]:
    """Let clients ask one request after the other."""
    told: list[Told] = []

    def ask(seed: int) -> None:
        client = Client(port)
        for path in requests(seed):
            if until():
                return
            began = time.perf_counter()
            served = client.ask(path)
            told.append(Told(time.perf_counter() - began, served))

    threads = [threading.Thread(target=ask, args=(100 + number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def watched(server: Server, seconds: float, marks: list[int]) -> Callable[[], bool]:
    """Return what says that the time is over; the server's memory is noted now and then."""
    over = time.perf_counter() + seconds

    def watch() -> None:
        while time.perf_counter() < over:
            marks.append(server.megabytes)
            time.sleep(max(1.0, seconds / 60))

    threading.Thread(target=watch, daemon=True).start()
    return lambda: time.perf_counter() >= over


def adding(port: int, first: int) -> tuple[list[Told], bool]:
    """Search by half the crowd while songs are added."""
    body = "\n".join(json.dumps(row(song)) for song in Made().songs(first, ADDED)).encode()
    over = threading.Event()
    said: list[bool] = []

    def add() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        line.request("POST", "/api/v1/adds?fast=true", body, {"Content-Type": "application/x-ndjson"})
        answer = line.getresponse()
        answer.read()
        said.append(answer.status == 200)
        over.set()

    threading.Thread(target=add).start()
    return crowded(port, CLIENTS // 2, over.is_set), bool(said and said[0])


def figures(name: str, told: Sequence[Told], took: float) -> dict[str, Any]:
    """Return what a phase says."""
    seconds = np.array([one.seconds for one in told]) * 1000
    p50, p99 = np.quantile(seconds, [0.5, 0.99])
    failed = sum(not one.served for one in told)
    return {f"{name}: requests": len(told), f"{name}: a second": round(len(told) / took, 1), f"{name}: failed": failed,
            f"{name}: p50, ms": round(float(p50), 1), f"{name}: p99, ms": round(float(p99), 1)}  # fmt: skip


def measured(library: Path, minutes: float) -> dict[str, Any]:
    """Start a server and put it through the three phases."""
    from songkin import Library

    songs = Library.open(library).store.counts().songs
    server = Server(library)
    try:
        found: dict[str, Any] = {"songs": songs}
        warm = requests(0)
        client = Client(server.port)
        for _ in range(WARM):
            client.ask(next(warm))
        found["memory when warm, MB"] = server.megabytes
        began, worked = time.perf_counter(), server.worked
        found |= figures("steady", steadily(server.port), time.perf_counter() - began)
        found["steady: processor ms a request"] = round(1000 * (server.worked - worked) / (RATE * STEADY_S), 1)
        marks: list[int] = []
        began = time.perf_counter()
        told = crowded(server.port, CLIENTS, watched(server, 60 * minutes, marks))
        found |= figures("crowd", told, time.perf_counter() - began)
        found["crowd: memory in each tenth, MB"] = [int(max(some)) for some in np.array_split(marks, 10) if len(some)]
        began = time.perf_counter()
        told, added = adding(server.port, songs)
        found |= figures("adding", told, time.perf_counter() - began)
        return found | {"adding: added": added}
    finally:
        server.stop()


def main() -> None:
    """Make the library, load the server, and print one row a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=SONGS)
    parser.add_argument("--minutes", type=float, default=MINUTES, help="how long the crowd asks")
    parser.add_argument("--keep", type=Path, help="leave the library in this folder, or take it from there")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        place = wanted.keep or Path(passing) / "library"
        if not place.exists():
            made(place, wanted.songs)
        found = measured(place, wanted.minutes)
    rows = "\n".join(f"{name:44} {value}" for name, value in found.items())
    print(json.dumps(found, indent=2) if wanted.json else rows)


def made(place: Path, songs: int) -> None:
    """Add made songs to a new library, by the command."""
    listed = place.parent / f"{place.name}.jsonl"
    with listed.open("w", encoding="utf-8") as out:
        out.writelines(json.dumps(row(song), ensure_ascii=False) + "\n" for song in Made().songs(0, songs))
    subprocess.run([sys.executable, "-m", "songkin", "add", "-L", str(place), "--fast", str(listed)], check=True)
    listed.unlink()


if __name__ == "__main__":
    main()
