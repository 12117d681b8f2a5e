"""From captions to a teacher, from its labels to a student, with networks that train in a second."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from captions import give_ends, write_mtt  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from small_networks import SHAPES, network_in  # noqa: E402
from tiny import write_start  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.data import Example, Ground, read_sources  # noqa: E402
from songkin.training.networks.cross import CrossNetwork, is_cross  # noqa: E402
from songkin.training.networks.text import TextNetwork  # noqa: E402
from songkin.training.recipes import read  # noqa: E402
from songkin.training.run import Finished, run  # noqa: E402
from songkin.training.task import Bench  # noqa: E402
from songkin.training.tasks.gpl import SCALE, Gpl  # noqa: E402
from songkin.training.tasks.teacher import Teacher, list_loss  # noqa: E402

COMMON = """
name = "tiny"
task = "{task}"
[network]
start = "{start}"
[batches]
size = 8
max_tokens = 32
[optimiser]
rate = {rate}
[schedule]
steps = {steps}
[validation]
every = 30
[checks]
mean_cosine = 1.1
effective_rank = 0.5
{own}
[[source]]
kind = "drawn-sets"
paths = ["train.csv"]
"""
TEACHER = """
[teacher]
retrievers = ["tf-idf"]
negatives = 4
mined = 8
trials = 20
trial_negatives = 4
single = {single}
loss = "{loss}"
"""
GPL = """
[gpl]
teacher = "teacher"
labels = "labels"
retrievers = ["tf-idf"]
negatives = 6
trials = 20
trial_negatives = 4
{more}
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    give_ends(write_start(tmp_path / "start"))
    write_mtt(tmp_path / "train.csv")
    return tmp_path


def written(place: Path, task: str, own: str, *, steps: int = 60, rate: float = 0.003, start: str = "start") -> Path:
    path = place / f"{task}.toml"
    path.write_text(COMMON.format(task=task, own=own, steps=steps, rate=rate, start=start), encoding="utf-8")
    return path


def teach(place: Path, *, steps: int = 60, single: float = 0.0, loss: str = "listwise") -> Finished:
    path = written(place, "teacher", TEACHER.format(single=single, loss=loss), steps=steps)
    return run(path, place / "teacher", threads=1)


def study(place: Path, more: str = "weak_teacher = true", *, steps: int = 30, out: str = "student") -> Finished:
    path = written(place, "gpl", GPL.format(more=more), steps=steps)
    return run(path, place / out, threads=1)


def bench(place: Path, path: Path) -> Bench:
    recipe = read(path)
    ground = Ground(None, place, recipe.augment)
    (place / "bench").mkdir(exist_ok=True)
    return Bench(recipe, ground, read_sources(recipe.sources, path), place / "bench", torch.device("cpu"))


# -- the teacher -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("single", "loss"), [(0.0, "listwise"), (0.5, "listwise"), (0.3, "bce")])
def test_a_teacher_learns_to_order_pairs_it_never_saw(place: Path, single: float, loss: str) -> None:
    done = teach(place, single=single, loss=loss)
    told = json.loads((place / "teacher" / "standing.json").read_text(encoding="utf-8"))
    assert done.outcome.measures["pairs, teacher"] == done.outcome.score == told["teacher"]["hard"]
    assert "start" in told["rivals"]
    assert told["teacher"]["random"] > 0.6
    assert is_cross(place / "teacher")


def test_a_list_is_lost_by_how_far_its_first_is_from_winning() -> None:
    sure = list_loss(torch.tensor([9.0, -9.0, 9.0, -9.0, -9.0]), [2, 3], listwise=True)
    even = list_loss(torch.zeros(5), [2, 3], listwise=True)
    assert float(sure) == pytest.approx(0.0, abs=1e-4)
    assert float(even) == pytest.approx((np.log(2) + np.log(3)) / 2)
    assert float(list_loss(torch.zeros(1), [1], listwise=True)) == 0.0
    assert float(list_loss(torch.zeros(5), [2, 3], listwise=False)) > 0.0


def test_a_pair_of_another_source_meets_its_own_negatives_and_the_batch(place: Path) -> None:
    task = Teacher(bench(place, written(place, "teacher", TEACHER.format(single=0.0, loss="listwise"))))
    own = Example("strange words", "harp", ("drums",), also=("flute",), group="one")
    batch = [own, Example("x", "flute"), Example("y", "piano", group="one"), Example("z", "organ")]
    found = task.answers(own, batch, np.random.default_rng(0))
    assert found == [("strange words", "harp"), ("strange words", "drums"), ("strange words", "organ")]


# -- the cross network -------------------------------------------------------------------------------------------------


