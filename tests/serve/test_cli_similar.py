"""`songkin similar`: the published strategy, and songs described by hand."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import InProcess, write_rows

TIN = (
    "The rain is drumming on the tin tonight, above my bed the rain\nWords I never said to you, rain on the tin again\n"
)
VERSES = (
    f"{TIN * 2}\nAll the words above my bed, all the rain that drums on the tin\nAll the quiet night it rains\n" * 2
)


def ids(said: Any) -> list[str]:
    return [hit["id"] for hit in said.document["hits"]]


def test_clusters_keep_to_the_conditions_and_say_so(songkin: InProcess, place: Path) -> None:
    said = songkin("similar", "rain-1", "--strategy", "clusters", "--clusters", "2", "--more", "energy", "--json")
    assert said.code == 0, said.err
    assert said.document["query"]["strategy"] == "clusters=2"
    for hit in said.document["hits"]:
        (reason,) = hit["reasons"]
        assert reason["channel"] == "clusters"
        assert "distance 0." in reason["words"]
        assert "> 0.2" in reason["words"]
    assert any("take no part" in note for note in said.document["notes"])


def test_cosine_is_the_same_without_clusters_for_search_too(songkin: InProcess, place: Path) -> None:
    for arguments in (("similar", "rain-1"), ("search", "rain on the tin")):
        said = songkin(*arguments, "--strategy", "cosine", "--where", "genre:pop", "--json")
        assert ids(said) == ["rain-2"]


def test_the_table_names_cluster_and_distance(songkin: InProcess, place: Path) -> None:
    said = songkin("similar", "rain-1", "--strategy", "cosine", "--less", "valence", "--more", "energy")
    assert said.code == 0
    assert "No song found." in said.out
    assert "0 of the 4 songs with lyrics meet the conditions: energy > 0.2, valence < 0.3" in said.err.replace(
        "\n", " "
    )


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--strategy", "cluster"), 1, "no strategy is called 'cluster'; did you mean 'clusters'?"),
        (("--strategy", "clusters", "--channels", "words"), 1, "leave out --channels"),
        (("--clusters", "3"), 2, "--clusters goes with"),
        (("--strategy", "cosine", "--clusters", "3"), 2, "--clusters goes with"),
        (("--strategy", "clusters", "--clusters", "0"), 2, "--clusters"),
        (("--strategy", "keyword"), 1, "no strategy is called 'keyword'; did you mean 'keywords'?"),
    ],
)
def test_a_strategy_that_means_nothing(
    songkin: InProcess, place: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    answer = songkin("similar", "rain-1", *arguments)
    assert answer.code == code
    assert answer.out == ""
    assert said in " ".join(answer.err.split())


def test_a_lyrics_file_stands_for_a_song(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    (tmp_path / "new.lrc").write_text(f"[ti:New]\n[00:01.00]{VERSES}", encoding="utf-8")
    said = songkin("similar", "--lyrics", "new.lrc", "--features", "energy=0.3, valence=0.3", "-k", "2", "--json")
    assert said.code == 0, said.err
    assert ids(said)[0] == "rain-1"
    assert said.document["query"]["features"] == {"energy": 0.3, "valence": 0.3}
    words = [reason["words"] for reason in said.document["hits"][0]["reasons"]]
    assert any("the given song" in word for word in words)


def test_a_dash_reads_the_lyrics_from_stdin(songkin: InProcess, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(VERSES.encode())))
    assert ids(songkin("similar", "--lyrics", "-", "--json"))[0] == "rain-1"


@pytest.mark.parametrize("strategy", ["clusters", "cosine"])
def test_the_published_way_takes_a_song_from_outside(
    songkin: InProcess, place: Path, tmp_path: Path, strategy: str
) -> None:
    (tmp_path / "new.txt").write_text(VERSES, encoding="utf-8")
    said = songkin("similar", "--lyrics", "new.txt", "--features", "energy=0.1", "--more", "energy",
                   "--strategy", strategy, "--json")  # fmt: skip
    assert ids(said)[0] == "rain-1"
    assert "energy 0.2 > 0.1" in said.document["hits"][0]["reasons"][0]["words"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--features", "enrgy=0.3"), "no song here has a feature called 'enrgy'; did you mean 'energy'?"),
        (("--features", "energy=nan"), "'energy=nan' is no feature's value; write --features valence=0.7"),
        (("--features", "energy"), "'energy' is no feature's value"),
        (("--features", "energy=0.3,energy=0.4"), "'energy' is given twice"),
        (("--features", ""), "the request is empty"),
        (("--lyrics", "nowhere.txt"), "nowhere.txt: cannot be read"),
        (("--lyrics", "."), ".: cannot be read"),
        (("--lyrics", "empty.txt"), "empty.txt: holds no words that are sung"),
        (("--lyrics", "noise.bin"), "noise.bin: is no text"),
        (("--lyrics", "huge.txt"), "huge.txt: holds more than 1 MB"),
    ],
)
def test_what_describes_no_song_is_one_line_with_the_cure(
    songkin: InProcess, place: Path, tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    (tmp_path / "empty.txt").write_text(" \n")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "huge.txt").write_bytes(b"rain\n" * 300_000)
    answer = songkin("similar", *arguments)
    assert answer.code == 1
    assert answer.out == ""
    assert said in answer.err
    assert answer.err.count("\n") == 1


def test_lyrics_and_a_batch_are_wrong_usage(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    write_rows(tmp_path / "in.jsonl", [{"like": ["rain-1"]}])
    assert songkin("similar", "--lyrics", "x.txt", "--batch", "in.jsonl").code == 2


def test_rows_carry_strategies_lyrics_and_features(songkin: InProcess, place: Path, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "like": ["rain-1"], "strategy": "cosine", "where": "genre:pop"},
        {"id": "b", "lyrics": VERSES, "features": {"energy": 0.1}, "more": ["energy"], "strategy": "clusters=2"},
        {"id": "c", "features": {"energy": 0.9, "valence": 0.8}},
        {"id": "d", "lyrics": "never said"},
        {"id": "e", "features": {"energy": "loud"}},
        {"id": "f", "features": ["energy"]},
        {"id": "g", "like": ["rain-1"], "strategy": 3},
        {"id": "h", "like": ["rain-1"], "strategy": "magic"},
    ]
    for more in ((), ("--no-explain",)):
        said = songkin("similar", "--batch", write_rows(tmp_path / "in.jsonl", rows), *more)
        assert said.code == 1
        answers = {row["id"]: row for row in said.rows}
        first = {name: answers[name]["hits"][0]["id"] for name in "abcd"}
        assert first == {"a": "rain-2", "b": "rain-1", "c": "rain-2", "d": "rain-1"}
        assert "'energy' is a number, not 'loud'" in answers["e"]["error"]
        assert "'features' maps features to numbers" in answers["f"]["error"]
        assert "'strategy' is a text" in answers["g"]["error"]
        assert "no strategy is called 'magic'; there are clusters, cosine" in answers["h"]["error"]


def test_the_strategy_of_the_command_line_is_the_default_of_its_rows(
    songkin: InProcess, place: Path, tmp_path: Path
) -> None:
    write_rows(tmp_path / "in.jsonl", [{"id": "a", "like": ["rain-1"]}])
    said = songkin("similar", "--batch", "in.jsonl", "--strategy", "cosine")
    assert {reason["channel"] for hit in said.rows[0]["hits"] for reason in hit["reasons"]} == {"cosine"}
    assert json.loads(said.out)["id"] == "a"
