"""`songkin score`: two songs with reasons, and files of pairs by the contract."""

from __future__ import annotations

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import InProcess, Said, fails_plainly, write_rows

from little_heads import lyrics
from little_scores import basis
from songkin.library import Library, Reading
from songkin.library.score_basis import Plainly
from songkin.testing import ToyEncoder

SONGS: list[dict[str, Any]] = [
    {"id": "c1", "title": "Truck", "artist": "Ann", "lyrics": lyrics(100), "genre": "country", "year": 1971},
    {"id": "c2", "title": "Barn", "artist": "Ann", "lyrics": lyrics(104), "genre": "country", "year": 1972},
    {"id": "c1-live", "title": "Truck (Live)", "artist": "Ann", "lyrics": lyrics(100)},
    {"id": "007", "title": "Block", "artist": "Bob", "lyrics": lyrics(103), "genre": "rap", "year": 2008},
    {"id": "bare", "title": "Nothing"},
]
PAIRS = [("c1", "c2"), ("c1", "007"), ("c1", "c1-live"), ("007", "007"), ("c2", "c1")]


@pytest.fixture(autouse=True)
def _little_space(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("score_basis", "score_files"):
        monkeypatch.setattr(f"songkin.library.{module}.shipped_basis", lambda **how: basis())


@pytest.fixture
def catalogue(tmp_path: Path) -> Path:
    return write_rows(tmp_path / "songs.jsonl", SONGS)


@pytest.fixture
def library(catalogue: Path, tmp_path: Path) -> Path:
    Library.add(Reading.of([catalogue]).songs(), tmp_path / "L")
    return tmp_path / "L"


def pairs(place: Path, rows: list[Any], header: str = "a,b") -> Path:
    place.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return place


def scores(place: Path) -> dict[tuple[str, str], str]:
    with place.open(encoding="utf-8", newline="") as file:
        return {(row["a"], row["b"]): row["score"] for row in csv.DictReader(file)}


# -- two songs ---------------------------------------------------------------------------------------------------------


def test_two_songs_have_a_score_and_reasons(songkin: InProcess, library: Path) -> None:
    said = songkin("score", "Ann - Truck", "c2", "-L", library)
    assert said.code == 0
    assert "Ann - Truck | Ann - Barn" in said.out
    assert "both: country" in said.out


def test_json_is_one_document(songkin: InProcess, library: Path, catalogue: Path) -> None:
    found = songkin("score", "Truck", "007", "-L", library, "--json").document
    assert list(found) == ["a", "b", "score", "notes", "reasons"]
    assert found["a"] == {"id": "c1", "title": "Truck", "artists": ["Ann"]}
    assert 0 <= found["score"] < 0.5
    assert set(found["reasons"][0]) == {"channel", "share", "words", "line", "start_ms"}
    assert songkin("score", "c1", "007", "--songs", catalogue, "--json").document["score"] == found["score"]
    assert songkin("score", "c1", "c1", "-L", library, "--json").document["score"] == 1.0


def test_a_song_of_which_nothing_is_known_has_no_score_and_a_note(songkin: InProcess, catalogue: Path) -> None:
    said = songkin("score", "c1", "bare", "--songs", catalogue, "--json")
    assert said.document["score"] is None
    assert said.document["notes"][0] == "'bare' has neither words nor descriptors"
    assert "no score" in songkin("score", "c1", "bare", "--songs", catalogue).out


def test_a_name_that_means_nothing_is_told(songkin: InProcess, library: Path, catalogue: Path) -> None:
    assert "no song here is called 'zzz'" in fails_plainly(songkin("score", "zzz", "c1", "-L", library))
    assert "no song of the file is called 'zzz'" in fails_plainly(songkin("score", "zzz", "c1", "--songs", catalogue))


def test_without_labels_the_cure_is_noted(
    songkin: InProcess, library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.library.score_basis.shipped_basis", lambda **how: Plainly(ToyEncoder()))
    assert "pip install 'songkin[labels]'" in songkin("score", "c1", "c2", "-L", library).err
    given = pairs(tmp_path / "p.csv", PAIRS)
    said = songkin("score", "--pairs", given, "--out", tmp_path / "s.csv", "-L", library)
    assert said.err.count("pip install 'songkin[labels]'") == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("one",),
        ("one", "two", "three"),
        ("one", "two", "--pairs", "p.csv", "--out", "s.csv"),
        ("--pairs", "p.csv"),
        ("one", "two", "--out", "s.csv"),
        ("one", "two", "--songs", "songs.csv", "-L", "L"),
        (),
    ],
)
def test_wrong_usage_is_exit_code_2(songkin: InProcess, arguments: tuple[str, ...]) -> None:
    assert songkin("score", *arguments).code == 2