def test_a_cross_network_is_read_as_it_was_written(tmp_path: Path) -> None:
    text = network_in(tmp_path / "text", SHAPES["narrower inside"])
    network = CrossNetwork.of(text, tmp_path / "text").eval()
    network.write(tmp_path / "cross")
    again = CrossNetwork.read(tmp_path / "cross")
    tokens, mask = torch.tensor([[2, 4, 3, 5, 3]]), torch.ones(1, 5, dtype=torch.long)
    segments = torch.tensor([[0, 0, 0, 1, 1]])
    assert torch.equal(network(tokens, mask, segments), again(tokens, mask, segments))
    assert not torch.equal(again(tokens, mask, segments), again(tokens, mask, 0 * segments))


def test_a_head_in_the_folder_is_taken_over(tmp_path: Path) -> None:
    """A cross-encoder of the hub brings its pooler and its one logit."""
    text = network_in(tmp_path, SHAPES["as wide inside as out"])
    tensors = load_file(tmp_path / "model.safetensors")
    head = {"bert.pooler.dense.weight": torch.eye(32), "classifier.weight": torch.ones(1, 32)}
    save_file({**tensors, **head}, tmp_path / "model.safetensors")
    network = CrossNetwork.of(text, tmp_path)
    assert torch.equal(network.classifier.weight, torch.ones(1, 32))
    assert torch.equal(network.pooler["dense"].weight, torch.eye(32))
    save_file({**tensors, "classifier.weight": torch.ones(3, 32)}, tmp_path / "model.safetensors")
    with pytest.raises(TrainingError, match="one logit"):
        CrossNetwork.of(text, tmp_path)


def test_folders_that_hold_no_teacher_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no teacher; train one"):
        CrossNetwork.read(tmp_path)
    network_in(tmp_path / "text", SHAPES["narrower inside"])
    with pytest.raises(TrainingError, match="of a text network"):
        CrossNetwork.read(tmp_path / "text")


def test_a_teacher_goes_on_from_a_teacher_beside_a_named_bi_encoder(place: Path) -> None:
    teach(place, steps=2)
    path = written(place, "teacher", TEACHER.format(single=0.0, loss="bce"), steps=2, start="teacher")
    with pytest.raises(TrainingError, match='name a bi-encoder: against = "shipped"'):
        run(path, place / "second", threads=1)


# -- the student -------------------------------------------------------------------------------------------------------


def test_a_student_learns_the_margins_of_its_teacher(place: Path) -> None:
    teach(place)
    done = study(place, steps=60)
    rows = [json.loads(line) for line in (place / "student" / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    assert sum(losses[-10:]) < sum(losses[:10])
    assert {"pairs, student", "pairs, teacher", "pairs, bi-encoder", "hit@10"} <= set(done.outcome.measures)
    assert list((place / "labels").glob("labels-*/scores-00000.safetensors"))
    TextNetwork.read(place / "student")


def test_a_teacher_that_does_not_count_labels_nothing(place: Path) -> None:
    teach(place, steps=1)
    with pytest.raises(
        TrainingError, match=r"this teacher labels nothing: of \d+ held-out pairs .* weak_teacher = true"
    ):
        study(place, "")
    assert not list((place / "labels").glob("labels-*"))


@pytest.mark.parametrize("margin", ["scaled", "raw", "learned"])
def test_margins_are_divided_left_or_met_by_a_learned_scale(place: Path, margin: str) -> None:
    teach(place, steps=2)
    task = Gpl(bench(place, written(place, "gpl", GPL.format(more=f'weak_teacher = true\nmargin = "{margin}"'))))
    assert (task.factor == 1.0) == (margin == "raw")
    assert (SCALE in task.network.state_dict()) == (margin == "learned")
    task.loss(0).backward()
    if margin == "learned":
        assert task.network.get_parameter(SCALE).grad is not None
        assert task.validate().measures["margin scale"] == pytest.approx(task.factor)
    task.write(place / "written")
    TextNetwork.read(place / "written")
    assert SCALE not in load_file(place / "written" / "model.safetensors")


def test_every_batch_is_known_by_its_number(place: Path) -> None:
    teach(place, steps=2)
    task = Gpl(bench(place, written(place, "gpl", GPL.format(more="weak_teacher = true"))))
    assert torch.equal(task.loss(3), task.loss(3))
    assert not torch.equal(task.loss(3), task.loss(4))


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ('margin = "cosine"', r"margin is 'cosine'; it is one of scaled, raw, learned"),
        ("negatives = 0", "from 1"),
        ("weak = true", "did you mean 'weak_teacher'"),
    ],
)
def test_unusable_keys_are_refused(place: Path, own: str, said: str) -> None:
    more = GPL.format(more="").replace("negatives = 6\n", "" if own.startswith("neg") else "negatives = 6\n") + own
    with pytest.raises(TrainingError, match=said):
        run(written(place, "gpl", more), place / "out", threads=1)


def test_a_student_does_not_go_on_with_another_teacher(place: Path) -> None:
    teach(place, steps=2)
    task = Gpl(bench(place, written(place, "gpl", GPL.format(more="weak_teacher = true"))))
    task.restore(task.state())
    with pytest.raises(TrainingError, match="another teacher now"):
        task.restore({"teacher": "0" * 64})
