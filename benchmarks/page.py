"""Time the page of `songkin serve`: from a request to the first result a listener sees.

    python benchmarks/page.py [--songs 100000] [--requests 40] [--keep FOLDER] [--json]

A library of made songs is put together as `benchmarks/serving.py` does, or taken from --keep, and served. A headless
Chromium (Debian's `chromium` and `chromium-driver`) asks requests that all differ, one after the other:

opened    the address of a request: from the navigation to the first paint, which shows the results, for they come
          with the page; and how much of that the server took
typed     a request sent from the open page: from the sending to the frame that shows the first result

The browser, its software renderer and the server share the machine's cores.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "serve"))
sys.path.insert(0, str(Path(__file__).parent / "million"))
from browser import Browser, missing
from serving import SONGS, WARM, Client, Server, made, requests

OPENED = """
const [paint] = performance.getEntriesByName('first-contentful-paint');
const [own] = performance.getEntriesByType('navigation');
const shown = document.querySelector('#answer .hit') !== null;
return paint ? { painted: paint.startTime, served: own.responseStart - own.requestStart, shown } : null;
"""
TYPED = """
const [text] = arguments, box = document.querySelector('#search [name=q]');
box.value = text;
const began = performance.now();
const shown = new Promise((done) => document.body.addEventListener('htmx:afterSettle', () => {
  if (document.querySelector('#answer .hit')) requestAnimationFrame(() => setTimeout(() => done(performance.now())));
  else done(null);
}, { once: true }));
box.form.requestSubmit();
const ended = await shown;
return ended && ended - began;
"""


def texts(count: int, seed: int) -> Iterator[str]:
    """Yield different requests without conditions, which most people do not write."""
    asked = (urllib.parse.parse_qs(urllib.parse.urlsplit(path).query) for path in requests(seed))
    return islice((one["q"][0] for one in asked if "where" not in one), count)


def opened(browser: Browser, port: int, count: int) -> list[tuple[float, float]]:
    """Open the address of requests; return ms to the first paint and ms of the server, of those that found songs."""
    told = []
    for text in texts(count, 2):
        browser.open(f"http://127.0.0.1:{port}/?{urllib.parse.urlencode({'q': text})}")
        found = browser.until(f"(() => {{ {OPENED} }})()")
        if found["shown"]:
            told.append((found["painted"], found["served"]))
    return told


def typed(browser: Browser, port: int, count: int) -> list[float]:
    """Send requests from the open page; return ms to the first result, of those that found songs."""
    browser.open(f"http://127.0.0.1:{port}/")
    browser.until("globalThis.htmx !== undefined")
    return [ms for text in texts(count, 3) if (ms := browser.run(TYPED, text))]


def quantiles(name: str, ms: Sequence[float]) -> dict[str, float]:
    """Return the middle and the slowest of a list of times."""
    return {f"{name}: {label}, ms": round(float(np.quantile(ms, at)), 1) for label, at in (("p50", 0.5), ("p95", 0.95))}


def measured(library: Path, count: int) -> dict[str, float]:
    """Serve the library and ask its page."""
    server = Server(library)
    try:
        client = Client(server.port)
        for path in islice(requests(0), WARM):
            client.ask(path)
        with tempfile.TemporaryDirectory() as folder, Browser(Path(folder) / "browser") as browser:
            opened(browser, server.port, 3)  # the browser too is warm when somebody searches
            by_address, by_hand = opened(browser, server.port, count), typed(browser, server.port, count)
        painted, served = zip(*by_address, strict=True)
        found = quantiles("opened", painted) | quantiles("opened, of it the server", served)
        return {"requests": float(len(painted) + len(by_hand)), **found, **quantiles("typed", by_hand)}
    finally:
        server.stop()


def main() -> None:
    """Make the library, time its page, and print one row a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=SONGS)
    parser.add_argument("--requests", type=int, default=40)
    parser.add_argument("--keep", type=Path, help="leave the library in this folder, or take it from there")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if missing():
        raise SystemExit(f"the page is timed in a browser, and {missing()} is not installed (apt-get install)")
    with tempfile.TemporaryDirectory() as passing:
        place = wanted.keep or Path(passing) / "library"
        if not place.exists():
            made(place, wanted.songs)
        found = measured(place, wanted.requests)
    print(json.dumps(found, indent=2) if wanted.json else "\n".join(f"{name:36} {at}" for name, at in found.items()))


if __name__ == "__main__":
    main()
