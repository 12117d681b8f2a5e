"""songkin export, import and tidy: what they say, and how they end."""

from __future__ import annotations

from pathlib import Path

from command_line import InProcess, fails_plainly

from songkin.library import Library


def test_a_library_goes_into_a_file_and_comes_back(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    told = songkin("export", "--out", str(tmp_path / "a.songkin"), "--json").document
    assert set(told) == {"path", "bytes", "songs", "passages"}
    assert told["bytes"] == (tmp_path / "a.songkin").stat().st_size
    checked = songkin("import", str(tmp_path / "a.songkin"), "--check", "--json").document
    assert (checked["songs"], checked["place"]) == (told["songs"], None)
    assert not (tmp_path / "new").exists()
    done = songkin("import", str(tmp_path / "a.songkin"), "-L", str(tmp_path / "new"), "--json").document
    assert set(done) == {"songs", "passages", "schema", "encoder", "made_by", "made_at", "place"}
    assert done["place"] == str(tmp_path / "new")
    assert Library.open(tmp_path / "new").store.counts() == Library.open(place).store.counts()


def test_what_is_said_without_json(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "a.songkin")
    assert songkin("export", "--out", file).out.startswith(f"6 songs in {file}, ")
    assert "it is whole" in songkin("import", file, "--check").out
    assert f"they are in {tmp_path / 'new'}" in songkin("import", file, "-L", str(tmp_path / "new")).out


def test_a_library_that_is_there_is_replaced_only_when_told(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "a.songkin")
    songkin("export", "--out", file)
    assert "write over it with --replace" in fails_plainly(songkin("export", "--out", file))
    new = ("-L", str(tmp_path / "new"))
    assert songkin("import", file, *new).code == 0
    assert "a library is there already" in fails_plainly(songkin("import", file, *new))
    assert songkin("import", file, *new, "--replace").code == 0


def test_songs_go_out_as_lines_and_come_back_unchanged(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    lines = str(tmp_path / "songs.jsonl")
    assert songkin("export", "--format", "jsonl", "--out", lines, "--json").document["songs"] == 6
    again = songkin("add", lines, "--json").document
    assert (again["unchanged"], again["changed"], again["added"], again["lost"]) == (6, 0, 0, 0)


def test_bad_files_and_wrong_usage(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    (tmp_path / "other.songkin").write_text("no library")
    assert "no library that songkin exported" in fails_plainly(
        songkin("import", str(tmp_path / "other.songkin"), "--check")
    )
    assert "no such file; name one that songkin export wrote" in fails_plainly(
        songkin("import", str(tmp_path / "missing"))
    )
    assert "nowhere" in fails_plainly(songkin("export", "--out", str(tmp_path / "nowhere" / "a")))
    assert "no library here" in fails_plainly(songkin("export", "--out", str(tmp_path / "a"), "-L", "nowhere"))
    assert not (tmp_path / "a").exists()
    for arguments in (("export",), ("export", "--out", "x", "--format", "csv"), ("import",)):
        assert songkin(*arguments).code == 2
    assert songkin("import", "x", "--check", "--replace").code == 2


def test_tidying_gives_back_what_info_counts(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    file, own = str(tmp_path / "a.songkin"), ("-L", str(tmp_path / "new"))
    songkin("export", "--out", file)
    songkin("import", file, *own)
    songkin("remove", "rain-1", *own)
    spare = songkin("info", "--json", *own).document["disk"]["spare"]
    assert spare > 0
    assert "MB more in older versions" in songkin("info", *own).out
    room = next(one for one in songkin("doctor", "--quick", "--json", *own).document if one["what"] == "room")
    assert "held by older versions" in room["said"]
    done = songkin("tidy", "--now", "--json", *own).document
    assert done["freed"] > 0
    assert done["disk"]["spare"] < spare / 2
    assert "freed" in songkin("tidy", *own).out
    assert songkin("search", "rain at night", *own).code == 0
