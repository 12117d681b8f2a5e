"""docs/api.md tells every endpoint, every code and every limit there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from songkin.serve.http.app import application
from songkin.serve.http.errors import CODES, STATUSES
from songkin.serve.http.guard import Guard
from songkin.serve.http.held import Held

PAGE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
UNTOLD = ("training", "settings", "songkin", "format")  # never met over HTTP: what raises them does not run there


def endpoints() -> list[tuple[str, str]]:
    paths = application(Held("nowhere")).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


@pytest.mark.parametrize(("method", "path"), endpoints())
def test_every_endpoint_is_told(method: str, path: str) -> None:
    short = path.removeprefix("/api/v1").replace("/corrections/", ".../").replace("/playlists/refresh", "/refresh")
    short = short.replace("/playlists/read", "/read")
    rows = [line for line in PAGE.splitlines() if line.startswith("| `") and short in line.partition(" | ")[0]]
    assert rows, (method, path)
    assert any(method in row.partition(" | ")[0] for row in rows), (method, path)


def test_every_code_stands_beside_its_status() -> None:
    kinds = {(kind.status, kind.code) for kind in STATUSES.values()} | {(s, c) for s, c in CODES.items()}
    kinds |= {(400, "json"), (403, "origin"), (422, "request"), (500, "internal"), (503, "time")}
    rows = re.findall(r"^\| (\d{3}[\d, ]*) \| (.*?) \|", PAGE, re.MULTILINE)
    told = {(int(status), code) for statuses, codes in rows for status in statuses.split(", ")
            for code in re.findall(r"`(\w+)`", codes)}  # fmt: skip
    missing = {kind for kind in kinds if kind not in told and kind[1] not in UNTOLD}
    assert not missing


def test_the_limits_are_the_guards() -> None:
    guard = Guard()
    said = (f"{guard.body >> 20} MiB", f"{guard.adds >> 20} MiB", f"{guard.query >> 10} KiB", f"{guard.answer_s:g} s")
    for limit in (*said, f"{guard.pause_s:g} s", f"{guard.rate:g} requests a second", f"{guard.burst} at once"):
        assert limit in PAGE, limit
