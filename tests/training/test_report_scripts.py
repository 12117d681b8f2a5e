"""The scripts that re-run papers: what cannot be is told at the start, with place and cure."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from labelled import write_labels  # noqa: E402
from test_epfl_report import AGENDA  # noqa: E402

RECIPES = Path(__file__).parents[2] / "recipes"


def run_script(monkeypatch: pytest.MonkeyPatch, name: str, *options: object) -> int:
    """Run recipes/NAME/report.py as a person would; its exit status."""
    monkeypatch.setattr(sys, "argv", ["report.py", *map(str, options)])
    with pytest.raises(SystemExit) as end:
        runpy.run_path(str(RECIPES / name / "report.py"), run_name="__main__")
    return int(end.value.code or 0)


@pytest.mark.parametrize("name", ["deepplaylist", "epfl", "irvine", "lyricsbert", "melscribe"])
@pytest.mark.parametrize("out", ["file", "file/within"])
def test_an_out_that_is_a_file_is_named_with_the_cure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, out: str
) -> None:
    (tmp_path / "file").write_text("mine")
    assert run_script(monkeypatch, name, "--out", tmp_path / out) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said == f"{tmp_path / out}: is a file or lies within one; name a folder with --out"
    assert (tmp_path / "file").read_text() == "mine"


def test_a_base_that_is_no_encoder_is_told_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write_labels(tmp_path)
    (tmp_path / "report.toml").write_text(AGENDA, encoding="utf-8")
    (tmp_path / "songs.jsonl").unlink()
    (tmp_path / "empty").mkdir()
    options = (tmp_path / "report.toml", "--out", tmp_path / "out", "--base", f"mpnet={tmp_path / 'empty'}")
    assert run_script(monkeypatch, "epfl", *options) == 1
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(f"base 'mpnet': {tmp_path / 'empty'} holds neither")
    assert said.endswith("--base mpnet=FOLDER, or bases in report.toml, names the folder of an encoder")
    assert not list((tmp_path / "out").iterdir())


def test_only_the_cleaning_needs_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_labels(tmp_path)
    (tmp_path / "report.toml").write_text(AGENDA, encoding="utf-8")
    options = (tmp_path / "report.toml", "--out", tmp_path / "out", "--base", f"mpnet={tmp_path / 'gone'}")
    assert run_script(monkeypatch, "epfl", *options, "--only", "cleaning", "--data", tmp_path) == 0
