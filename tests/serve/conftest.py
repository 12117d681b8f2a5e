"""A small library read with the toy encoder, and the command line to ask it."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import ROWS, InProcess, write_rows

from songkin.library import Library, Reading
from songkin.testing import ToyEncoder


@pytest.fixture(autouse=True)
def _clean_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in an empty folder, with no setting from outside and the toy encoder."""
    monkeypatch.chdir(tmp_path)
    for name in ("SONGKIN_LIBRARY", "SONGKIN_ENCODER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())


@pytest.fixture
def songkin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> InProcess:
    return InProcess(capsys, monkeypatch)


@pytest.fixture(scope="session")
def shared_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        Library.add(Reading.of([write_rows(folder / "songs.jsonl", ROWS)]).songs(), folder / "L")
    return folder / "L"


@pytest.fixture
def place(shared_place: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The library that commands without -L use; tests only read it."""
    monkeypatch.setenv("SONGKIN_LIBRARY", str(shared_place))
    return shared_place
