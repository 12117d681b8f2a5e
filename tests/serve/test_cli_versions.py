"""Versions on the command line: shown as one with "+2 versions", each by itself with --all-versions."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import InProcess

VERSE = "Lanterns are swinging along the line\nThe last ferry leaves at a quarter to nine\nMy coat full of gravel"
ROWS = [
    {"id": "ferry", "title": "Late Ferry", "artist": "Grey Hulls", "lyrics": VERSE},
    {"id": "live", "title": "Late Ferry (Live)", "artist": "Grey Hulls", "lyrics": f"Hello\n{VERSE}"},
    {"id": "cover", "title": "Late Ferry - Remastered", "artist": "Ada Moss", "lyrics": VERSE, "year": 2010},
    {"id": "other", "title": "Late Ferry", "artist": "Bo Lux", "lyrics": "Gulls over chimneys, a bakery door"},
]
LINE = "lanterns are swinging along the line"
GROUP = {"ferry", "live", "cover"}


@pytest.fixture
def pier(songkin: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> InProcess:
    (tmp_path / "songs.jsonl").write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    monkeypatch.setenv("SONGKIN_LIBRARY", str(tmp_path / "L"))
    assert songkin("add", tmp_path / "songs.jsonl").code == 0
    return songkin


@pytest.mark.parametrize("command", [("search", "late ferry"), ("line", LINE)])
def test_one_version_is_shown_and_the_others_are_counted_and_named(pier: InProcess, command: tuple[str, str]) -> None:
    assert "+2 versions" in pier(*command).out
    hits = json.loads(pier(*command, "--json").out)["hits"]
    shown = [hit for hit in hits if hit["id"] in GROUP]
    assert len(shown) == 1
    assert {shown[0]["id"], *shown[0]["versions"]} == GROUP


@pytest.mark.parametrize("command", [("search", "late ferry"), ("line", LINE)])
def test_all_versions_shows_each_by_itself(pier: InProcess, command: tuple[str, str]) -> None:
    assert "version" not in pier(*command, "--all-versions").out
    told = json.loads(pier(*command, "--all-versions", "--json").out)
    assert {hit["id"] for hit in told["hits"]} >= GROUP
    assert not any("versions" in hit for hit in told["hits"])
    assert told["query"]["grouped"] is False


def test_similar_leaves_out_the_seeds_versions_unless_all_are_asked_for(pier: InProcess) -> None:
    hits = json.loads(pier("similar", "ferry", "--json").out)["hits"]
    assert {hit["id"] for hit in hits} == {"other"}
    apart = json.loads(pier("similar", "ferry", "--all-versions", "--json").out)["hits"]
    assert {hit["id"] for hit in apart} >= {"live", "cover"}


def test_a_version_that_does_not_meet_the_condition_is_not_counted(pier: InProcess) -> None:
    hits = json.loads(pier("search", "late ferry", "--where", "year:2010", "--json").out)["hits"]
    assert [hit["id"] for hit in hits] == ["cover"]
    assert "versions" not in hits[0]


@pytest.mark.parametrize("command", ["search", "line"])
def test_a_batch_gives_each_version_by_itself_unless_a_row_is_grouped(
    pier: InProcess, tmp_path: Path, command: str
) -> None:
    rows = [{"id": "apart", "text": LINE}, {"id": "as one", "text": LINE, "grouped": True}]
    (tmp_path / "asked.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    for more in (["--no-explain"], []):
        told = pier(command, "--batch", tmp_path / "asked.jsonl", *more).out.splitlines()
        apart, as_one = (json.loads(line)["hits"] for line in told)
        assert {hit["id"] for hit in apart} >= GROUP
        assert not any("versions" in hit for hit in apart)
        shown = [hit for hit in as_one if hit["id"] in GROUP]
        assert len(shown) == 1
        assert {shown[0]["id"], *shown[0]["versions"]} == GROUP


def test_what_is_grouped_is_true_or_false(pier: InProcess, tmp_path: Path) -> None:
    (tmp_path / "asked.jsonl").write_text(json.dumps({"text": LINE, "grouped": "yes"}), encoding="utf-8")
    told = pier("search", "--batch", tmp_path / "asked.jsonl")
    assert told.code == 1
    assert "'grouped' is true or false" in told.err
