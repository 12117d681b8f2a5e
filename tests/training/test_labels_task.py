"""Labels are learnt from words: frozen or not, one or several, killed and resumed; what cannot be learnt is said."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from labelled import FROZEN, songs, write_labels  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.serve.cli import main  # noqa: E402
from songkin.training import checkpoints, read, recipes, tasks  # noqa: E402
from songkin.training.data import Ground  # noqa: E402
from songkin.training.data.augment import Augment  # noqa: E402
from songkin.training.data.labelled import read_songs  # noqa: E402
from songkin.training.labels.frozen import FrozenReadings  # noqa: E402
from songkin.training.networks.backbone import Backbone  # noqa: E402
from songkin.training.networks.heads import LabelNetwork  # noqa: E402
from songkin.training.run import Finished, run  # noqa: E402
from songkin.training.task import Bench  # noqa: E402
from songkin.training.tasks.labels import Labels, is_frozen, planned  # noqa: E402

HEADS = "heads.safetensors"
WEIGHTS = "backbone/model.safetensors"


@pytest.fixture(autouse=True)
def undrawn(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Figures take longer than a tiny training; the test of figures draws them."""
    if "drawn" not in request.node.name:
        for name in ("draw", "draw_labels"):
            monkeypatch.setattr(f"songkin.training.run.{name}", lambda folder: [])


def trained(place: Path, out: Path, **more: object) -> Finished:
    return run(place, out, threads=1, **more)  # type: ignore[arg-type]


def made(place: Path) -> Labels:
    recipe = read(place)
    ground = Ground(None, place.parent, Augment())
    return Labels(Bench(planned(recipe, ground), ground, [], place.parent / "out", torch.device("cpu")))


def labels(out: Path) -> dict[str, object]:
    return dict(json.loads((out / "labels.json").read_text(encoding="utf-8")))


# -- what is learnt ----------------------------------------------------------------------------------------------------


def test_a_genre_is_learnt_and_told_on_the_test_side(tmp_path: Path) -> None:
    done = trained(write_labels(tmp_path, epochs=6, rate=0.04, more='pooling = "mean"'), tmp_path / "out")
    assert done.outcome.step == 6 * 7  # 56 of 80 songs train, 8 a batch
    assert done.test["genre accuracy"] > 0.9
    assert done.test["genre accuracy"] >= done.test["genre majority"]
    assert labels(tmp_path / "out")["rows"] == {"train": 56, "valid": 12, "test": 12}


def test_a_frozen_encoder_stays_what_it_was_and_is_only_named(tmp_path: Path) -> None:
    trained(write_labels(tmp_path, optimiser=FROZEN), tmp_path / "out")
    assert not (tmp_path / "out" / WEIGHTS).exists()
    network = LabelNetwork.read(tmp_path / "out")
    start = made(tmp_path / "recipe.toml").network
    for name, tensor in start.backbone.state_dict().items():
        assert torch.equal(tensor, network.backbone.state_dict()[name]), name


def test_a_frozen_encoder_that_was_cut_is_written_whole(tmp_path: Path) -> None:
    place = write_labels(tmp_path, optimiser=FROZEN)
    place.write_text(place.read_text().replace('start = "start"', 'start = "start"\nkeep = [1]'), encoding="utf-8")
    trained(place, tmp_path / "out")
    network: object = LabelNetwork.read(tmp_path / "out").backbone.network
    assert network.shape.layers == 1  # type: ignore[attr-defined]


def test_a_frozen_encoder_reads_each_song_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = made(write_labels(tmp_path, optimiser=FROZEN, epochs=5))
    monkeypatch.setattr(task.network.backbone, "hidden", None)
    for number in range(20):
        task.loss(number).backward()  # type: ignore[no-untyped-call]
    task.validate()


