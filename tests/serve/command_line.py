"""Call the command line, in this process and in others, and the songs its tests ask for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from songkin.serve.cli import main

# Started in the background of a script, a test run is deaf to Ctrl-C, and so would be what it starts.
HEARING = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
COMMAND = (sys.executable, "-c", HEARING + "from songkin.serve.cli import main; main()")

ROWS: list[dict[str, Any]] = [
    {
        "id": "rain-1",
        "title": "Rain on Tin",
        "artist": "Ada Moss",
        "year": 1994,
        "genre": "folk",
        "language": "en",
        "tags": ["acoustic guitar", "melancholic"],
        "description": "A quiet song about rain at night.",
        "lyrics": "[00:05.00]Rain is drumming on the tin above my bed\n[00:12.50]All the words I never said",
        "energy": 0.2,
        "valence": 0.3,
    },
    {
        "id": "rain-2",
        "title": "Umbrella Parade",
        "artist": "The Gutters",
        "year": 2003,
        "genre": "pop",
        "tags": ["upbeat"],
        "description": "A cheerful march under umbrellas.",
        "lyrics": "March with your umbrella in the rain\nMarch until the sun is out again",
        "energy": 0.9,
        "valence": 0.8,
    },
    {
        "id": "train-1",
        "title": "Night Train",
        "artist": "Ada Moss",
        "year": 1999,
        "genre": "country",
        "description": "A train rolls home.",
        "lyrics": "The night train carries all the mail\nSparks along the rail",
        "energy": 0.5,
        "valence": 0.5,
    },
    {
        "id": "007",
        "title": "Harbour Lights Go Out",
        "artists": ["Jo Quay", "Ada Moss"],
        "genre": "jazz",
        "description": "Slow jazz of a harbour at closing time.",
        "lyrics": "Harbour lights go out one by one",
        "energy": 0.3,
    },
    {"id": "twin-a", "title": "Twin", "artist": "Ann", "year": 1990, "description": "A song about a mirror."},
    {"id": "twin-b", "title": "Twin", "artist": "Bob", "year": 1991, "description": "A song about a mirror."},
]


class Said(NamedTuple):
    """What a command answered."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def rows(self) -> list[Any]:
        """The JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


class InProcess:
    """Call `main` with arguments; what it prints and its exit code."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def __call__(self, *arguments: Any) -> Said:
        self._monkeypatch.setattr(sys, "argv", ["songkin", *map(str, arguments)])
        self._capsys.readouterr()
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        return Said(int(code or 0), *self._capsys.readouterr())


def started(*arguments: Any, **more: Any) -> subprocess.Popen[str]:
    """Start the command line in a process of its own."""
    environment = {**os.environ, "PYTHONWARNINGS": "", "COLUMNS": "100"} | more.pop("env", {})
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
    return subprocess.Popen([*COMMAND, *map(str, arguments)], text=True, env=environment, **pipes)


def outside(*arguments: Any, **more: Any) -> Said:
    """Run the command line in a process of its own."""
    process = started(*arguments, **more)
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise
    return Said(process.returncode, out or "", err or "")


def write_rows(path: Path, rows: Iterable[Any]) -> Path:
    """Write JSON lines; a string is a line as it is."""
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def fails_plainly(said: Said, code: int = 1) -> str:
    """Assert that a command failed with one line and nothing of Python's; that line."""
    assert said.code == code, said
    assert "Traceback" not in said.err
    lines = [line for line in said.err.splitlines() if line.startswith("songkin: ")]
    assert len(lines) == 1, said.err
    return lines[0].removeprefix("songkin: ")
