"""Training from a recipe to a folder: it learns, stops, is killed, goes on, and says what is wrong in one line."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from tiny import write_recipe  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.serve.cli import main  # noqa: E402
from songkin.training import checkpoints, read  # noqa: E402
from songkin.training.data import Example  # noqa: E402
from songkin.training.loop import rate_at  # noqa: E402
from songkin.training.networks.text import TextNetwork  # noqa: E402
from songkin.training.recipes import Schedule  # noqa: E402
from songkin.training.run import Finished, run  # noqa: E402
from songkin.training.tasks.contrastive import Contrastive, candidates, ignored  # noqa: E402
from songkin.training.tasks.distil import parted  # noqa: E402

WEIGHTS = "model.safetensors"
DRAWN = ("loss.png", "validation.png")  # where matplotlib is
EXPORTED = ("model.onnx", "manifest.json")  # where onnx is


def trained(place: Path, out: Path, **more: object) -> Finished:
    return run(place, out, threads=1, **more)  # type: ignore[arg-type]


def history(out: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (out / "history.jsonl").read_text(encoding="utf-8").splitlines()]


def names(out: Path) -> set[str]:
    return {path.name for path in out.iterdir()} - {".lock", *DRAWN, *EXPORTED}


FINISHED = {WEIGHTS, "network.json", "tokenizer.json", "recipe.toml", "checksums.json", "history.jsonl", "outcome.json"}


# -- a run -------------------------------------------------------------------------------------------------------------


def test_training_learns_and_leaves_the_network_with_all_about_it(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=40), tmp_path / "out"
    done = trained(place, out)
    rows = history(out)
    losses = [row["loss"] for row in rows if "loss" in row]
    assert sum(losses[-5:]) < sum(losses[:5])
    assert done.outcome.score is not None
    assert done.outcome.score >= next(row["score"] for row in rows if "score" in row)
    assert names(out) == FINISHED
    assert (out / "recipe.toml").read_text(encoding="utf-8") == place.read_text(encoding="utf-8")
    assert list(json.loads((out / "checksums.json").read_text(encoding="utf-8"))["files"]) == [
        f"{tmp_path.name}/texts.jsonl"
    ]
    assert TextNetwork.read(out).shape.layers == 2


def test_the_same_recipe_gives_the_same_weights_and_another_seed_others(tmp_path: Path) -> None:
    place = write_recipe(tmp_path / "a")
    other = write_recipe(tmp_path / "b", seed=1)
    for recipe, out in ((place, "one"), (place, "two"), (other, "three")):
        trained(recipe, tmp_path / out)
    one, two, three = ((tmp_path / out / WEIGHTS).read_bytes() for out in ("one", "two", "three"))
    assert one == two != three


def test_a_run_killed_in_the_middle_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    place, whole, killed = write_recipe(tmp_path, steps=14), tmp_path / "whole", tmp_path / "killed"
    trained(place, whole)
    child = subprocess.Popen([sys.executable, str(Path(__file__).with_name("train_tiny.py")), str(place), str(killed)])
    until = time.monotonic() + 60
    while not (killed / checkpoints.CHECKPOINT).is_file() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.25)  # some steps beyond the checkpoint
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    assert not (killed / "outcome.json").exists()

    done = trained(place, killed, resume=True)
    assert done.outcome.step == 14
    assert (killed / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()
    assert (killed / "history.jsonl").read_text() == (whole / "history.jsonl").read_text()
    assert names(killed) == FINISHED


def test_the_folder_is_an_encoder(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="the export needs onnx; it comes with: pip install 'songkin[train]'")
    from songkin.encoders import load

    out = tmp_path / "out"
    assert trained(write_recipe(tmp_path, steps=5), out).notes == ()
    assert load(str(out)).encode_queries(["a sad song"]).shape == (1, 16)


def test_curves_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="curves need matplotlib; it comes with: pip install 'songkin[plots]'")
    done = trained(write_recipe(tmp_path, steps=5), tmp_path / "out")
    assert [path.name for path in done.figures] == list(DRAWN)
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in done.figures)


def test_a_finished_training_resumed_is_finished(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    first = trained(place, out)
    assert trained(place, out, resume=True).outcome == first.outcome


def test_accumulated_batches_are_one_step(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    place.write_text(place.read_text().replace("size = 8", "size = 4\naccumulate = 2"), encoding="utf-8")
    trained(place, out)
    assert len([row for row in history(out) if "loss" in row]) == 5


def test_half_precision_runs_where_it_is_asked_for(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    place.write_text(place.read_text().replace("rate = 0.003", 'rate = 0.003\namp = "on"'), encoding="utf-8")
    assert trained(place, out).outcome.score is not None


def test_a_network_learns_its_teachers_similarities_and_reads_it_once(tmp_path: Path) -> None:
    own = '[distil]\nteacher = "toy"\ncosine = 0.0\ntexts = 60\n'
    place, out = write_recipe(tmp_path, task="distil", steps=20, more=own), tmp_path / "out"
    from songkin.testing import ToyEncoder

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.encoders.load", lambda name, **_: ToyEncoder())
        trained(place, out)
    losses = [row["loss"] for row in history(out) if "loss" in row]
    assert sum(losses[-5:]) < sum(losses[:5])
    assert len(list(out.glob("teacher-*.npy"))) == 1
    judged = [row for row in history(out) if "score" in row]
    assert all(row["score"] == row["neighbours kept"] for row in judged)


@pytest.mark.parametrize(("count", "together"), [(90_001, 2), (60, 1), (57, 4), (3, 2), (1, 2)])
def test_every_text_is_learned_from_or_judged_by_and_those_that_belong_together_stay_so(
    count: int, together: int
) -> None:
    learned, judged = parted(count, together)
    assert sorted([*learned.ravel(), *judged]) == list(range(count // together * together))
    assert len(judged) <= count / 10
    assert (np.diff(learned, axis=1) == 1).all()
    assert (learned[:, 0] % together == 0).all()


# -- stopping ----------------------------------------------------------------------------------------------------------


def test_no_better_validations_stop_early(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, rate=1e-12, steps=60), tmp_path / "out"
    place.write_text(place.read_text().replace("every = 5", "every = 5\npatience = 2"), encoding="utf-8")
    done = trained(place, out)
    assert done.outcome.step == 15
    assert "no better in 2 validations" in done.outcome.stopped


@contextmanager
def losses_from(number: int, value: float | Exception) -> Iterator[None]:
    """Let the loss be a value, or an error, from a batch on."""
    own = Contrastive.loss

    def loss(self: Contrastive, at: int) -> torch.Tensor:
        if at < number:
            return own(self, at)
        if isinstance(value, Exception):
            raise value
        return own(self, at) * value

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Contrastive, "loss", loss)
        yield


def test_a_loss_that_is_no_number_stops_in_one_line_and_keeps_the_last_checkpoint(tmp_path: Path) -> None:
    place, whole, out = write_recipe(tmp_path), tmp_path / "whole", tmp_path / "out"
    trained(place, whole)
    said = r"step 11: the loss is nan; lower \[optimiser\] rate, 0.003 now, or clip; the best network, of step"
    with losses_from(10, float("nan")), pytest.raises(TrainingError, match=said) as error:
        trained(place, out)
    assert "\n" not in str(error.value)
    kept = checkpoints.read(out)
    assert kept is not None
    assert kept.told["reached"]["step"] == 8
    trained(place, out, resume=True)
    assert (out / WEIGHTS).read_bytes() == (whole / WEIGHTS).read_bytes()


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError("DefaultCPUAllocator: can't allocate memory")])
def test_out_of_memory_is_said_with_the_cure(tmp_path: Path, error: Exception) -> None:
    place, out = write_recipe(tmp_path), tmp_path / "out"
    said = r"step 3: out of memory; set \[batches\] size = 4 and accumulate = 2"
    with losses_from(2, error), pytest.raises(TrainingError, match=said):
        trained(place, out)


@pytest.mark.parametrize(
    ("where", "said"), [("__init__", "before the first step"), ("__call__", "validation after step 5")]
)
def test_out_of_memory_beside_the_steps_is_said_too(tmp_path: Path, where: str, said: str) -> None:
    def full(*given: object, **named: object) -> None:
        raise MemoryError

    place, out = write_recipe(tmp_path), tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(f"songkin.training.validation.Retrieval.{where}", full)
        with pytest.raises(TrainingError, match=rf"{said}: out of memory; .*lower|{said}: out of memory; take fewer"):
            trained(place, out)
    assert not (out / WEIGHTS).exists()


def test_vectors_that_are_no_numbers_stop_the_run(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path), tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.training.tokens.np.isfinite", lambda vectors: vectors != vectors)
        with pytest.raises(TrainingError, match=r"vectors that are no numbers; lower \[optimiser\] rate"):
            trained(place, out)
    assert not (out / WEIGHTS).exists()


def test_any_other_error_is_not_hidden(tmp_path: Path) -> None:
    with losses_from(2, RuntimeError("a fault of ours")), pytest.raises(RuntimeError, match="of ours"):
        trained(write_recipe(tmp_path), tmp_path / "out")


def test_a_space_that_collapses_stops_the_run(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, effective_rank=15.9), tmp_path / "out"
    with pytest.raises(TrainingError, match=r"step 5: the space has collapsed \(mean cosine .*nothing yet.*is kept"):
        trained(place, out)
    assert not (out / WEIGHTS).exists()


def test_a_full_disk_leaves_what_was_there_whole(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path), tmp_path / "out"
    with pytest.MonkeyPatch.context() as patch:
        full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        patch.setattr("songkin.training.checkpoints.os.fsync", lambda file: (_ for _ in ()).throw(full))
        with pytest.raises(TrainingError, match=r"cannot be written \(No space left on device\); make room"):
            trained(place, out)
    assert names(out) == set()


# -- mistakes ----------------------------------------------------------------------------------------------------------


def test_a_folder_that_holds_a_training_is_not_trained_over(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    trained(place, out)
    with pytest.raises(TrainingError, match="holds a training already; --resume goes on with it"):
        trained(place, out)


def test_another_recipe_does_not_resume(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    trained(place, out)
    with pytest.raises(TrainingError, match="begun with other recipe"):
        trained(write_recipe(tmp_path, steps=5, rate=0.1), out, resume=True)


def test_another_seed_does_not_resume_but_a_folder_that_names_none_does(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    trained(place, out, seed=7)
    with pytest.raises(TrainingError, match="begun with other seed"):
        trained(place, out, resume=True)
    told = json.loads((out / "checksums.json").read_text(encoding="utf-8"))
    assert told.pop("seed") == 7
    (out / "checksums.json").write_text(json.dumps(told), encoding="utf-8")
    trained(place, out, resume=True)
    (out / "checksums.json").write_text("{", encoding="utf-8")
    with pytest.raises(TrainingError, match=r"checksums\.json is damaged"):
        trained(place, out, resume=True)


def test_damaged_weights_to_start_from_are_refused(tmp_path: Path) -> None:
    place = write_recipe(tmp_path)
    weights = tmp_path / "start" / WEIGHTS
    weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(
        TrainingError, match=r"model\.safetensors is no whole safetensors file .*; get the folder again"
    ):
        trained(place, tmp_path / "out")


def test_a_folder_in_use_is_said(tmp_path: Path) -> None:
    from filelock import FileLock

    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    out.mkdir()
    with FileLock(out / ".lock"), pytest.raises(TrainingError, match="being trained into by another process"):
        trained(place, out)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('task = "contrastive"', 'task = "contrastiv"', "there is no task 'contrastiv'; did you mean 'contrastive'"),
        ("rate = 0.003", "rate = -0.1", r"\[optimiser\] rate is -0\.1; it is a number above 0, such as 2e-4"),
        ("rate = 0.003", "rate = 0.0", r"\[optimiser\] rate is 0; it is a number above 0"),
        ("rate = 0.003", "rate = nan", r"\[optimiser\] rate is nan; it takes a finite number"),
        ("rate = 0.003", 'rate = 0.003\nrates = { "bag." = -inf }', r"rates\.bag\. is -inf; it takes a finite number"),
        ("rate = 0.003", 'rate = 0.003\nrates = { "bag." = -1 }', r"rates\.bag\. is -1; rates, decay and clip are"),
        ("rate = 0.003", 'rate = 0.003\nrates = { "bag." = "x" }', r"rates\.bag\. is 'x'; it takes a number"),
        ("rate = 0.003", 'rate = 0.003\nrates = { "bags" = 1.0 }', r"rates names 'bags', and no parameter begins so"),
        ('start = "start"', 'start = "gone"', r"gone holds no tokenizer\.json"),
        ('kind = "texts"', 'kind = "texts"\nvalidate = 0.0', "nothing is held out to validate on"),
        ("[saving]", "[contrastive]\ntemprature = 1.0\n[saving]", r"\[contrastive\] has no key 'temprature'"),
    ],
)
def test_a_mistake_in_a_recipe_stops_before_a_step(tmp_path: Path, old: str, new: str, said: str) -> None:
    place, out = write_recipe(tmp_path), tmp_path / "out"
    place.write_text(place.read_text().replace(old, new), encoding="utf-8")
    with pytest.raises(TrainingError, match=said):
        trained(place, out)
    assert not (out / WEIGHTS).exists()


def test_damaged_weights_and_checkpoints_are_refused(tmp_path: Path) -> None:
    (tmp_path / checkpoints.CHECKPOINT).write_bytes(b"not safetensors at all")
    with pytest.raises(TrainingError, match="is no checkpoint"):
        checkpoints.read(tmp_path)


# -- parts -------------------------------------------------------------------------------------------------------------


def test_the_rate_rises_and_falls_as_a_cosine() -> None:
    schedule = Schedule(steps=100, warmup=0.1, floor=0.2)
    assert rate_at(0, schedule) == pytest.approx(0.1)
    assert rate_at(9, schedule) == rate_at(10, schedule) == pytest.approx(1.0)
    assert rate_at(55, schedule) == pytest.approx(0.6)
    assert rate_at(100, schedule) == pytest.approx(0.2)


def test_texts_that_are_true_of_an_anchor_are_not_its_negatives() -> None:
    batch = [
        Example("q1", "rock", ("jazz",), also=("punk",)),
        Example("q2", "punk", ("rock",)),
        Example("q3", "Rock"),
        Example("q1", "pop", group="g"),
    ]
    texts = candidates(batch, 1)
    assert texts == ["rock", "punk", "Rock", "pop", "jazz"]
    assert ignored(batch, texts) == [
        [True, True, True, True, False],
        [False, True, False, False, False],
        [True, False, True, False, False],
        [True, False, False, True, False],
    ]


def test_frozen_parameters_stay_as_they_are(tmp_path: Path) -> None:
    place, out = write_recipe(tmp_path, steps=5), tmp_path / "out"
    text = place.read_text().replace("rate = 0.003", 'rate = 0.003\nrates = { "embeddings." = 0.0 }')
    place.write_text(text, encoding="utf-8")
    trained(place, out)
    name = "embeddings.word_embeddings.weight"
    before, after = (TextNetwork.read(folder).state_dict()[name] for folder in (tmp_path / "start", out))
    assert torch.equal(before, after)


def test_the_recipe_is_read_without_its_task(tmp_path: Path) -> None:
    assert read(write_recipe(tmp_path)).task == "contrastive"


# -- the command -------------------------------------------------------------------------------------------------------


def test_the_command_trains_and_prints_one_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, out = write_recipe(tmp_path), tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["songkin", "train", str(place), "--out", str(out), "--steps", "5", "--json"])
    with pytest.raises(SystemExit) as end:
        main()
    assert not end.value.code
    document = json.loads(capsys.readouterr().out)
    assert document["step"] == 5
    assert document["measures"]["hit@10"] >= 0.0
    assert document["folder"] == str(out)


def test_the_command_says_how_to_use_the_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place, out = write_recipe(tmp_path), tmp_path / "out"
    monkeypatch.setattr(sys, "argv", ["songkin", "train", str(place), "--out", str(out), "--threads", "1"])
    with pytest.raises(SystemExit):
        main()
    said = " ".join(capsys.readouterr().out.split())
    assert f"--encoder {out}" in said
    assert "hit@10" in said