def test_the_next_head_on_the_same_frozen_encoder_and_songs_reads_none_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.training.tasks.labels.READINGS", FrozenReadings(2))
    place = write_labels(tmp_path, optimiser=FROZEN)
    first = made(place)
    read, pooled = [], Backbone.pooled
    monkeypatch.setattr(
        Backbone, "pooled", lambda self, ids, *how, **own: read.append(len(ids)) or pooled(self, ids, *how, **own)
    )
    place.write_text(place.read_text().replace('"genre"', '"valence"'), encoding="utf-8")
    again = made(place)
    assert list(again.targets) == ["valence"]
    assert not read
    assert [torch.equal(*both) for both in zip(first.known, again.known, strict=True)] == [True] * 3
    place.write_text(place.read_text().replace("max_tokens = 16", "max_tokens = 3"), encoding="utf-8")
    other = made(place)
    assert read == [len(side) for side in first.ids]
    assert not torch.equal(other.known[0], first.known[0])


def test_a_batch_in_pieces_teaches_what_a_whole_one_does_read_again_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gradients, passes = [], []
    for tokens, held in ((8192, 0), (16, 1 << 40), (16, 0)):
        monkeypatch.setattr("songkin.training.tasks.labels.HELD", held)
        place = write_labels(tmp_path, more=f"piece_tokens = {tokens}\ndropout = 0.0")
        torch.manual_seed(0)
        task = made(place)
        done: list[int] = []
        hidden = task.network.backbone.hidden
        monkeypatch.setattr(
            task.network.backbone, "hidden", lambda *own, of=hidden, done=done: (done.append(1), of(*own))[1]
        )
        task.loss(0).backward()  # type: ignore[no-untyped-call]
        passes.append(len(done))
        gradients.append({name: own.grad for name, own in task.network.named_parameters()})
    assert passes[0] == 1 < passes[1]
    assert passes[2] == 2 * passes[1]
    for name, whole in gradients[0].items():
        for other in (own[name] for own in gradients[1:]):
            assert (whole is None) == (other is None), name
            assert whole is None or torch.allclose(whole, other, atol=1e-6), name


def test_an_epoch_holds_every_song_of_every_target_once_and_a_batch_one_target(tmp_path: Path) -> None:
    task = made(write_labels(tmp_path, targets=("genre", "valence")))
    drawn = [task._drawn(number) for number in range(7 + 7)]
    for name, own in task.targets.items():
        places = sorted(int(place) for one in drawn if one.task == name for place in one.places)
        assert places == list(range(len(own.train.rows)))
    assert [one.task for one in drawn] != sorted(one.task for one in drawn)
    assert [one.task for one in drawn] != [task._drawn(14 + at).task for at in range(14)]


def test_targets_share_the_encoder_and_have_a_head_each(tmp_path: Path) -> None:
    own = 'kinds = { energy = "regression", year = "regression" }'
    place = write_labels(tmp_path, targets=("genre", "valence", "energy", "year", "explicit"), more=own)
    done = trained(place, tmp_path / "out")
    network = LabelNetwork.read(tmp_path / "out")
    assert network.outputs == {"genre": 2, "valence": 2, "energy": 1, "year": 1, "explicit": 2}
    assert {"genre accuracy", "valence accuracy", "energy mse", "year mse-of-mean"} <= set(done.test)
    told = labels(tmp_path / "out")["targets"]
    assert told["year"]["low"] >= 1960  # type: ignore[index]
    assert sum(told["year"]["test"]["truth_bins"]) == 12  # type: ignore[index]


def test_only_the_head_of_the_batchs_target_moves(tmp_path: Path) -> None:
    task = made(write_labels(tmp_path, targets=("genre", "valence")))
    drawn = task._drawn(0).task
    task.loss(0).backward()  # type: ignore[no-untyped-call]
    moved = {name.split(".")[0] for name, own in task.network.heads.named_parameters() if own.grad is not None}
    assert moved == {drawn}


