"""A run of systems over a task: worked by hand, with rankings of any make."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import pytest

from songkin.errors import QueryError
from songkin.evaluation import TASKS, Report, Round, System, first, passes, run, task, top

DOCUMENTS = {"d1": ("slow",), "d2": ("fast", "loud"), "d3": ()}
ROUNDS = [
    Round(0, DOCUMENTS, {"q1": "one", "q2": "two"}, {"q1": {"d1": 1.0}, "q2": {"d2": 1.0}}),
    Round(1, DOCUMENTS, {"q1": "one", "q2": "two"}, {"q1": {"d2": 1.0}, "q2": {"d3": 1.0}}),
]


def always(*ids: str) -> System:
    """A system that answers everything alike."""

    def rank(requests: Sequence[str], k: int) -> list[list[str]]:
        return [list(ids)[:k] for _ in requests]

    return System(f"always {ids[0] if ids else 'nothing'}", "a constant", lambda drawn: rank)


def report() -> Report:
    return run("toy", ROUNDS, [always("d1", "d2"), always("d2"), always()], ("hit@1", "MRR@10"))


def test_a_request_counts_by_its_mean_over_the_rounds() -> None:
    found = report()
    assert found.by_request("always d1", "hit@1") == {"q1": 0.5, "q2": 0.0}
    assert found.by_request("always d1", "MRR@10") == {"q1": (1 + 1 / 2) / 2, "q2": (1 / 2 + 0) / 2}
    assert found.by_request("always d2", "hit@1") == {"q1": 0.5, "q2": 0.5}
    assert found.n_queries == 2


def test_the_spread_over_seeds_is_that_of_the_population() -> None:
    assert report().spread("always d1", "hit@1") == (0.25, 0.25)  # .5 and 0
    assert report().spread("always d1", "MRR@10") == (0.5, 0.25)  # (1 + 1/2) / 2 and (1/2 + 0) / 2
    assert report().spread("always nothing", "MRR@10") == (0.0, 0.0)


def test_the_first_system_is_compared_with_the_best_of_the_others() -> None:
    found = report().rivalry("hit@1")
    assert found is not None
    assert (found.system, found.rival) == ("always d1", "always d2")
    assert found.difference.mean == -0.25
    assert found.difference.p == 1.0
    assert run("toy", ROUNDS, [always("d1")], ("hit@1",)).rivalry("hit@1") is None


def test_the_document_keeps_the_contract() -> None:
    said = json.loads(json.dumps(report().as_json(), allow_nan=False))
    assert (said["task"], said["n_queries"], said["seeds"]) == ("toy", 2, [0, 1])
    assert said["measures"] == said["systems"]["always d1"]
    mean, low, high = said["measures"]["MRR@10"]
    assert (mean, low <= mean <= high) == (0.5, True)
    assert said["compared"]["rival"] == "always d2"
    assert said["ceiling"] == 0.75  # one of four wants the empty document


def test_rankings_are_asked_for_at_the_depth_a_measure_looks_at() -> None:
    asked: list[int] = []

    def rank(requests: Sequence[str], k: int) -> list[list[str]]:
        asked.append(k)
        return [[] for _ in requests]

    measures = ("P@1", "Recall@10", "MAP@100", "MRR")
    run("toy", ROUNDS[:1], [System("asked", "", lambda drawn: rank)], measures)
    assert asked == [10, 100]
    assert passes(measures, ROUNDS[0]) == 2


def test_progress_counts_every_request_of_every_pass() -> None:
    told: list[tuple[str, int]] = []
    run("toy", ROUNDS, [always("d1")], ("hit@1", "MAP@100"), tell=lambda *said: told.append(said))
    assert sum(n for _, n in told) == 2 * 2 * 2


def test_kinds_are_reported_on_their_own_requests() -> None:
    drawn = Round(0, DOCUMENTS, ROUNDS[0].requests, ROUNDS[0].judgements, {"q1": "easy", "q2": "hard"})
    said = run("toy", [drawn], [always("d1")], ("hit@1",)).as_json()
    assert list(said["kinds"]) == ["easy", "hard"]
    assert said["kinds"]["easy"]["always d1"]["hit@1"][0] == 1.0
    assert said["kinds"]["hard"]["always d1"]["hit@1"][0] == 0.0


def test_a_limit_keeps_all_documents() -> None:
    kept = first(ROUNDS[0], 1)
    assert (list(kept.requests), list(kept.judgements), kept.documents) == (["q1"], ["q1"], DOCUMENTS)
    assert first(ROUNDS[0], None) is ROUNDS[0]


def test_no_request_gives_no_figure() -> None:
    empty = Round(0, {}, {}, {})
    said = run("toy", [empty], [always("d1")], ("hit@1",)).as_json()
    assert said["measures"] == {"hit@1": [None, None, None]}
    assert empty.ceiling == 0
    assert math.isnan(run("toy", [empty], [always("d1")], ("hit@1",)).spread("always d1", "hit@1").mean)


def test_the_first_documents_of_any_request() -> None:
    assert top(ROUNDS[0], [always("d1", "d2"), always("d2")], "anything", k=1) == {
        "always d1": ["d1"],
        "always d2": ["d2"],
    }


def test_a_task_goes_by_its_name_however_it_is_written() -> None:
    assert task("Melscribe_MC") is TASKS["melscribe-mc"]
    with pytest.raises(QueryError, match="did you mean 'known-lines'"):
        task("known-line")
    with pytest.raises(QueryError, match="there are melscribe-mc, melscribe-mc-reco, known-lines"):
        task("xyz")
