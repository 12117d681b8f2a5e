"""songkin evaluate: the contract's document, tables one can read, and a test set in the shape of the real one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command_line import InProcess, fails_plainly, write_rows

from songkin.library import Library, Reading
from songkin.testing import ToyEncoder

SETS = [
    ("q0", "A slow piano ballad for a rainy night", "slow piano, ballad"),
    ("q1", "Fast drums and a shouting crowd", "fast drums, crowd"),
    ("q2", "A lone flute over the hills", "flute"),
    ("q3", "Nothing here was named", ""),
]
OTHER = ["slow piano", "drums, crowd", "lone flute, slow", ""]
LINES = [
    "the lantern by the harbour swings for number {}",
    "we counted {} grey gulls above the market square",
    "my brother rowed {} miles to bring the letter home",
    "nobody in the village knew {} verses of that song",
]


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with both tests, two seeds each, and their tracks."""
    folder = tmp_path / "data" / "lpmusiccaps_mc"
    folder.mkdir(parents=True)
    for test in ("mc", "mc_reco"):
        rows = [
            {"seed": seed, "query_id": name, "query": text, "doc_id": n, "doc": doc if seed == 0 else OTHER[n]}
            for seed in (0, 1)
            for n, (name, text, doc) in enumerate(SETS)
        ]
        pq.write_table(pa.Table.from_pylist(rows), folder / f"{test}.parquet")
    tracks = [
        {"caption_id": n, "lp_caption": text, "request": f"play {text}", "descriptors": doc.split(", ") if doc else []}
        for n, (_, text, doc) in enumerate(SETS)
    ]
    pq.write_table(pa.Table.from_pylist(tracks), folder / "tracks.parquet")
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("songkin.library.remembering.load", lambda name=None, **how: ToyEncoder())
    return folder


@pytest.fixture
def sung(tmp_path: Path) -> Path:
    """A library of eight songs of four lines each."""
    rows = [
        {"id": f"s{n}", "title": f"Song {n}", "lyrics": "\n".join(line.format(name) for line in LINES)}
        for n, name in enumerate(("seven", "ninety", "twenty", "eleven", "forty", "sixty", "thirteen", "zero"))
    ]
    Library.add(Reading.of([write_rows(tmp_path / "sung.jsonl", rows)]).songs(), tmp_path / "sung", encode=False)
    return tmp_path / "sung"


def test_without_a_task_the_tasks_are_named(songkin: InProcess) -> None:
    for arguments in ((), ("--list",)):
        said = songkin("evaluate", *arguments)
        assert said.code == 0
        assert all(name in said.out for name in ("melscribe-mc", "melscribe-mc-reco", "known-lines"))
    assert songkin("evaluate", "--json").document["tasks"][0]["task"] == "melscribe-mc"


def test_the_document_is_the_contracts(songkin: InProcess, data: Path) -> None:
    said = songkin("evaluate", "melscribe-mc", "--seeds", "0,1", "--json")
    assert said.code == 0, said.err
    found = said.document
    assert {"task", "n_queries", "measures", "systems"} <= found.keys()
    assert (found["task"], found["n_queries"], found["seeds"], found["n_documents"]) == (
        "melscribe-mc",
        4,
        [0, 1],
        [4, 4],
    )
    assert list(found["systems"]) == ["engine", "encoder", "tf-idf", "bm25"]
    assert found["measures"] == found["systems"]["engine"]
    assert {"Recall@10", "MRR@10", "nDCG@10", "MAP@100", "P@1", "P@10", "Recall@1"} <= found["measures"].keys()
    for measures in found["systems"].values():
        assert all(0 <= low <= mean <= high <= 1 for mean, low, high in measures.values())
    assert found["systems"]["tf-idf"]["Recall@10"][0] == found["ceiling"] == 0.75
    assert found["measures"]["Recall@10"][0] == 0.75
    assert found["compared"]["measure"] == "Recall@10"
    assert found["paper"]["theirs (GPL)"] == [0.848, 0.002]


def test_the_table_sets_systems_beside_the_paper_and_says_what_was_run(songkin: InProcess, data: Path) -> None:
    said = songkin("evaluate", "melscribe-mc-reco", "--systems", "tf-idf,bm25", "--seeds", "0,1")
    assert said.code == 0, said.err
    assert "melscribe-mc-reco: 4 requests, 4 documents, seeds 0, 1; ceiling 75.0" in said.out
    assert "words, cosine" in said.out
    assert "70.1" in next(line for line in said.out.splitlines() if line.startswith("theirs (GPL)") and "paper" in line)
    assert "paired permutation, 4 requests" in said.out