def test_heads_of_a_label_network_are_kept_and_others_begin_anew(tmp_path: Path) -> None:
    trained(write_labels(tmp_path, optimiser=FROZEN), tmp_path / "first")
    kept = made(write_labels(tmp_path, targets=("genre", "valence"), start="first"))
    assert kept.kept == ["genre"]
    first = LabelNetwork.read(tmp_path / "first").heads.state_dict()
    assert all(torch.equal(first[name], kept.network.heads.state_dict()[name]) for name in first)
    assert made(write_labels(tmp_path, start="first", more='heads = "new"')).kept == []


# -- stopped and resumed -----------------------------------------------------------------------------------------------


def test_several_targets_killed_in_the_middle_go_on_to_the_same_weights(tmp_path: Path) -> None:
    place = write_labels(tmp_path, targets=("genre", "valence"), epochs=1)
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    trained(place, whole)
    child = subprocess.Popen([sys.executable, str(Path(__file__).with_name("train_tiny.py")), str(place), str(killed)])
    until = time.monotonic() + 60
    while not (killed / checkpoints.CHECKPOINT).is_file() and time.monotonic() < until:
        time.sleep(0.02)
    time.sleep(0.25)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -signal.SIGKILL
    done = trained(place, killed, resume=True)
    assert done.outcome.step == 14
    for name in (HEADS, WEIGHTS, "labels.json", "history.jsonl"):
        assert (killed / name).read_bytes() == (whole / name).read_bytes(), name


def test_a_finished_training_still_says_what_it_found(tmp_path: Path) -> None:
    place = write_labels(tmp_path)
    assert trained(place, tmp_path / "out").test == trained(place, tmp_path / "out", resume=True).test


def test_given_steps_take_the_place_of_the_epochs(tmp_path: Path) -> None:
    assert trained(write_labels(tmp_path), tmp_path / "out", steps=3).outcome.step == 3


def test_the_songs_are_named_by_their_checksum(tmp_path: Path) -> None:
    trained(write_labels(tmp_path), tmp_path / "out", steps=1)
    files = json.loads((tmp_path / "out" / "checksums.json").read_text(encoding="utf-8"))["files"]
    assert list(files) == [f"{tmp_path.name}/songs.jsonl"]


# -- figures and the command -------------------------------------------------------------------------------------------


def test_a_matrix_and_a_histogram_are_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="figures need matplotlib; it comes with: pip install 'songkin[plots]'")
    place = write_labels(tmp_path, targets=("genre", "energy"), more='kinds = { energy = "regression" }')
    done = trained(place, tmp_path / "out", steps=2)
    drawn = ["loss.png", "validation.png", "confusion_genre.png", "histogram_energy.png"]
    assert [path.name for path in done.figures] == drawn
    assert all(path.read_bytes().startswith(b"\x89PNG") for path in done.figures)


def typed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> str:
    monkeypatch.setattr(sys, "argv", ["songkin", *words])
    with contextlib.suppress(SystemExit):
        main()
    return capsys.readouterr().out


