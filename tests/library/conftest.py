"""Every test here reads with the toy encoder, in a clean place."""

from __future__ import annotations

from pathlib import Path

import pytest
from library_songs import LOAD, load_toys


@pytest.fixture(autouse=True)
def _toys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(*LOAD, load_toys)
    monkeypatch.chdir(tmp_path)
    for name in ("SONGKIN_LIBRARY", "SONGKIN_ENCODER"):
        monkeypatch.delenv(name, raising=False)
