"""Songs as vectors, and the two self-supervised tasks: the one that collapses and the one that does not."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from labelled import songs, write_labels  # noqa: E402
from tiny import write_start  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.epfl.cells import history_of  # noqa: E402
from songkin.training.epfl.encoding import cached, drift, encoded, tokens_of  # noqa: E402
from songkin.training.networks.backbone import Backbone  # noqa: E402
from songkin.training.run import run  # noqa: E402
from songkin.training.tasks.halves import Order, halved  # noqa: E402
from songkin.training.tasks.simsiam import apart  # noqa: E402

RECIPE = """
name = "tiny"
task = "{task}"
[network]
start = "start"
[batches]
size = 8
max_tokens = 16
[optimiser]
rate = {rate}
clip = 0.0
[schedule]
warmup = 0.0
floor = 1.0
[validation]
every = 4
[checks]
mean_cosine = {most}
effective_rank = 1.0
[saving]
steps = 3
minutes = 0.0
[{task}]
corpus = "songs.jsonl"
epochs = {epochs}
{more}
"""
TEXTS = ["a sad song", "a happy song with piano and guitar please", "a calm song with organ", "no drums"]


@pytest.fixture(scope="module")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Backbone:
    folder = tmp_path_factory.mktemp("base")
    return Backbone.read("start", write_start(folder / "start").parent)


def write_recipe(
    folder: Path, task: str, *, rate: float = 0.01, most: float = 0.999, epochs: int = 2, more: str = ""
) -> Path:
    write_labels(folder)
    place = folder / f"{task}.toml"
    told = RECIPE.format(task=task, rate=rate, most=most, epochs=epochs, more=more)
    place.write_text(told, encoding="utf-8")
    return place


def test_songs_become_unit_rows_in_the_order_given(backbone: Backbone) -> None:
    vectors = encoded(backbone, TEXTS)
    assert vectors.shape == (4, 16)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert np.allclose(vectors[::-1], encoded(backbone, TEXTS[::-1]), atol=1e-6)
    assert encoded(backbone, []).shape == (0, 16)


def test_a_song_lies_at_itself_unless_padding_counts(backbone: Backbone) -> None:
    own = drift(backbone, TEXTS, max_tokens=32)
    assert own.masked == pytest.approx(0, abs=1e-6)
    assert own.padded > 0.001
    assert drift(backbone, []) == (0, 0)


def test_vectors_are_made_once_for_the_same_texts_and_key(tmp_path: Path) -> None:
    made = []

    def make() -> np.ndarray:
        made.append(1)
        return np.full((2, 3), len(made), np.float32)

    place = tmp_path / "v" / "own.npz"
    assert cached(place, ["a", "b"], "one", make).tolist() == cached(place, ["a", "b"], "one", make).tolist()
    assert len(made) == 1
    assert cached(place, ["a", "b"], "other", make)[0, 0] == 2
    assert cached(place, ["a", "c"], "other", make)[0, 0] == 3


def test_an_untrained_encoder_reads_as_many_tokens_as_its_folder_says(tmp_path: Path) -> None:
    assert tokens_of("minilm") == 256
    (tmp_path / "sentence_bert_config.json").write_text('{"max_seq_length": 384}', encoding="utf-8")
    assert tokens_of(str(tmp_path)) == 384


@pytest.mark.parametrize(
    ("text", "halves"), [("abcd", ("ab", "cd")), ("abc", ("ab", "c")), ("a", ("a", "")), ("", ("", ""))]
)
def test_a_text_is_cut_in_the_middle_by_characters(text: str, halves: tuple[str, str]) -> None:
    assert halved(text) == halves


def test_an_epoch_holds_every_song_once_but_for_a_last_small_batch() -> None:
    order = Order(songs=22, size=5, seed=3)
    assert order.batches == 4
    epoch = [at for number in range(4) for at in order.batch(number)]
    assert len(set(epoch)) == 20
    assert order.batch(0) == Order(22, 5, 3).batch(0) != order.batch(4)


def test_the_loss_of_simsiam_is_the_negative_cosine_and_its_target_gets_no_gradient() -> None:
    p, z = (torch.tensor([[3.0, 4.0]], requires_grad=True) for _ in range(2))
    loss = apart(p, z)
    assert float(loss.detach()) == pytest.approx(-1)
    (loss + 0 * z.sum()).backward()
    assert z.grad.abs().sum() == 0


def test_simsiam_collapses_and_is_stopped(tmp_path: Path) -> None:
    place = write_recipe(tmp_path, "simsiam", most=0.5)
    with pytest.raises(TrainingError, match="the space has collapsed"):
        run(place, tmp_path / "out")


def test_simsiam_goes_on_where_it_is_told_and_the_collapse_is_on_record(tmp_path: Path) -> None:
    place = write_recipe(tmp_path, "simsiam", most=0.5, more="go_on = true\nwidth = 8")
    done = run(place, tmp_path / "out")
    rows = [row for row in history_of(tmp_path / "out") if "score" in row]
    assert done.outcome.step == 14  # 56 training songs, 7 batches, 2 epochs
    assert [row["step"] for row in rows] == [4, 8, 12, 14]
    assert {"mean_cosine", "effective_rank", "held-out loss", "mean cosine of z"} <= rows[0].keys()
    assert rows[-1]["mean_cosine"] > rows[0]["mean_cosine"] - 0.1
    assert Backbone.read("out", tmp_path).dim == 16


def test_halves_find_each_other_without_collapse_and_resume_to_the_bit(tmp_path: Path) -> None:
    place = write_recipe(tmp_path, "halves", rate=0.003, epochs=3)
    whole = run(place, tmp_path / "whole", threads=1)
    rows = [row for row in history_of(tmp_path / "whole") if "score" in row]
    assert rows[-1]["mean_cosine"] < 0.99
    assert whole.outcome.measures["mrr"] == max(row["mrr"] for row in rows)

    class Killed(Exception):
        pass

    def kill(step: object) -> None:
        if step[0] == 10:  # type: ignore[index]
            raise Killed

    with pytest.raises(Killed):
        run(place, tmp_path / "killed", threads=1, tell=kill)
    again = run(place, tmp_path / "killed", threads=1, resume=True)
    assert again.outcome.score == whole.outcome.score
    assert history_of(tmp_path / "killed") == history_of(tmp_path / "whole")
    checks = json.loads((tmp_path / "whole" / "checksums.json").read_text(encoding="utf-8"))
    assert any(name.endswith("songs.jsonl") for name in checks["files"])


@pytest.mark.parametrize(
    ("task", "more"), [("simsiam", "width = 0"), ("halves", "temperature = 0.0"), ("halves", "most = 3")]
)
def test_what_cannot_be_trained_is_told(tmp_path: Path, task: str, more: str) -> None:
    with pytest.raises(TrainingError, match=r"width|temperature|a batch takes 8"):
        run(write_recipe(tmp_path, task, more=more), tmp_path / "out")


def test_too_few_songs_are_told(tmp_path: Path) -> None:
    place = write_recipe(tmp_path, "halves")
    lines = [json.dumps(row) for row in songs()[:3]]
    (tmp_path / "songs.jsonl").write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(TrainingError, match="3 songs cannot be split"):
        run(place, tmp_path / "out")