def test_the_command_prints_validation_and_test_side_by_side(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    place = write_labels(tmp_path)
    said = typed(monkeypatch, capsys, "train", str(place), "--out", str(tmp_path / "out"), "--threads", "1")
    assert "genre accuracy" in said
    assert "test" in said
    assert "songkin add" not in said  # it is no encoder
    told = typed(monkeypatch, capsys, "train", str(place), "--out", str(tmp_path / "out"), "--resume", "--json")
    assert json.loads(told)["test"]["genre accuracy"] >= 0


# -- what cannot be learnt ---------------------------------------------------------------------------------------------


def changed(**values: object) -> list[dict[str, object]]:
    return [{**row, **values} for row in songs()]


@pytest.mark.parametrize(
    ("targets", "rows", "said"),
    [
        (("genre",), changed(genre="rock"), r"target genre has one class, 'rock', on the training side of 56 songs"),
        (("genre",), changed(genre=None), r"target genre has no class"),
        (("valence",), changed(features={"valence": float("nan")}), r"target valence is known of none of 56"),
        (("valence",), changed(features={"valence": 0.5}), r"target valence is 0\.5 for all of 56 training songs"),
        (("genre",), songs()[:3], r"songs\.jsonl holds 3 songs with words; 9 are needed"),
        (("genre",), [], r"holds 0 songs with words"),
        (("genre",), changed(text="  "), r"holds 0 songs with words"),
        (("loudness",), songs(), r"there is no target 'loudness'; targets are genre, explicit"),
        ((), songs(), r"\[labels\] targets names nothing"),
    ],
)
def test_what_cannot_be_learnt_is_said_in_one_line(
    tmp_path: Path, targets: tuple[str, ...], rows: list[dict[str, object]], said: str
) -> None:
    with pytest.raises(TrainingError, match=said) as error:
        trained(write_labels(tmp_path, targets=targets, rows=rows), tmp_path / "out")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('kinds = { genre = "regression" }', r"target genre is of the kind 'regression'; it is predicted as classes"),
        ('kinds = { energy = "median" }', r"kinds names 'energy', which is none of targets"),
        ('split = "album"', r'split is "random" or "artist"'),
        ('architecture = "deep"', r"architecture is one of head, original, modified"),
        ("dropout = 1.0", r"dropout is a share below 1"),
    ],
)
def test_a_key_that_cannot_be_is_named(tmp_path: Path, more: str, said: str) -> None:
    with pytest.raises(TrainingError, match=said):
        trained(write_labels(tmp_path, more=more), tmp_path / "out")


def test_songs_without_a_value_are_left_out_and_counted(tmp_path: Path) -> None:
    task = made(write_labels(tmp_path, targets=("valence",)))
    own = task.targets["valence"]
    assert own.left_out == 8
    assert sum(len(side.rows) for side in (own.train, own.valid, own.test)) == 72


def test_a_damaged_line_of_songs_is_named(tmp_path: Path) -> None:
    place = tmp_path / "songs.jsonl"
    place.write_text('{"id": "a", "text": "la", "features": {"valence": "high"}}\n', encoding="utf-8")
    with pytest.raises(TrainingError, match=r"songs\.jsonl: song 'a' cannot be read"):
        read_songs(place)


def test_only_a_rate_of_nothing_for_the_whole_encoder_freezes_it(tmp_path: Path) -> None:
    for told, frozen in ((FROZEN, True), ("", False), ('rates = { "backbone." = 0.1 }', False)):
        assert is_frozen(read(write_labels(tmp_path, optimiser=told))) is frozen
    part = 'rates = { "backbone." = 0.0, "backbone.network.encoder.layer.1." = 1.0 }'
    assert is_frozen(read(write_labels(tmp_path, optimiser=part))) is False


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("epochs = 2", "epochs = 0", r"\[labels\] epochs is 0, .* a number from 1, or leave .* \[schedule\] steps"),
        ("epochs = 2", "epochs = -3", r"\[labels\] epochs is -3"),
        ("rate = 0.01", "rate = -0.1", r"\[optimiser\] rate is -0\.1; it is a number above 0"),
        ("rate = 0.01", "rate = nan", r"\[optimiser\] rate is nan; it takes a finite number"),
        ('task = "labels"', 'task = "labls"', "no task 'labls'; did you mean 'labels'. Tasks: contrastive, .*labels"),
        ('task = "labels"', 'task = "sing"', "there is no task 'sing'; Tasks: contrastive, distil, .*teacher"),
    ],
)
def test_a_mistake_in_a_recipe_is_told_before_any_song_is_read(tmp_path: Path, old: str, new: str, said: str) -> None:
    place = write_labels(tmp_path)
    (tmp_path / "songs.jsonl").unlink()
    place.write_text(place.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(TrainingError, match=rf"recipe\.toml: .*{said}"):
        run(place, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_every_task_a_recipe_may_name_can_be_made() -> None:
    assert tuple(tasks.TASKS) == recipes.TASKS