def test_a_quick_run_leaves_the_vectors_out(songkin: InProcess, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(*_: Any, **__: Any) -> Any:
        raise AssertionError("the encoder was loaded to encode")

    monkeypatch.setattr("songkin.library.remembering.load", load)
    found = songkin("evaluate", "melscribe-mc", "--no-encoder", "--limit", "2", "--seeds", "0", "--json").document
    assert list(found["systems"]) == ["engine", "tf-idf", "bm25"]
    assert found["n_queries"] == 2
    assert found["n_documents"] == [4]


def test_statistics_count_requests_descriptors_and_shared_words(songkin: InProcess, data: Path) -> None:
    found = songkin("evaluate", "melscribe-mc", "--statistics", "--json").document
    assert songkin("evaluate", "melscribe-mc", "--seeds", "0", "--statistics").code == 0
    assert found["statistics"]["descriptors"] == 5
    assert (found["statistics"]["requests"], found["statistics"]["ceiling"]) == (4, 0.75)
    shares = (3 / 7, 3 / 6, 1 / 6, 0)
    assert found["statistics"]["shared words"] == pytest.approx(sum(shares) / 4, abs=1e-3)


def test_the_first_five_of_a_request_of_the_set_stand_beside_its_truth(songkin: InProcess, data: Path) -> None:
    said = songkin("evaluate", "melscribe-mc", "--show", SETS[0][1].upper(), "--seeds", "0")
    assert said.code == 0, said.err
    assert "truth: slow piano, ballad" in said.out
    found = songkin("evaluate", "melscribe-mc", "--show", "a flute", "--seeds", "0", "--json").document
    assert found["truth"] is None
    assert list(found["systems"]) == ["engine", "encoder", "tf-idf", "bm25"]
    assert found["systems"]["bm25"] == [{"id": "2", "texts": ["flute"]}]


def test_known_lines_are_found_again_and_not_shown(songkin: InProcess, sung: Path) -> None:
    found = songkin("evaluate", "known-lines", "--lines", "5", "-L", sung, "--json").document
    assert (found["task"], list(found["systems"])) == ("known-lines", ["engine", "bm25"])
    assert found["kinds"]["exact"]["engine"]["hit@1"][0] == 1.0
    assert list(found["measures"]) == ["hit@1", "hit@10", "MRR@10"]
    assert found["kind_counts"]["exact"] == 5
    said = songkin("evaluate", "known-lines", "--lines", "5", "-L", sung)
    assert said.code == 0
    assert "fragment" in said.out
    assert "lantern" not in said.out + said.err


def test_equal_seeds_make_equal_lines(songkin: InProcess, sung: Path) -> None:
    runs = [songkin("evaluate", "known-lines", "--lines", "3", "--seeds", "4", "-L", sung, "--json") for _ in range(2)]
    assert runs[0].document == runs[1].document
    assert runs[0].document["seeds"] == [4]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("melscribe",), "no task is called 'melscribe'; did you mean 'melscribe-mc'?"),
        (("melscribe-mc", "--systems", "clap"), "melscribe-mc has no system 'clap'; there are engine, encoder"),
        (("melscribe-mc", "--systems", "encoder", "--no-encoder"), "leaves no system"),
        (("melscribe-mc", "--seeds", "9"), "mc.parquet has no seed 9; it has 0, 1"),
    ],
)
def test_a_mistake_is_named(songkin: InProcess, data: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in fails_plainly(songkin("evaluate", *arguments))


@pytest.mark.parametrize(
    "arguments", [("melscribe-mc", "--seeds", "a"), ("known-lines", "--statistics"), ("known-lines", "--show", "x")]
)
def test_wrong_usage_is_exit_code_2(songkin: InProcess, data: Path, arguments: tuple[str, ...]) -> None:
    assert songkin("evaluate", *arguments).code == 2


def test_missing_data_names_the_folder_and_the_setting(
    songkin: InProcess, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path))
    said = fails_plainly(songkin("evaluate", "melscribe-mc"))
    assert f"{tmp_path}: lpmusiccaps_mc/mc.parquet is not there" in said
    assert "SONGKIN_DATA" in said


def test_a_library_without_lyrics_has_no_lines_to_know(songkin: InProcess, tmp_path: Path) -> None:
    Library.add(Reading.of([write_rows(tmp_path / "s.jsonl", [{"id": "a", "title": "A"}])]).songs(), tmp_path / "L")
    assert "known-lines needs lyrics" in fails_plainly(songkin("evaluate", "known-lines", "-L", tmp_path / "L"))
