"""songkin add --listen: what is said and counted, bad usage, damaged files, and songs asked for by their sound."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from command_line import InProcess

sys.path.insert(0, str(Path(__file__).parent.parent / "library"))
from heard_music import clicks, folder, here, recording

from songkin.audio import listen_to_each
from songkin.library import listening


@pytest.fixture(autouse=True)
def _ear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "listen_to_each", here)


@pytest.fixture
def music(tmp_path: Path) -> Path:
    return folder(tmp_path / "Music", (90, 120, 124))


def test_songs_are_added_and_heard_in_one_go_and_a_second_time_nothing_is(songkin: InProcess, music: Path) -> None:
    said = songkin("add", "Music", "--listen", "-L", "L")
    assert (said.code, said.out) == (0, "3 songs read, 3 added, 0 changed, 0 unchanged, 3 encoded, 3 heard\n")
    said = songkin("add", "Music", "--listen", "-L", "L")
    assert said.out == "3 songs read, 0 added, 0 changed, 3 unchanged, 0 heard, 3 heard before\n"


def test_json_counts_heard_and_unheard_songs(songkin: InProcess, music: Path) -> None:
    (music / "cut.flac").write_bytes((music / "At 90.flac").read_bytes()[:4000])
    Path("songs.csv").write_text("id,title\nx,Words Only\n", encoding="utf-8")
    said = songkin("add", "Music", "songs.csv", "--listen", "--workers", "1", "-L", "L", "--json")
    assert said.code == 0
    assert (said.document["heard"], said.document["unheard"], said.document["lost"]) == (3, 2, 1)
    assert "cut.flac" in said.err


def test_a_file_that_cannot_be_heard_is_a_loss_where_strictness_is_asked_for(songkin: InProcess, music: Path) -> None:
    (music / "cut.flac").write_bytes((music / "At 90.flac").read_bytes()[:4000])
    said = songkin("add", "Music", "--listen", "--strict", "-L", "L")
    assert said.code == 1
    assert "1 lost" in said.out
    assert "--strict" in said.err


def test_a_library_is_heard_without_naming_its_files_again(songkin: InProcess, music: Path) -> None:
    songkin("add", "Music", "--no-encode", "-L", "L")
    assert "heard" not in songkin("info", "-L", "L").out
    said = songkin("add", "--listen", "-L", "L", "--no-encode")
    assert (said.code, said.out) == (0, "0 songs read, 0 added, 0 changed, 0 unchanged, 3 heard\n")
    assert "3 songs heard" in songkin("info", "-L", "L").out
    assert songkin("info", "-L", "L", "--json").document["heard"] == 3


def test_listening_where_there_is_no_library_is_told(songkin: InProcess, tmp_path: Path) -> None:
    said = songkin("add", "--listen", "-L", "nowhere")
    assert said.code == 1
    assert "no library here" in said.err


@pytest.mark.parametrize("arguments", [("--on", "ray://127.0.0.1:1"), ("--workers", "0")])
def test_workers_that_cannot_hear_are_wrong_usage(songkin: InProcess, music: Path, arguments: tuple[str, ...]) -> None:
    assert songkin("add", "Music", "--listen", *arguments, "-L", "L").code == 2


def test_songs_are_found_by_sound_with_conditions_weights_and_wishes(songkin: InProcess, music: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.2, 8 * 11_025).astype(np.float32)
    recording(music / "Noise.flac", noise)
    recording(music / "Soft.flac", clicks(120, gain=0.01))
    songkin("add", "Music", "--listen", "-L", "L")
    said = songkin("similar", "At 120", "--weights", "lyrics=0.7,sound=0.3", "-L", "L", "--json")
    assert said.code == 0, said.err
    assert said.document["query"]["weights"] == {"lyrics": 0.7, "sound": 0.3}
    assert {reason["channel"] for hit in said.document["hits"] for reason in hit["reasons"]} <= {
        "sound", "words", "meaning", "line",
    }  # fmt: skip
    by_sound = songkin("similar", "At 120", "--channels", "sound", "-L", "L", "--json").document["hits"]
    assert by_sound[0]["title"] in ("At 124", "Soft"), "struck as often, whatever its loudness"
    assert by_sound[0]["reasons"][0]["words"].startswith("sounds like it")
    loud = songkin("similar", "Soft", "--more", "loudness_db", "-L", "L", "--json").document["hits"]
    assert loud[0]["title"] != "Soft"
    soft = songkin("similar", "At 120", "--where", "loudness_db:..-30", "-L", "L", "--json").document["hits"]
    assert [hit["title"] for hit in soft] == ["Soft"]
    said = songkin("search", "loud", "--weights", "sound=2", "-L", "L", "--json")
    assert any("says nothing to words alone" in note for note in said.document["notes"])


@pytest.mark.slow
def test_worker_processes_hear_the_same(songkin: InProcess, music: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songkin("add", "Music", "--listen", "-L", "here")
    monkeypatch.setattr(listening, "listen_to_each", listen_to_each)
    said = songkin("add", "Music", "--listen", "--workers", "2", "-L", "there")
    assert said.out.endswith("3 heard\n")
    found = [songkin("similar", "At 120", "--channels", "sound", "-L", place, "--json") for place in ("here", "there")]
    assert found[0].document == found[1].document
