"""The machine-facing contract: every command's JSON, exit codes, and batches."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import ROWS, InProcess, fails_plainly, write_rows

from songkin.library import Library
from songkin.serve.cli.app import app
from songkin.serve.cli.printing import json_text

ASKING = ("search", "line", "similar", "playlist", "score", "explain", "exclude", "feedback", "token")
SERVING = ("serve", "mcp")
WHOLE = ("tidy", "export", "import", "shard")
SEEN = ("edit", "lyrics", "annotate", "clusters", "map", "info", "doctor")
KEPT = (*SEEN, *WHOLE, "evaluate", "datasets", "train", *SERVING)
COMMANDS = ("demo", "add", "remove", *ASKING, *KEPT)
REASON = {"channel": str, "share": float, "words": str}
HEAVY = ("numpy", "pyarrow", "lancedb", "onnxruntime", "rapidfuzz", "tokenizers")


# -- help and usage ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples_and_no_types_of_python(songkin: InProcess, command: str) -> None:
    said = songkin(command, "--help")
    assert said.code == 0
    assert "Examples:" in said.out
    assert f"\n songkin {command}" in said.out.partition("Examples:")[2]
    assert not any(kind in said.out for kind in ("<bool>", "<str>", "list["))


def test_every_command_is_tested_here() -> None:
    assert tuple(command.name for command in app.registered_commands) == COMMANDS


def test_help_lists_the_commands_and_loads_nothing_heavy() -> None:
    code = f"import sys; import songkin.serve.cli.app; print([name for name in {HEAVY} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_version_is_printed(songkin: InProcess) -> None:
    assert songkin("--version").out.startswith("songkin 0.")


@pytest.mark.parametrize(
    "arguments",
    [
        ("serch", "rain"),
        ("search",),
        ("search", "rain", "--batch", "x.jsonl"),
        ("search", "rain", "--out", "x.jsonl"),
        ("search", "rain", "--nosuch"),
        ("search", "rain", "-k", "0"),
        ("search", "rain", "-k", "many"),
        ("search", "rain", "--per-artist", "0"),
        ("similar",),
        ("line",),
        ("add",),
        ("add", "x.csv", "--no-encode", "--reencode"),
        ("remove",),
        ("explain", "Twin"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2(songkin: InProcess, place: Path, arguments: tuple[str, ...]) -> None:
    said = songkin(*arguments)
    assert said.code == 2
    assert said.out == ""
    assert "Traceback" not in said.err


# -- search, line, similar, explain ------------------------------------------------------------------------------------


def test_search_answers_in_the_shape_of_the_contract(songkin: InProcess, place: Path) -> None:
    said = songkin("search", "rain at night", "--where", "year:1990..", "-k", "2", "--json")
    assert said.code == 0
    assert said.err == ""
    answer = said.document
    assert set(answer) == {"query", "notes", "hits"}
    assert answer["query"]["text"] == "rain at night"
    assert answer["query"]["k"] == 2
    assert "1990" in answer["query"]["where"]
    assert answer["notes"] == ["1 of 6 songs have no year"]
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2]
    first = answer["hits"][0]
    assert set(first) == {"rank", "id", "title", "artists", "score", "reasons"}
    assert (first["id"], first["title"], first["artists"]) == ("rain-1", "Rain on Tin", ["Ada Moss"])
    assert 0 <= first["score"] <= 1
    for reason in first["reasons"]:
        assert set(reason) == {"channel", "share", "words", "line", "start_ms"}
        assert all(isinstance(reason[name], kind) for name, kind in REASON.items())
    assert any(reason["start_ms"] == 5000 for reason in first["reasons"])


def test_line_answers_in_the_same_shape_with_the_stamp(songkin: InProcess, place: Path) -> None:
    answer = songkin("line", "words I never sed", "--json").document
    assert set(answer) == {"query", "notes", "hits"}
    reason = answer["hits"][0]["reasons"][0]
    assert answer["hits"][0]["id"] == "rain-1"
    assert (reason["channel"], reason["line"], reason["start_ms"]) == ("line", "All the words I never said", 12500)


def test_similar_answers_with_what_was_asked_for(songkin: InProcess, place: Path) -> None:
    options = ("--more", "energy", "--less", "valence", "--unlike", "train-1", "--variety", "0.3", "--per-artist", "1")
    answer = songkin(
        "similar", "Ada Moss - Rain on Tin", *options, "--weights", "words=0.5,meaning=2", "--json"
    ).document
    assert answer["query"]["like"] == ["rain-1"]
    assert answer["query"]["unlike"] == ["train-1"]
    assert (answer["query"]["more"], answer["query"]["less"]) == (["energy"], ["valence"])
    assert answer["query"]["weights"] == {"words": 0.5, "meaning": 2.0}
    assert not {"rain-1", "train-1"} & {hit["id"] for hit in answer["hits"]}


def test_an_ambiguous_or_misspelt_name_is_noted(songkin: InProcess, place: Path) -> None:
    assert songkin("similar", "Twin", "--json").document["notes"][0].startswith("2 songs are called 'Twin'")
    assert (
        "was taken for" in songkin("search", "rain", "--like", "Ada Moss - Nite Train", "--json").document["notes"][0]
    )


def test_a_search_may_be_a_like_alone(songkin: InProcess, place: Path) -> None:
    answer = songkin("search", "--like", "rain-1", "--json").document
    assert answer["query"]["like"] == ["rain-1"]
    assert answer["hits"]


def test_parts_and_channels_are_honoured(songkin: InProcess, place: Path) -> None:
    for options in (("--in", "description"), ("--in", "lyrics"), ("--channels", "meaning")):
        answer = songkin("search", "umbrella march", *options, "-k", "1", "--json").document
        assert answer["hits"][0]["id"] == "rain-2"
    assert {reason["channel"] for reason in answer["hits"][0]["reasons"]} == {"meaning"}


def test_explain_gives_the_rank_and_the_reasons(songkin: InProcess, place: Path) -> None:
    answer = songkin("explain", "Night Train", "--against", "a train home", "--json").document
    assert set(answer) == {"query", "notes", "hits", "rank", "of"}
    assert answer["rank"] == answer["hits"][0]["rank"] == 1
    assert answer["of"] == len(ROWS)


def test_a_table_shows_the_song_the_score_and_why(songkin: InProcess, place: Path) -> None:
    said = songkin("search", "rain at night", "--where", "year:1990..")
    for shown in ("Rain on Tin", "Ada Moss, 1994", "words", "“Rain is drumming on the tin above my bed”", "[0:05]"):
        assert shown in said.out
    assert said.out.count("“Rain is drumming") == 1
    assert said.err == "note: 1 of 6 songs have no year\nnote: 5 of 6 songs meet the condition: year from 1990\n"
    assert songkin("search", "rain", "--where", "year:1800").out == "No song found.\n"


def test_no_line_of_a_table_is_wider_than_a_page(songkin: InProcess, place: Path) -> None:
    for arguments in (("search", "rain at night"), ("similar", "rain-1", "--more", "energy"), ("info",)):
        assert max(map(len, songkin(*arguments).out.splitlines())) <= 100


# -- what cannot be met ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("search", ""), "the request is empty"),
        (("search", "  "), "the request is empty"),
        (("line", ""), "the line is empty"),
        (("explain", "Twin", "--against", ""), "the request is empty"),
        (("search", "rain", "--where", "yeer:1990"), "did you mean 'year'?"),
        (("search", "rain", "--where", "year:abc"), "year takes a number or a range such as 1990..1999, not 'abc'"),
        (("search", "rain", "--where", "nosuch:1"), "there is no field 'nosuch'"),
        (("search", "rain", "--more", "enrgy"), "did you mean 'energy'?"),
        (("search", "rain", "--more", "energy", "--less", "energy"), "wished both more and less"),
        (("search", "rain", "--weights", "x"), "'x' is no weight; write --weights words=0.5,meaning=2"),
        (("search", "rain", "--weights", "words=nan"), "a number, not nan"),
        (("search", "rain", "--weights", "words=-1"), "weights start at 0"),
        (("search", "rain", "--weights", "smell=1"), "no channel is called 'smell'; there are meaning, words"),
        (("search", "rain", "--channels", "smell"), "no channel is called 'smell'"),
        (("search", "rain", "--in", "nosuch"), "--in takes all, lyrics or description"),
        (("search", "rain", "--variety", "2"), "variety is 2; it lies between 0"),
        (("search", "rain", "--like", "Zebra Xylophone"), "no song here is called 'Zebra Xylophone'"),
        (("similar", "Night Tram Lane"), "near: Ada Moss - Night Train"),
        (("explain", "nobody knows", "--against", "rain"), "no song here is called"),
        (("search", "--batch", "nosuch.jsonl"), "nosuch.jsonl: cannot be read"),
        (("remove", "nobody"), "no song has the id 'nobody'"),
        (("info", "-L", "nowhere"), "no library here; make one with: songkin add"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_cannot_be_met_is_said_in_one_line(
    songkin: InProcess, place: Path, arguments: tuple[str, ...], expected: str
) -> None:
    said = songkin(*arguments)
    assert expected in fails_plainly(said)
    assert said.out == ""


def test_timing_says_where_the_time_of_a_request_went(songkin: InProcess, place: Path) -> None:
    said = songkin("search", "rain", "--timing", "-L", place).out
    assert "understand" in said
    assert re.search(r"in all +\d+\.\d ms\n\d+ fetches from the store", said)
    told = json.loads(songkin("search", "rain", "--timing", "--json", "-L", place).out)["timing"]
    assert {"understand", "words", "explain"} <= set(told["steps_ms"])
    assert told["total_ms"] > 0
    assert told["store"]["fetches"] > 0
    assert "timing" not in json.loads(songkin("search", "rain", "--json", "-L", place).out)
    assert songkin("search", "--batch", "x.jsonl", "--timing", "-L", place).code == 2


def test_an_error_leaves_stdout_empty_with_json_too(songkin: InProcess, place: Path) -> None:
    said = songkin("search", "rain", "--where", "yeer:1990", "--json")
    assert "yeer" in fails_plainly(said)
    assert said.out == ""


# -- batches -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [(), ("--no-explain",)])
def test_a_batch_comes_back_in_order(songkin: InProcess, place: Path, tmp_path: Path, options: tuple[str, ...]) -> None:
    rows = [
        {"id": "q1", "text": "umbrella march"},
        {"id": 2, "text": "train", "where": "genre:country"},
        {"id": "q3", "text": "harbour", "k": 1},
        {"text": "mirror", "in": "description", "channels": ["words"]},
    ]
    write_rows(tmp_path / "in.jsonl", rows)
    said = songkin("search", "--batch", "in.jsonl", "--out", "out.jsonl", "-k", "2", *options)
    assert (said.code, said.out, said.err) == (0, "", "")
    answers = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [answer["id"] for answer in answers] == ["q1", 2, "q3", "4"]
    assert [answer["hits"][0]["id"] for answer in answers[:3]] == ["rain-2", "train-1", "007"]
    assert [len(answer["hits"]) for answer in answers] == [2, 1, 1, 2]
    for hit in (hit for answer in answers for hit in answer["hits"]):
        assert set(hit) == ({"id", "score"} if options else {"rank", "id", "title", "artists", "score", "reasons"})


@pytest.mark.parametrize("options", [(), ("--no-explain",)])
def test_bad_rows_are_named_and_the_rest_is_answered(
    songkin: InProcess, place: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    good = {"id": "good", "text": "train", "k": 1}
    bad = [
        "{broken",
        "[1, 2]",
        "[" * 100_000,
        {"id": "b", "text": ""},
        {"id": "b", "text": 5},
        {"id": "b", "txt": "x"},
        {"id": "b", "text": "x", "where": "yeer:1"},
        {"id": "b", "text": "x", "k": 0},
        {"id": "b", "text": "x", "k": "ten"},
        {"id": "b", "text": "x", "k": 2.5},
        {"id": "b", "text": "x", "variety": "much"},
        {"id": "b", "text": "x", "per_artist": 0},
        {"id": "b", "text": "x", "weights": {"words": "x"}},
        {"id": "b", "text": "x", "weights": [1]},
        {"id": "b", "text": "x", "weights": {"smell": 1}},
        {"id": "b", "text": "x", "channels": ["smell"]},
        {"id": "b", "text": "x", "more": ["nosuch"]},
        {"id": "b", "text": "x", "in": "nosuch"},
        {"id": "b", "like": ["nobody at all"]},
        {"id": "b", "like": [7]},
        {"id": "b", "like": 7},
    ]
    write_rows(tmp_path / "in.jsonl", ["", *(row for one in bad for row in (one, good))])
    said = songkin("search", "--batch", "in.jsonl", *options)
    assert said.code == 1
    lines = said.err.splitlines()
    assert len(lines) == len(bad) + 1
    assert lines[-1] == f"songkin: in.jsonl: {len(bad)} requests could not be met (named above); the rest was answered"
    for number, line in enumerate(lines[:-1]):
        assert line.startswith(f"songkin: in.jsonl:{2 * number + 2}: ")
    assert len(said.rows) == 2 * len(bad)
    for wrong, right in zip(said.rows[::2], said.rows[1::2], strict=True):
        assert wrong["hits"] == []
        assert wrong["error"].startswith("in.jsonl:")
        assert [hit["id"] for hit in right["hits"]] == ["train-1"]


def test_a_batch_takes_its_defaults_from_the_flags(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    write_rows(
        tmp_path / "in.jsonl", [{"id": "q", "text": "rain"}, {"id": "own", "text": "rain", "where": "genre:pop"}]
    )
    said = songkin("search", "--batch", "in.jsonl", "--where", "genre:folk", "--unlike", "train-1", "--no-explain")
    assert [[hit["id"] for hit in row["hits"]] for row in said.rows] == [["rain-1"], ["rain-2"]]


def test_similar_in_batches(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    write_rows(
        tmp_path / "in.jsonl", [{"id": "q1", "like": ["rain-1"], "more": ["energy"]}, {"id": "q2", "like": "007"}]
    )
    for options in ((), ("--no-explain",)):
        said = songkin("similar", "--batch", "in.jsonl", "-k", "3", *options)
        assert said.code == 0
        assert [row["id"] for row in said.rows] == ["q1", "q2"]
        assert all(row["hits"] for row in said.rows)
        assert "rain-1" not in {hit["id"] for hit in said.rows[0]["hits"]}


def test_lines_in_batches(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    rows = [{"id": "l1", "text": "sparks along the rail"}, {"id": "l2", "text": "march until the sun is out"}]
    write_rows(tmp_path / "in.jsonl", [*rows, {"id": "l3", "like": ["007"]}, {"id": "l4", "text": "?!"}])
    for options in ((), ("--no-explain",)):
        said = songkin("line", "--batch", "in.jsonl", *options)
        assert [row["id"] for row in said.rows] == ["l1", "l2", "l3", "l4"]
        assert [row["hits"][0]["id"] for row in said.rows[:2]] == ["train-1", "rain-2"]
        assert said.rows[2]["hits"] == said.rows[3]["hits"] == []


def test_a_batch_that_cannot_be_written_is_told(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", [{"id": "q", "text": "rain"}])
    assert "cannot be written" in fails_plainly(songkin("search", "--batch", "in.jsonl", "--out", "no/such/out.jsonl"))
    assert "the file of requests itself" in fails_plainly(songkin("search", "--batch", "in.jsonl", "--out", "in.jsonl"))
    assert (tmp_path / "in.jsonl").stat().st_size > 0
    (tmp_path / "empty.jsonl").touch()
    assert songkin("search", "--batch", "empty.jsonl") == (0, "", "")


def test_letters_that_the_output_lacks_are_escaped() -> None:
    assert json_text({"id": "Lüge"}, "utf-8") == '{"id": "Lüge"}'
    assert json_text({"id": "Lüge"}, "ascii") == '{"id": "L\\u00fcge"}'
    assert json_text({"id": "\ud83d"}, "utf-8") == '{"id": "\\ud83d"}'


# -- add, remove, info, doctor, demo -----------------------------------------------------------------------------------


def test_add_counts_what_came_and_a_second_time_all_is_unchanged(songkin: InProcess, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    first = songkin("add", "songs.jsonl", "-L", "L", "--json")
    assert (first.code, first.err) == (0, "")
    wanted = {"read": 6, "added": 6, "changed": 0, "unchanged": 0, "lost": 0}
    assert {name: first.document[name] for name in wanted} == wanted
    again = songkin("add", "songs.jsonl", "-L", "L")
    assert again.out == "6 songs read, 0 added, 0 changed, 6 unchanged\n"
    assert again.err.startswith("songs.jsonl: jsonl (one JSON object a line); id, title")
    assert len(again.err.splitlines()) == 1


def test_losses_are_counted_notes_are_told_and_strict_refuses_both(songkin: InProcess, tmp_path: Path) -> None:
    (tmp_path / "part.csv").write_text("id,title,year\n1,A,-5\n2,B,1999\n", encoding="utf-8")
    (tmp_path / "lost.csv").write_text("id,title\n1,A\n1,again\n2,B\n", encoding="utf-8")
    part = songkin("add", "part.csv", "-L", "L", "--json")
    assert (part.code, part.document["read"], part.document["lost"]) == (0, 2, 0)
    assert part.err == "note: part.csv:2: column 'year': year -5 is not a year; the song is kept without it\n"
    lost = songkin("add", "lost.csv", "-L", "M", "--json")
    assert (lost.code, lost.document["read"], lost.document["lost"]) == (0, 2, 1)
    assert lost.err.startswith("lost: lost.csv:3: ")
    for name, place in (("part.csv", "N"), ("lost.csv", "O")):
        strict = songkin("add", name, "-L", place, "--strict", "--json")
        assert "--strict" in fails_plainly(strict)
        assert strict.document["added"] == 2


def test_many_losses_are_cut_for_people_and_whole_for_programs(songkin: InProcess, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", [{"id": "1", "title": "A"}, *["{broken"] * 30])
    shown = songkin("add", "songs.jsonl", "-L", "L").err
    assert shown.count("lost: songs.jsonl:") == 20
    assert "lost: and 10 more (--json names them all)" in shown
    assert songkin("add", "songs.jsonl", "-L", "L", "--json").err.count("lost: songs.jsonl:") == 30


def test_songs_go_by_id(songkin: InProcess, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    songkin("add", "songs.jsonl", "-L", "L")
    assert songkin("remove", "007", "nobody", "-L", "L", "--json").document == {"removed": 1, "unknown": 1}
    assert songkin("remove", "rain-1", "nobody", "-L", "L").out == "1 removed, 1 ids unknown\n"
    none = songkin("remove", "nobody", "-L", "L", "--json")
    assert none.document == {"removed": 0, "unknown": 1}
    assert "no song has the id 'nobody'" in fails_plainly(none)
    assert Library.open("L").info()["songs"] == 4


def test_info_says_what_is_there_and_what_is_missing(songkin: InProcess, place: Path) -> None:
    about = songkin("info", "--json").document
    assert {"songs", "passages", "encoders", "missing"} <= set(about)
    assert about["songs"] == len(ROWS)
    assert about["missing"]["lyrics"] == 2
    assert about["missing"]["year"] == 1
    shown = songkin("info").out
    for line in ("songs      6 in", "genres     country 1, folk 1, jazz 1, pop 1", "features   energy, valence"):
        assert line in shown


def test_names_in_brackets_are_shown_as_they_are(songkin: InProcess, tmp_path: Path) -> None:
    write_rows(tmp_path / "songs.jsonl", [{"id": "1", "title": "[bold]Loud[/bold]", "artist": "[red]", "genre": "[x]"}])
    songkin("add", "songs.jsonl", "-L", "[L]")
    assert "[bold]Loud[/bold]" in songkin("search", "loud", "-L", "[L]").out
    assert "library    [L]" in songkin("info", "-L", "[L]").out
    assert "[L]" in songkin("doctor", "--quick", "-L", "[L]").out


def test_doctor_finds_a_library_in_order(songkin: InProcess, place: Path) -> None:
    findings = songkin("doctor", "--quick", "--json")
    assert findings.code == 0
    assert {finding["what"] for finding in findings.document} >= {"python", "encoder", "library", "search", "writer"}
    assert all(finding["ok"] for finding in findings.document)
    assert all(line.startswith("ok   ") for line in songkin("doctor", "--quick").out.splitlines())


def test_doctor_says_what_is_wrong_and_ends_with_1(songkin: InProcess, tmp_path: Path) -> None:
    (tmp_path / "L" / "facts.lance" / "_versions").mkdir(parents=True)
    (tmp_path / "L" / "facts.lance" / "_versions" / "1.manifest").write_text("damaged")
    said = songkin("doctor", "--quick", "-L", "L", "--json")
    assert said.code == 1
    assert [finding["what"] for finding in said.document if not finding["ok"]]
    assert "bad  library: " in songkin("doctor", "--quick", "-L", "L").out


def test_the_demo_ends_by_itself(songkin: InProcess, tmp_path: Path) -> None:
    said = songkin("demo", "--keep", "kept", "--json")
    assert said.code == 0
    assert said.document["added"]["added"] >= 120
    assert len(said.document["ways"]) >= 3
    assert all(way["hits"] and way["command"].startswith("songkin ") for way in said.document["ways"])
    assert sum(theme["songs"] for theme in said.document["themes"]) > 100
    assert [own["id"] for own in said.document["labels"] if own["genre"]] == ["demo-017", "demo-036"]
    assert songkin("search", "rain", "-L", "kept", "--json").document["hits"]
    assert "songs we wrote, unchanged, read again in " in songkin("demo", "--keep", "kept").out


def test_the_demo_without_label_heads_says_how_to_get_them(songkin: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.annotate.folder.PACKAGE", "songkin_labels_that_nobody_installed")
    said = songkin("demo")
    assert said.code == 0
    assert "What the library sings about" in said.out
    assert "songkin[labels]" in said.err
