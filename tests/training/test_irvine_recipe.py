"""The irvine recipe: what is marked as done and as quick, and what songkin's own way is held to in its retrieval."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

pytest.importorskip("torch")

from songkin.errors import TrainingError
from songkin.training.irvine import plans
from songkin.training.irvine.experiments import Ground
from songkin.training.irvine.rerun import found, run_into
from songkin.training.irvine.retrieval import PLAIN
from songkin.types import Query, Ranking

PLACE = Path(__file__).parents[2] / "recipes" / "irvine" / "report.py"


@pytest.fixture(scope="module")
def recipe() -> ModuleType:
    spec = importlib.util.spec_from_file_location("irvine_report", PLACE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", list(plans.KINDS))
def test_every_experiment_can_be_run(recipe: ModuleType, name: str) -> None:
    assert name in recipe.EXPERIMENTS


@pytest.mark.parametrize(
    ("name", "smaller"),
    [("labels", False), ("models", True), ("splits", True), ("optimisers", True), ("clusters", True)],
)
def test_only_what_quick_makes_smaller_is_kept_as_quick(tmp_path: Path, name: str, smaller: bool) -> None:
    ground = Ground(PLACE.parent, tmp_path)
    for quick in (True, False):
        run_into(ground, name, lambda plan, ground, quick: {"songs": 3}, quick=quick, again=True)
        kept = json.loads((tmp_path / f"{name}.json").read_text(encoding="utf-8"))
        assert kept["quick"] is (smaller and quick)


def test_what_is_done_is_kept_until_its_plan_is_another(tmp_path: Path) -> None:
    ran: list[bool] = []

    def run(plan: Any, ground: Ground, quick: bool) -> dict[str, Any]:
        ran.append(quick)
        return {"songs": 3}

    for quick in (True, True, False, False):
        run_into(Ground(PLACE.parent, tmp_path), "splits", run, quick=quick)
    assert ran == [True, False]
    assert found(tmp_path)["splits"]["songs"] == 3


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("topics", 'experiment = "models"', 'topics.toml is no experiment of topics; write experiment = "topics"'),
        ("topics", 'experiment = "topics"\nsongs = "musicmod"', "topics.toml songs is 'musicmod'"),
        ("optimisers", 'experiment = "optimisers"\nmodels = "bad.toml"', "bad.toml batch is 0"),
    ],
)
def test_a_plan_that_means_nothing_ends_before_any_work(tmp_path: Path, name: str, text: str, said: str) -> None:
    def run(plan: Any, ground: Ground, quick: bool) -> dict[str, Any]:
        raise AssertionError("it ran")

    (tmp_path / "bad.toml").write_text('experiment = "models"\nbatch = 0', encoding="utf-8")
    (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=re.escape(said)):
        run_into(Ground(tmp_path, tmp_path), name, run)
    assert found(tmp_path) == {}


def test_a_file_that_is_damaged_is_as_if_it_had_not_run(tmp_path: Path) -> None:
    (tmp_path / "splits.json").write_text("{", encoding="utf-8")
    assert found(tmp_path) == {}


def test_the_table_of_the_paper_page_is_that_of_the_recipe() -> None:
    plan = plans.read_plan(PLACE.parent / "retrieval.toml")
    assert plan == plans.Retrieval(searched=200, judged=200, clusters=(5,), fast=True)


def test_songkins_own_way_is_asked_for_meaning_and_words_alone(recipe: ModuleType) -> None:
    asked: list[Query] = []

    def run(query: Query) -> Ranking:
        asked.append(query)
        return Ranking.of(np.array([1, 0]), np.array([0.9, 0.1], np.float32))

    store = SimpleNamespace(ids=lambda keys: ["a", None, "c"][: len(keys)])
    library: Any = SimpleNamespace(store=store, encoder=object(), engine=SimpleNamespace(run=run))
    ways = recipe._ways(library, plans.Retrieval(clusters=(5, 7)))
    assert list(ways.clustered) == [5, 7]
    assert set(ways.others) == {PLAIN, recipe.OURS}
    assert ways.others[recipe.OURS]("seed") == ["a"]
    assert [(query.like, query.channels) for query in asked] == [(("seed",), ("meaning", "words"))]
