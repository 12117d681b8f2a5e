"""Ask the same library in a folder, in an object store, and in a copy of that: what a request takes and asks for.

    python benchmarks/object_storage.py --library PATH [--requests 30] [--json]

The library is copied into moto's S3 server, a program of its own on this machine (`pip install 'moto[server]'`), whose
log is counted. The two are asked the same requests in turn, in one process. What the loopback takes is not what a
network takes: add a round trip for each time the store is asked one after the other.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
from obstore.store import S3Store

from songkin.library import Library
from songkin.types import Query

BUCKET, BELOW = "bench", "songs"
WORDS = (
    "rain",
    "night train",
    "leaving home",
    "dancing",
    "lost love",
    "the sea",
    "money",
    "winter",
    "my mother",
    "road",
)
WISHES = ("quiet songs about", "a loud song of", "something sad about", "a happy tune of")


@contextmanager
def server(log: Path) -> Iterator[str]:
    """Run the object store, and give its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    run = [sys.executable, "-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", str(port)]
    with log.open("wb") as said, subprocess.Popen(run, stdout=said, stderr=said) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(f"{address}/moto-api/")
            urllib.request.urlopen(urllib.request.Request(f"{address}/{BUCKET}", method="PUT")).close()
            yield address
        finally:
            process.terminate()


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address).close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit("the object store does not begin")


def copied(library: Path, address: str) -> tuple[str, int]:
    """Copy a library into the store; return its place there, and its bytes."""
    os.environ |= {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_REGION": "us-east-1"}
    os.environ |= {"AWS_ENDPOINT_URL": address, "AWS_ALLOW_HTTP": "true"}
    store = S3Store(BUCKET, prefix=BELOW, client_options={"allow_http": True, "timeout": "300s"})
    files = [path for path in library.rglob("*") if path.is_file()]
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda path: obstore.put(store, path.relative_to(library).as_posix(), path), files))
    return f"s3://{BUCKET}/{BELOW}", sum(path.stat().st_size for path in files)


class Asked:
    """One library that is asked, and how often it asks the store."""

    def __init__(self, name: str, place: str, log: Path) -> None:
        self.name, self.place, self._log = name, place, log
        self.took: dict[str, list[float]] = {}
        self.requests: dict[str, list[int]] = {}

    def time(self, what: str, work: Callable[[], Any]) -> Any:
        before, began = self._counted(), time.perf_counter()
        done = work()
        self.took.setdefault(what, []).append(time.perf_counter() - began)
        self.requests.setdefault(what, []).append(self._counted() - before)
        return done

    def _counted(self) -> int:
        return self._log.read_bytes().count(b" HTTP/1.1")


def ask(places: list[Asked], requests: int) -> None:
    """Open each library, and ask all of them the same in turn; the first of each kind is told apart."""
    opened = [(one, one.time("open", lambda one=one: Library.open(one.place))) for one in places]
    ids = [str(name) for name in opened[0][1].store.ids(opened[0][1].store.catalogue()[0][:requests])]
    texts = [f"{wish} {word}" for word in WORDS for wish in WISHES][:requests]
    kinds: dict[str, Callable[[Library, int], Any]] = {
        "search": lambda library, at: library.search(texts[at % len(texts)], k=10),
        "search, explained again": lambda library, at: library.search(texts[at % len(texts)], k=10),
        "line": lambda library, at: library.line(f"all the {WORDS[at % len(WORDS)]} I never said {at}", k=10),
        "similar": lambda library, at: library.search(Query(like=(ids[at % len(ids)],), k=10)),
    }
    for kind, work in kinds.items():
        for at in range(requests):
            for one, library in opened:
                what = f"{kind}, the first" if at == 0 and kind != "search, explained again" else kind
                one.time(what, lambda library=library, at=at, work=work: work(library, at))


def told(places: list[Asked]) -> list[dict[str, Any]]:
    """Return a row for each kind of request: milliseconds in each place, and requests to the store."""
    rows = []
    for what in places[0].took:
        row: dict[str, Any] = {"what": what}
        for one in places:
            row[f"{one.name}_p50_ms"] = round(1000 * statistics.median(one.took[what]), 1)
            row[f"{one.name}_max_ms"] = round(1000 * max(one.took[what]), 1)
            row[f"{one.name}_asks_p50"] = statistics.median(one.requests[what])
        rows.append(row)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--library", type=Path, required=True)
    parser.add_argument("--requests", type=int, default=30)
    parser.add_argument("--json", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, server(Path(folder) / "log") as address:
        place, size = copied(chosen.library, address)
        log, copies = Path(folder) / "log", Path(folder) / "copies"
        bucket, copy = Asked("bucket", place, log), Asked("copy", f"{place}?cache={copies}", log)
        places = [Asked("folder", str(chosen.library), log), copy, bucket]
        ask(places, chosen.requests)
    rows = told(places)
    if chosen.json:
        print(json.dumps({"library": str(chosen.library), "bytes": size, "requests": chosen.requests, "rows": rows}))
        return
    print(f"{size / 1e6:,.0f} MB; {chosen.requests} requests of each kind")
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))


if __name__ == "__main__":
    main()