@pytest.mark.parametrize(
    ("weights", "said"),
    [("melody=1", "no part 'melody'"), ("lyrics=0,sound=0", "both count 0"), ("sound", "no weight")],
)
def test_wrong_weights_are_named(songkin: InProcess, library: Path, weights: str, said: str) -> None:
    assert said in fails_plainly(songkin("score", "c1", "c2", "-L", library, "--weights", weights))


# -- files of pairs ----------------------------------------------------------------------------------------------------


def test_a_file_of_pairs_gets_a_score_a_row_in_order(songkin: InProcess, library: Path, tmp_path: Path) -> None:
    given = pairs(tmp_path / "p.csv", PAIRS)
    said = songkin("score", "--pairs", given, "--out", tmp_path / "s.csv", "-L", library)
    assert said.code == 0, said.err
    assert "5 pairs: 5 scored" in said.out
    lines = (tmp_path / "s.csv").read_text("utf-8").splitlines()
    assert lines[0] == "a,b,score"
    found = scores(tmp_path / "s.csv")
    assert list(found) == PAIRS
    assert all(0 <= float(score) <= 1 for score in found.values())
    assert found["c1", "c2"] == found["c2", "c1"]
    assert float(found["c1", "c1-live"]) == float(found["007", "007"]) == 1.0
    assert float(found["c1", "c2"]) > float(found["c1", "007"])


def test_a_catalogue_gives_what_a_library_gives(
    songkin: InProcess, library: Path, catalogue: Path, tmp_path: Path
) -> None:
    given = pairs(tmp_path / "p.csv", PAIRS)
    songkin("score", "--pairs", given, "--out", tmp_path / "one.csv", "-L", library)
    songkin("score", "--pairs", given, "--out", tmp_path / "two.csv", "--songs", catalogue)
    assert scores(tmp_path / "one.csv") == scores(tmp_path / "two.csv")


def test_what_cannot_be_scored_is_told_with_its_line_and_the_rest_goes_on(
    songkin: InProcess, library: Path, tmp_path: Path
) -> None:
    rows = [("c1", "c2"), ("c1", "none"), ("c1",), ("bare", "c2"), ("c2", "007")]
    given = pairs(tmp_path / "p.csv", rows)
    said = songkin("score", "--pairs", given, "--out", tmp_path / "s.csv", "-L", library, "--json")
    assert said.code == 0
    assert said.document == {"pairs": 5, "scored": 2, "unscored": 3, "out": str(tmp_path / "s.csv")}
    told = [line for line in said.err.splitlines() if line.startswith("no score: ")]
    assert told == [
        f"no score: {given}:3: no song has the id 'none'",
        f"no score: {given}:4: no song has the id ''",
        f"no score: {given}:5: 'bare' has neither words nor descriptors",
    ]
    assert list(scores(tmp_path / "s.csv").values())[1:4] == ["", "", ""]


def test_where_no_pair_can_be_scored_nothing_is_written(songkin: InProcess, library: Path, tmp_path: Path) -> None:
    target = tmp_path / "s.csv"
    target.write_text("before", "utf-8")
    for rows, said in (([("x", "y")], "named above"), ([], "it has none")):
        given = pairs(tmp_path / "p.csv", rows)
        assert said in fails_plainly(songkin("score", "--pairs", given, "--out", target, "-L", library))
        assert target.read_text("utf-8") == "before"


