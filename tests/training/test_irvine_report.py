"""The re-run's plans, experiments and page: every file is read, every experiment runs small, every table is there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from irvine_songs import MOODS, labelled  # noqa: E402
from tiny import write_start  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.irvine import experiments, plans  # noqa: E402
from songkin.training.irvine.experiments import Ground, few  # noqa: E402
from songkin.training.irvine.page import DRAWN, TOLD, page, write  # noqa: E402

RECIPES = Path(__file__).parents[2] / "recipes" / "irvine"
SMALL = """
experiment = "models"
sets = ["musicmood", "popular", "quadrants"]
start = "start"
rate = 3e-3
epochs = 1
max_tokens = 16
topics = 2
head_epochs = 2
"""


@pytest.fixture
def ground(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ground:
    write_start(tmp_path / "start")
    (tmp_path / "models.toml").write_text(SMALL, encoding="utf-8")
    monkeypatch.setattr(experiments, "by_hand", lambda data: labelled()._replace(audio=()))
    monkeypatch.setattr(experiments, "chart", lambda data: labelled().songs)
    out = tmp_path / "out"
    out.mkdir()
    return Ground(tmp_path, out)


@pytest.mark.parametrize("name", list(plans.KINDS))
@pytest.mark.parametrize("quick", [False, True])
def test_every_experiment_has_a_file_that_is_read(name: str, quick: bool) -> None:
    assert isinstance(plans.read_plan(RECIPES / f"{name}.toml", quick=quick), plans.KINDS[name])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "experiment is None; it is one of labels, topics"),
        ('experiment = "moods"', "experiment is 'moods'"),
        ('experiment = "topics"\nkind = ["lda"]', "has no key 'kind'; did you mean 'kinds'"),
        ('experiment = "labels"\nrule = { margin = "more" }', "margin is 'more'"),
        ('experiment = "labels"\nquick = 3', "quick is 3"),
        ('experiment = ["topics"]', "experiment is ['topics']; it is one of labels, topics"),
        ("experiment = ", "cannot be read as TOML"),
    ],
)
def test_a_file_that_means_nothing_is_an_error_that_names_it(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "plan.toml").write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=r"plan\.toml") as raised:
        plans.read_plan(tmp_path / "plan.toml")
    assert said in str(raised.value)


SET = "it is one of musicmood, joined, popular, quadrants"
SEED = "it is a number from 0 to 4294967295"


@pytest.mark.parametrize(
    ("kind", "line", "said"),
    [
        ("labels", "ks = [0]", "ks[0] is 0; it is a number from 1"),
        ("labels", "ks = []", "ks is empty; it needs at least a number from 1"),
        ("labels", "epses = [0.1, 5.0]", "epses[1] is 5.0; it is a share from 0 to 1"),
        ("labels", "epses = []", "epses is empty; it needs at least a share from 0 to 1"),
        ("labels", "rule = { k = 0 }", "k is 0; it is a number from 1"),
        ("labels", "rule = { eps = -0.1 }", "eps is -0.1; it is a share from 0 to 1"),
        ("labels", "rule = { min_tags = -1 }", "min_tags is -1; it is a number from 0"),
        ("labels", "rule = { min_users = -0.5 }", "min_users is -0.5; it is a number from 0"),
        (
            "topics",
            'songs = "musicmod"',
            "songs is 'musicmod'; did you mean 'musicmood'? It is one of musicmood, popular",
        ),
        ("topics", 'songs = ""', "songs is ''; it is one of musicmood, popular_songs"),
        ("topics", 'kinds = ["lda", "ldaa"]', "kinds[1] is 'ldaa'; did you mean 'lda'? It is one of lda, nmf, gsdmm"),
        ("topics", "kinds = []", "kinds is empty; it needs at least one of lda, nmf, gsdmm"),
        ("topics", "counts = [0]", "counts[0] is 0; it is a number from 1"),
        ("topics", "counts = []", "counts is empty; it needs at least a number from 1"),
        ("topics", "most = -1", "most is -1; it is a number from 0"),
        ("topics", "seed = -1", f"seed is -1; {SEED}"),
        ("models", 'sets = ["musicmood", "moods"]', "sets[1] is 'moods'; did you mean 'musicmood'? It is one of"),
        ("models", "sets = []", "sets is empty; it needs at least one of musicmood, joined, popular, quadrants"),
        ("models", 'pooling = "cls"', "pooling is 'cls'; it is one of mean, first"),
        ("models", 'topic_model = "ldaa"', "topic_model is 'ldaa'; did you mean 'lda'? It is one of lda, nmf, gsdmm"),
        ("models", "rate = 0", "rate is 0; it is a number above 0, such as 2e-5"),
        ("models", "epochs = 0", "epochs is 0; it is a number from 1"),
        ("models", "batch = 0", "batch is 0; it is a number from 1"),
        ("models", "max_tokens = 2", "max_tokens is 2; it is a number from 3"),
        ("models", "head_epochs = 0", "head_epochs is 0; it is a number from 1"),
        ("models", "head_batch = -8", "head_batch is -8; it is a number from 1"),
        ("models", "topics = 0", "topics is 0; it is a number from 1"),
        ("models", "most = -1", "most is -1; it is a number from 0"),
        ("models", "seed = 4294967296", f"seed is 4294967296; {SEED}"),
        ("splits", 'set = "all"', f"set is 'all'; {SET}"),
        ("splits", "seeds = []", "seeds is empty; it needs at least a number from 0 to 4294967295"),
        ("splits", "seeds = [0, -1]", f"seeds[1] is -1; {SEED}"),
        ("optimisers", 'set = "all"', f"set is 'all'; {SET}"),
        (
            "optimisers",
            'names = ["adamww"]',
            "names[0] is 'adamww'; did you mean 'adamw'? It is one of adamw, adagrad,",
        ),
        ("optimisers", "names = []", "names is empty; it needs at least one of adamw, adagrad, sgd, adam"),
        ("clusters", 'set = "all"', f"set is 'all'; {SET}"),
        ("clusters", "dims = 0", "dims is 0; it is a number from 1"),
        ("clusters", "ks = [2, 0]", "ks[1] is 0; it is a number from 1"),
        ("clusters", "ks = []", "ks is empty; it needs at least a number from 1"),
        ("clusters", "seed = -1", f"seed is -1; {SEED}"),
        ("retrieval", "most = -1", "most is -1; it is a number from 0"),
        ("retrieval", "searched = 0", "searched is 0; it is a number from 1"),
        ("retrieval", "judged = 0", "judged is 0; it is a number from 1"),
        ("retrieval", "clusters = [0]", "clusters[0] is 0; it is a number from 1"),
        ("retrieval", 'channels = ["words", "sound"]', "channels[1] is 'sound'; it is one of meaning, words"),
        ("retrieval", "channels = []", "channels is empty; it needs at least one of meaning, words"),
        ("retrieval", "seed = -1", f"seed is -1; {SEED}"),
    ],
)
def test_a_value_that_means_nothing_is_one_line_with_its_file_and_key(
    tmp_path: Path, kind: str, line: str, said: str
) -> None:
    place, named = tmp_path / "plan.toml", re.escape(said)
    place.write_text(f'experiment = "{kind}"\n{line}\n', encoding="utf-8")
    with pytest.raises(TrainingError, match=rf"^\S+plan\.toml(\.rule)? {named}[^\n]*$"):
        plans.read_plan(place)
    place.write_text(f'experiment = "{kind}"\n[quick]\n{line}\n', encoding="utf-8")
    plans.read_plan(place)
    with pytest.raises(TrainingError, match=rf"plan\.toml: \[quick(\.rule)?\] {named}"):
        plans.read_plan(place, quick=True)


def test_retrieval_may_be_without_clusters() -> None:
    assert plans.Retrieval(clusters=()).clusters == ()


def test_quick_lays_its_table_over_the_rest(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        'experiment = "topics"\nmost = 9\nseed = 4\n[quick]\nmost = 2\n', encoding="utf-8"
    )
    assert plans.read_plan(tmp_path / "plan.toml") == plans.Topics(most=9, seed=4)
    assert plans.read_plan(tmp_path / "plan.toml", quick=True) == plans.Topics(most=2, seed=4)


def test_few_songs_are_spread_over_all() -> None:
    assert [song.id for song in few(labelled(60).songs, 3)] == ["s0", "s29", "s59"]
    assert len(few(labelled(4).songs, 0)) == len(few(labelled(4).songs, 9)) == 4


def test_labels_are_counted_on_records_of_lastfm(ground: Ground) -> None:
    tags = [["happy", "100"], *([f"tag {at}", "5"] for at in range(10))]
    own = {"track_id": "TRAAAAA128F0000001", "artist": "A", "title": "B", "tags": tags, "similars": []}
    (ground.place / "TRAAAAA128F0000001.json").write_text(json.dumps(own), encoding="utf-8")
    found = experiments.labels(plans.Labels(tags="TRAAAAA128F0000001.json", ks=(5,), epses=(0.1, 0.9)), ground)
    assert found["songs"] == 1
    assert [(row["happy"], row["sad"], row["majority"]) for row in found["kept"]] == [(1, 0, 1.0), (0, 0, None)]
    assert "| 5 | 0.1 | 1 | 0 | 1 | 1.000 |" in page({"labels": found})


def test_topics_are_fitted_by_every_model(ground: Ground) -> None:
    found = experiments.topics(plans.Topics(counts=(2,), songs="musicmood"), ground)
    assert [row["kind"] for row in found["rows"]] == ["lda", "nmf", "gsdmm"]
    said = page({"topics": found})
    assert "60 songs **(fewer than 1,000: read with care)**" in said
    assert "Most coherent gsdmm" in said


def test_models_and_optimisers_share_what_was_tuned(ground: Ground) -> None:
    plan = plans.read_plan(ground.place / "models.toml")
    assert isinstance(plan, plans.Models)
    found = experiments.models(plan, ground)
    assert [len(own["rows"]) for own in found["sets"].values()] == [4, 7, 2]
    benches = {path.name: path.stat().st_mtime_ns for path in ground.out.glob("bench-*.npz")}
    own = experiments.optimisers(plans.Optimisers(names=("adamw", "sgd")), ground)
    assert {path.name: path.stat().st_mtime_ns for path in ground.out.glob("bench-*.npz")} == benches
    json.dumps([found, own])
    said = page({"models": found, "optimisers": own})
    assert "tBERT + topics + audio" in said
    assert ".764" in said
    assert "| adamw |" in said
    assert "made by rule" in said


def test_the_frozen_model_is_judged_on_a_split_for_every_seed(ground: Ground) -> None:
    found = experiments.splits(plans.Splits(seeds=(0, 1, 0)), ground)
    first, other, again = found["rows"]
    assert first == again
    assert (first["seed"], other["seed"]) == (0, 1)
    assert [path.name for path in ground.out.glob("bench-*.npz")] == ["bench-musicmood-frozen.npz"]
    plan = plans.read_plan(ground.place / "models.toml")
    assert isinstance(plan, plans.Models)
    frozen = experiments.models(plan, ground)["sets"]["musicmood"]["rows"][0]
    assert frozen["model"] == "frozen"
    assert frozen["scores"] == first["scores"]  # the first seed is the split of the models
    said = page({"splits": json.loads(json.dumps(found))})
    mean = sum(row["scores"]["accuracy"] for row in found["rows"]) / 3
    assert [line.split(" | ")[0] for line in said.splitlines() if line.startswith("| ")][2:] == [
        *("| 0", "| 1", "| 0", "| mean")
    ]
    assert f"| {mean:.3f} |" in said
    assert "Not run: `--only splits`" not in said


def test_a_file_of_another_kind_is_named(ground: Ground) -> None:
    (ground.place / "topics.toml").write_text('experiment = "topics"', encoding="utf-8")
    with pytest.raises(TrainingError, match="is no experiment of models"):
        experiments.clusters(plans.Clusters(models="topics.toml"), ground)


def shown() -> dict[str, dict[str, Any]]:
    """What experiments might have found, of three songs."""
    shares = {"any ten songs": [0.1, 0.0, 0.2], "both scores": [0.3, 0.2, 0.4]}
    rows = {"adamw": {"rate": 1e-3, "valid": 0.5, "scores": {"accuracy": 0.5, "n": 1}, "losses": [0.7, 0.6]}}
    dense = [{"method": "DBSCAN", "clusters": 0, "outside": 1.0, "largest": 0.0}]
    swept = {"ks": [1, 2], "distortion": [2.0, 1.0], "silhouette": [None, 0.4], "best": 2, "width": 3}
    judged = {"weight": 0.5, "searched": 2, "judged": 1, "candidates": 3.0, "precision": shares}
    curves = {"path": [[0.4, 0.1], [0.6, 0.2]], "grid": [[0.0, 0.1], [1.0, 0.2]], "held_grid": [[0.0, 0.0], [1.0, 0.1]]}
    return {
        "optimisers": {"songs": 3, "name": "toy", "epochs": 1, "rows": rows},
        "clusters": {
            **{"songs": 3, "name": "toy", "density": dense, "labels": [0, 1, 1], "moods": [0, 1, 1], **swept},
            **{"classes": list(MOODS), "places": np.eye(3, 2).tolist()},
        },
        "retrieval": {"songs": 3, **judged, **curves, "against_plain": shares},
    }


def test_few_songs_judged_are_marked_however_many_there_are() -> None:
    own = shown()
    own["retrieval"] |= {"songs": 4112, "judged": 188}
    own["optimisers"] |= {"songs": 4112}
    scores = {"accuracy": 0.6, "precision": 0.6, "recall": 0.6, "majority": 0.5, "n": 615}
    told = {"songs": 4112, "name": "toy", "note": "", "classes": list(MOODS), "sides": [2879, 618, 615], "audio": []}
    own["models"] = {"songs": 4112, "sets": {"toy": {**told, "rows": [{"model": "x", "scores": scores, "time_s": 1}]}}}
    said = page(own)
    assert "4,112 songs, 188 seeds judged **(fewer than 1,000: read with care)**." in said
    assert "4,112 songs, 1 of them judged **(fewer than 1,000: read with care)**. toy, 1 epochs" in said
    assert "4,112 songs, 615 of them judged **(fewer than 1,000: read with care)**." in said
    own["models"]["sets"]["toy"]["sides"] = [2000, 1000, 1112]
    assert "4,112 songs, 1,112 of them judged. " in page(own)


def test_a_quick_run_says_so_and_which_experiments_it_made_smaller() -> None:
    own = shown()
    assert "quick run" not in page(own)
    own["retrieval"]["quick"], own["clusters"]["quick"] = True, False
    assert "**A quick run** (Retrieval): with few songs and few steps. It proves the chain" in page(own)
    own["clusters"]["quick"] = True
    assert "**A quick run** (Clusters, Retrieval)" in page(own)


def test_the_page_tells_all_and_names_what_has_not_run(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    written = write(shown(), tmp_path)
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert [title for title, _ in TOLD.values()] == [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert "Not run: `--only labels` runs it." in text
    assert "| 1 | 2 |  |" in text  # one cluster has no silhouette
    assert "Weight found: 0.500" in text
    assert {path.name for path in written} == {
        *("report.md", "losses.png", "clusters.png", "silhouette.png", "weight.png", "precision.png")
    }
    assert all(path.stat().st_size > 0 for path in written)
    assert {part.split(")")[0] for part in text.split("](")[1:]} < {path.name for path in written}
    assert set(DRAWN) <= set(TOLD)


@pytest.mark.slow
def test_clusters_are_found_on_the_models_hidden_layer(ground: Ground) -> None:
    pytest.importorskip("umap")
    found = experiments.clusters(plans.Clusters(dims=3, ks=(2, 3, 500)), ground)
    assert found["ks"] == [2, 3]
    assert len(found["labels"]) == len(found["places"]) == 60
    json.dumps(found)
