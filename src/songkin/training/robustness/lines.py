"""Measured values in a file that only grows, so that a stopped run goes on where it was.

Conventions
-----------
One line of JSON a value, {"key": ..., "values": ...}; of two with one key the later counts. A line that was torn off
is as if it were not there.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

__all__ = ["KeptLines", "digest"]


class KeptLines:
    """Values by key, read from `place` where it is there, and written to it one by one."""

    def __init__(self, place: Path) -> None:
        self._place = place
        text = place.read_text(encoding="utf-8") if place.is_file() else ""
        self._torn = bool(text) and not text.endswith("\n")
        self._known: dict[str, Any] = {}
        for line in text.splitlines():
            told = _parsed(line)
            if isinstance(told, dict) and {"key", "values"} <= told.keys():
                self._known[str(told["key"])] = told["values"]

    def __contains__(self, key: str) -> bool:
        return key in self._known

    def __getitem__(self, key: str) -> Any:
        return self._known[key]

    def __setitem__(self, key: str, values: Any) -> None:
        self._known[key] = values
        with self._place.open("a", encoding="utf-8") as file:
            file.write(("\n" if self._torn else "") + json.dumps({"key": key, "values": values}) + "\n")
        self._torn = False


def digest(told: Any) -> str:
    """Return a short name for what JSON can say."""
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:24]


def _parsed(line: str) -> Any:
    try:
        return json.loads(line)
    except ValueError:  # torn off when a run was stopped
        return None
