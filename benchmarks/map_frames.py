"""Count the frames a second at which the map's page moves under the hand, with 10,000 and 100,000 songs.

    python benchmarks/map_frames.py [--page MAP.html] [--songs 10000,100000] [--seconds 5] [--window 1024x768] [--json]

Each page is opened from disk in a headless Chromium (Debian's `chromium` and `chromium-driver`), dragged about by made
pointer events and zoomed in and out by made wheel events, one event a frame, at the whole map and five times nearer.
Counted is how often the browser asks for a frame; 60 a second is all there is. `paced` is the page as it is: while
frames come late it draws fewer points, and all of them when it rests. `whole` is the page with that taken away: every
point in every frame. `drawn` is the share of the points drawn on the way. The map rests a second before each count. The
last line says what drew; a software renderer is the least any machine has. `--page` takes a page that `songkin map`
wrote, in place of made-up songs strewn about 72 themes.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from songkin.library.charting import COLUMNS, SongMap
from songkin.serve.map_page import page

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "serve"))
from browser import SOFTWARE_GL, Browser, missing

SOFTWARE = re.compile("swiftshader|llvmpipe|software", re.IGNORECASE)
NEARER = (1, 5)  # times the whole map
THEMES = 72
MOVING = """
const [seconds, nearer, whole] = arguments, map = document.getElementById('map'), page = globalThis.songMap;
map.setPointerCapture = () => {};
if (whole) page.pace = () => 1; else delete page.pace;
page.share = 1;
const at = (name, x, y) => map.dispatchEvent(
  new PointerEvent(name, { pointerId: 1, pointerType: 'mouse', button: 0, clientX: x, clientY: y, bubbles: true }));
const wheel = (turn) => map.dispatchEvent(
  new WheelEvent('wheel', { deltaY: turn, clientX: 500, clientY: 380, bubbles: true, cancelable: true }));
const counted = async (act) => {
  await new Promise((done) => setTimeout(done, 1000));
  const gaps = [], shares = [];
  let before = performance.now();
  const began = before;
  await new Promise((done) => {
    const step = (now) => {
      gaps.push(now - before);
      before = now;
      shares.push(whole ? 1 : page.share);
      if (now - began > seconds * 1000) return done();
      act((now - began) / 1000);
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  });
  gaps.sort((one, two) => one - two);
  shares.sort((one, two) => one - two);
  const middle = (some) => some[Math.floor(some.length / 2)];
  return { frames: gaps.length / seconds, slow: gaps[Math.floor(gaps.length * 0.95)], drawn: middle(shares) };
};
page.view.zoom(nearer);
page.moved();
at('pointerdown', 500, 380);
const pan = await counted((t) => at('pointermove', 500 + 150 * Math.sin(2 * t), 380 + 90 * Math.sin(3 * t)));
at('pointerup', 500, 380);
const zoom = await counted((t) => wheel(12 * Math.cos(1.5 * t)));
page.whole();
return { pan, zoom };
"""
RENDERER = """
const gl = document.createElement('canvas').getContext('webgl2');
if (!gl) return 'no WebGL: a plain canvas';
const told = gl.getExtension('WEBGL_debug_renderer_info');
return gl.getParameter(told ? told.UNMASKED_RENDERER_WEBGL : gl.RENDERER);
"""


def main() -> None:
    """Count the frames of every page, and print a row for each way it was moved."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--page", type=Path, help="a page that songkin map wrote")
    parser.add_argument("--songs", default="10000,100000", help="sizes of made-up maps, with commas")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each movement")
    parser.add_argument("--window", default="1024x768", metavar="WxH")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if missing():
        raise SystemExit(f"the frames are counted in a browser, and {missing()} is not installed (apt-get install)")
    wide, tall = map(int, wanted.window.split("x"))
    with tempfile.TemporaryDirectory() as folder:
        pages = [wanted.page] if wanted.page else made_pages(Path(folder), map(int, wanted.songs.split(",")))
        with Browser(Path(folder) / "browser", *SOFTWARE_GL) as browser:
            browser.size(wide, tall)
            rows = [row for one in pages for row in frames(browser, one, wanted.seconds)]
            drawn_by = str(browser.run(RENDERER))
    show(rows, drawn_by, wanted.window, as_json=wanted.json)


def made_pages(folder: Path, sizes: Iterator[int]) -> list[Path]:
    """Write the page of a made-up map of each size."""
    pages = []
    for songs in sizes:
        pages.append(folder / f"{songs}.html")
        pages[-1].write_text(page(strewn(songs), title=f"{songs:,} songs"), encoding="utf-8")
    return pages


def strewn(songs: int) -> SongMap:
    """Return a map of made-up songs about the middles of 72 themes, which blend into each other as themes do."""
    drawn = np.random.default_rng(0)
    middles = drawn.normal(0, 4, (THEMES, 2))
    fine = drawn.integers(THEMES, size=songs)
    x, y = (middles[fine] + drawn.normal(0, 1.2, (songs, 2))).T.astype(np.float32)
    known: dict[str, list[Any]] = {name: [None] * songs for name in COLUMNS}
    for grain, share in (("coarse", 9), ("medium", 3), ("fine", 1)):
        known[f"theme_{grain}"] = [f"word {theme // share}, other {theme // share}" for theme in fine.tolist()]
    known |= {name: [False] * songs for name in COLUMNS if name == "outlier" or name.endswith("_predicted")}
    known["title"] = [f"A title of four {number}" for number in range(songs)]
    known["artist"] = [f"The Nth {number // 8}" for number in range(songs)]
    known["year"] = drawn.integers(1955, 2025, songs).tolist()
    return SongMap(tuple(f"made-{number:07d}" for number in range(songs)), x, y, known, 0.9)


def frames(browser: Browser, place: Path, seconds: float) -> Iterator[dict[str, Any]]:
    """Move a page as it is and with every point drawn, whole and near; give a row for each movement."""
    browser.open(place.resolve())
    browser.until("globalThis.songMap !== undefined")
    songs = browser.run("return songMap.songs.n")
    for nearer in NEARER:
        for whole in (False, True):
            found = browser.run(MOVING, seconds, nearer, whole)
            for movement, counted in found.items():
                pacing = "whole" if whole else "paced"
                yield {"songs": songs, "movement": movement, "nearer": nearer, "pacing": pacing, **counted}


def show(rows: list[dict[str, Any]], drawn_by: str, window: str, *, as_json: bool) -> None:
    """Print the rows as a table or as JSON."""
    software = bool(SOFTWARE.search(drawn_by))
    if as_json:
        print(json.dumps({"renderer": drawn_by, "software": software, "window": window, "rows": rows}, indent=2))
        return
    table = Table("songs", "movement", "nearer", "drawing", "frames/s", "slowest of 20, ms", "drawn", title=window)
    for row in rows:
        cells = (f"{row['songs']:,}", row["movement"], f"{row['nearer']}x", row["pacing"])
        table.add_row(*cells, f"{row['frames']:.0f}", f"{row['slow']:.0f}", f"{row['drawn']:.0%}")
    Console().print(table)
    print(f"drawn by: {drawn_by}" + ("; a software renderer, no graphics card was used" if software else ""))


if __name__ == "__main__":
    main()
