"""songkin evaluate encoders: a table one can read, the contract's document, a file that is kept, mistakes named."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from command_line import InProcess, fails_plainly

from songkin.datasets import songkin_texts
from songkin.testing import ToyEncoder

DOCS = Path(__file__).parents[2] / "docs"
FEW = ("evaluate", "encoders", "--tasks", "negation,requests", "--limit", "12", "--encoder", "toy")
pytestmark = pytest.mark.skipif(
    songkin_texts.CORPUS.packaged is None, reason="songkin does not run from its repository, where its texts lie"
)


@pytest.fixture(autouse=True)
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read with the toy encoder, whatever is named; its speed is taken in no time."""
    monkeypatch.setattr("songkin.library.remembering.load", lambda name=None, **how: ToyEncoder())
    monkeypatch.setattr("songkin.library.encoder_bytes", lambda name: 1_500_000)
    monkeypatch.setattr("songkin.evaluation.texts_a_second", lambda encoder: 1234.0)


def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_evaluation", DOCS / "make_evaluation.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_document_is_the_contracts(songkin: InProcess) -> None:
    said = songkin(*FEW, "--json")
    assert said.code == 0, said.err
    found = said.document
    assert (found["task"], found["n_queries"], found["limit"], found["quick"]) == ("encoders", 24, 12, False)
    assert list(found["systems"]) == ["toy", "tf-idf", "bm25"]
    assert found["measures"] == found["systems"]["toy"]
    assert {name: list(measures) for name, measures in found["measures"].items()} == {
        "negation": ["hit@1"],
        "requests": ["hit@10", "MRR@10"],
    }
    for columns in found["systems"].values():
        for measures in columns.values():
            assert all(0 <= low <= mean <= high <= 1 for mean, low, high in measures.values())
    assert set(found["compared"]["requests"]) == {"tf-idf", "bm25"}
    assert {"rival", "mean", "low", "high", "p"} <= found["compared"]["requests"]["bm25"].keys()
    assert found["encoders"] == {"toy": {"bytes": 1_500_000, "dim": 64, "texts_a_second": 1234.0}}


def test_a_cut_is_asked_for_behind_the_name(songkin: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str | None, object]] = []

    def loaded(name: str | None = None, **how: object) -> ToyEncoder:
        asked.append((name, how["dim"]))
        return ToyEncoder()

    monkeypatch.setattr("songkin.library.remembering.load", loaded)
    said = songkin(*FEW, "--encoder", "toy@32", "--encoder", "short=some/model@16", "--json")
    assert said.code == 0, said.err
    assert asked == [("toy", None), ("toy", 32), ("some/model", 16)]
    assert list(said.document["systems"]) == ["toy", "toy@32", "short", "tf-idf", "bm25"]


def test_the_table_has_a_row_a_system_a_column_a_task_and_says_what_it_means(songkin: InProcess) -> None:
    said = songkin(*FEW)
    assert said.code == 0, said.err
    assert "hit@1, n=12" in said.out
    assert all(any(line.startswith(name) for line in said.out.splitlines()) for name in ("toy", "tf-idf", "bm25"))
    assert "on disk: toy 1.5 MB" in said.out
    assert "rough, in one short burst: toy 1,200" in said.out


def test_a_result_is_kept_and_makes_the_table_of_the_page(songkin: InProcess, tmp_path: Path) -> None:
    said = songkin(*FEW, "--save", tmp_path / "new" / "results", "--json")
    assert said.code == 0, said.err
    kept = json.loads((tmp_path / "new" / "results" / "encoders.json").read_text(encoding="utf-8"))
    assert kept == said.document
    told = maker().page(f"before\n{maker().START}old{maker().END}\nafter\n", kept)
    assert told.startswith("before\n")
    assert told.endswith("\nafter\n")
    assert "| negation, hit@1 | 12 |" in told
    assert "Only the first 12 requests" in told


def test_the_page_is_what_the_results_make_of_it() -> None:
    written = (DOCS / "evaluation.md").read_text(encoding="utf-8")
    results = json.loads(maker().RESULTS.read_text(encoding="utf-8"))
    assert written == maker().page(written, results), "run: python docs/make_evaluation.py"


def test_encoders_can_be_given_names_and_no_two_the_same(songkin: InProcess) -> None:
    found = songkin(*FEW[:-1], "one=toy", "--encoder", "two=toy", "--json").document
    assert list(found["systems"]) == ["one", "two", "tf-idf", "bm25"]
    assert found["compared"]["negation"]["two"]["mean"] == 0
    assert "two encoders are called 'toy'" in fails_plainly(songkin(*FEW, "--encoder", "toy"))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("encoders", "--tasks", "known-lines"), "known-lines compares no encoders; there are melscribe-mc"),
        (("encoders", "--tasks", "caption"), "no task is called 'caption'; did you mean 'captions'?"),
        (("negation",), "ask: songkin evaluate encoders --tasks negation"),
    ],
)
def test_a_mistake_is_named(songkin: InProcess, arguments: tuple[str, ...], said: str) -> None:
    assert said in fails_plainly(songkin("evaluate", *arguments))


@pytest.mark.parametrize(
    "arguments", [("encoders", "--seeds", "0"), ("melscribe-mc", "--quick"), ("known-lines", "--encoder", "toy")]
)
def test_wrong_usage_is_exit_code_2(songkin: InProcess, arguments: tuple[Any, ...]) -> None:
    assert songkin("evaluate", *arguments).code == 2