def test_many_losses_are_counted_after_the_first_ones(songkin: InProcess, library: Path, tmp_path: Path) -> None:
    given = pairs(tmp_path / "p.csv", [("c1", "c2"), *(("c1", f"x{number}") for number in range(50))])
    said = songkin("score", "--pairs", given, "--out", tmp_path / "s.csv", "-L", library)
    assert said.err.count("no score: ") == 21
    assert "30 more pairs" in said.err


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet"])
def test_pairs_come_in_every_format_with_other_columns_beside(
    songkin: InProcess, library: Path, tmp_path: Path, ending: str
) -> None:
    given = tmp_path / f"p{ending}"
    rows = [{"weight": 3, "b": "c2", "a": "c1"}, {"weight": 4, "b": "007", "a": "c1"}]
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), given)
    elif ending == ".jsonl":
        write_rows(given, rows)
    else:
        with given.open("w", newline="", encoding="utf-8-sig") as file:
            writer = csv.DictWriter(file, rows[0], delimiter="\t" if ending == ".tsv" else ",")
            writer.writeheader()
            writer.writerows(rows)
    assert songkin("score", "--pairs", given, "--out", tmp_path / "s.csv", "-L", library).code == 0
    assert list(scores(tmp_path / "s.csv")) == [("c1", "c2"), ("c1", "007")]


def test_scores_go_into_every_format(songkin: InProcess, library: Path, tmp_path: Path) -> None:
    given = pairs(tmp_path / "p.csv", [("c1", "c2"), ("c1", "bare")])
    for ending in (".csv", ".jsonl", ".parquet"):
        assert songkin("score", "--pairs", given, "--out", tmp_path / f"s{ending}", "-L", library).code == 0
    rows = [json.loads(line) for line in (tmp_path / "s.jsonl").read_text("utf-8").splitlines()]
    assert rows == pq.read_table(tmp_path / "s.parquet").to_pylist()
    assert [list(row) for row in rows] == [["a", "b", "score"]] * 2
    assert rows[1]["score"] is None
    assert rows[0]["score"] == float(next(iter(scores(tmp_path / "s.csv").values())))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("p.csv", "one,two\nc1,c2\n", "has no column 'a' (there is one, two); its first line names a,b"),
        ("p.csv", "", "has no column 'a' (there is nothing)"),
        ("p.parquet", "no parquet", "cannot be read"),
        ("p.txt", "a,b\n", "pairs come in a file that ends in .csv"),
        ("p.jsonl", "not json\n[1]\n", "no pair could be scored"),
    ],
)
def test_a_file_that_is_none_of_pairs_is_named(
    songkin: InProcess, library: Path, tmp_path: Path, name: str, content: str, said: str
) -> None:
    (tmp_path / name).write_text(content, "utf-8")
    arguments = ("--pairs", tmp_path / name, "--out", tmp_path / "s.csv", "-L", library)
    assert said in fails_plainly(songkin("score", *arguments))
    assert not (tmp_path / "s.csv").exists()


@pytest.mark.parametrize("out", ["s.txt", "p.csv", "no/such/s.csv"])
def test_a_place_where_no_scores_can_go_is_named_before_any_work(songkin: InProcess, tmp_path: Path, out: str) -> None:
    pairs(tmp_path / "p.csv", PAIRS)
    fails_plainly(songkin("score", "--pairs", tmp_path / "p.csv", "--out", tmp_path / out, "-L", "nowhere"))


def test_a_missing_file_of_pairs_is_named(songkin: InProcess, library: Path, tmp_path: Path) -> None:
    said = songkin("score", "--pairs", tmp_path / "none.csv", "--out", tmp_path / "s.csv", "-L", library)
    assert "none.csv: cannot be read (No such file or directory)" in fails_plainly(said)


def test_hundred_thousand_pairs_take_seconds(songkin: InProcess, tmp_path: Path) -> None:
    rows = [
        {"id": f"s{number}", "title": f"T{number}", "genre": ("rap", "country")[number % 2]} for number in range(320)
    ]
    songs = write_rows(tmp_path / "many.jsonl", rows)
    given = pairs(tmp_path / "p.csv", list(itertools.permutations([row["id"] for row in rows], 2)))
    said: Said = songkin("score", "--pairs", given, "--out", tmp_path / "s.csv", "--songs", songs, "--json")
    assert said.document["scored"] == 320 * 319
