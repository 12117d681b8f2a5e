"""songkin datasets: a table of corpora, their checksums, their citations."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import InProcess, fails_plainly

from songkin.datasets import CORPORA


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    (tmp_path / "data").mkdir()
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_the_list_names_every_corpus_with_rows_terms_and_presence(songkin: InProcess) -> None:
    said = songkin("datasets", "list")
    assert said.code == 0
    rows = {line.split()[0]: line for line in said.out.splitlines() if line.strip()}
    assert set(CORPORA) <= set(rows)
    assert "4,115 songs" in rows["popular_songs"]
    assert rows["demo"].rstrip().endswith("yes")
    assert rows["tot_music"].rstrip().endswith("no")
    assert songkin("datasets").out == said.out
    document = songkin("datasets", "list", "--json").document
    assert [own["name"] for own in document["datasets"]] == list(CORPORA)


def test_a_missing_corpus_is_no_failure_unless_it_was_asked_for(songkin: InProcess) -> None:
    said = songkin("datasets", "verify")
    assert said.code == 0, said.err
    assert "missing" in said.out
    states = {own["corpus"]: own["state"] for own in songkin("datasets", "verify", "--json").document["files"]}
    assert (states["demo"], states["wasabi"]) == ("same", "missing")
    asked = songkin("datasets", "verify", "musixmatch")
    assert asked.code == 1
    assert "4 files are not as known, first musixmatch: mxm_dataset_train.txt (missing)" in asked.err


@pytest.mark.parametrize(("text", "state"), [("short", "cut"), ("x" * 400_000, "differs")])
def test_a_file_that_differs_is_exit_code_1(songkin: InProcess, folder: Path, text: str, state: str) -> None:
    (folder / "tot_music").mkdir()
    (folder / "tot_music" / "open.parquet").write_text(text)
    said = songkin("datasets", "verify", "--json")
    assert said.code == 1
    assert [own["state"] for own in said.document["files"] if own["corpus"] == "tot_music"] == [state]
    assert "1 file is not as known, first tot_music: open.parquet" in said.err


def test_one_is_shown_with_its_citation(songkin: InProcess) -> None:
    said = songkin("datasets", "show", "MusicCaps")
    assert said.code == 0
    assert "CC-BY-SA-4.0" in said.out
    assert "@article{agostinelli2023musiclm," in said.out
    assert songkin("datasets", "show", "musiccaps", "--json").document["datasets"][0]["ships"] == "yes"


def test_without_a_folder_only_the_packaged_can_be_verified(
    songkin: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SONGKIN_DATA")
    empty = tmp_path / "far" / "away"
    empty.mkdir(parents=True)
    monkeypatch.chdir(empty)
    assert songkin("datasets", "verify", "demo").code == 0
    assert "set SONGKIN_DATA" in fails_plainly(songkin("datasets", "verify"))
    assert "SONGKIN_DATA names it" in songkin("datasets", "list").out


def test_mistakes_are_named(songkin: InProcess) -> None:
    assert songkin("datasets", "check").code == 2
    assert songkin("datasets", "show").code == 2
    assert "did you mean 'musicmood'" in fails_plainly(songkin("datasets", "verify", "musicmod"))
