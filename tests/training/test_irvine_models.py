"""The three models on toy songs: tuning, heads, optimisers, scores worked by hand, and the bench that keeps them."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from irvine_songs import backbone, labelled, sides, songs  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.irvine.bench import Bench, Stage, laid_out  # noqa: E402
from songkin.training.irvine.head import Course, Side, chosen, fit  # noqa: E402
from songkin.training.irvine.measures import scores  # noqa: E402
from songkin.training.irvine.models import inner, judged, optimised, three_models  # noqa: E402
from songkin.training.irvine.songs import Sides, by_artist  # noqa: E402
from songkin.training.irvine.tuning import Slowly, tuned, vectors  # noqa: E402

STAGE = Stage(Course(epochs=3), Slowly(rate=3e-3, epochs=2, max_tokens=16), topics=2)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    place = tmp_path_factory.mktemp("bench")
    return laid_out(labelled(), sides(), lambda: backbone(place), STAGE, place / "bench.npz")


def parted(count: int = 40) -> tuple[Side, Side]:
    """Songs whose first number tells their mood."""
    rng = np.random.default_rng(0)
    parts = rng.normal(size=(count, 4)).astype(np.float32)
    moods = (parts[:, 0] > 0).astype(np.int64)
    return Side(parts[: count // 2], moods[: count // 2]), Side(parts[count // 2 :], moods[count // 2 :])


def test_scores_are_as_worked_out_by_hand() -> None:
    found = scores([1, 1, 1, 0, 0], [1, 1, 0, 1, 0], commonest=1)
    assert found == pytest.approx((3 / 5, 2 / 3, 2 / 3, 3 / 5, 5))
    more = scores([0, 1, 2], [0, 2, 2], commonest=0)
    assert more == pytest.approx((2 / 3, (1 + 0 + 1 / 2) / 3, (1 + 0 + 1) / 3, 1 / 3, 3))
    assert scores([0, 0], [0, 0], commonest=0).precision == 0.0
    assert math.isnan(scores([], [], commonest=0).accuracy)


@pytest.mark.parametrize("optimiser", ["adamw", "adagrad", "sgd", "adam"])
def test_every_optimiser_learns_what_one_number_tells(optimiser: str) -> None:
    train, valid = parted(120)
    best = chosen(train, valid, 2, Course(optimiser=optimiser, batch=4))
    assert best.valid > 0.7
    assert best.course.optimiser == optimiser
    assert len(best.losses) == 5 * 15  # five epochs of 60 songs, four a batch
    assert np.mean(best.losses[-15:]) < np.mean(best.losses[:15])


def test_the_same_seed_gives_the_same_head_and_another_another() -> None:
    train, valid = parted()
    one, same, other = (fit(train, valid, 2, Course(seed=seed)).losses for seed in (0, 0, 1))
    assert one == same != other


def test_songs_of_one_mood_teach_nothing() -> None:
    train, valid = parted()
    for moods in (train.moods * 0, train.moods[:0]):
        with pytest.raises(TrainingError, match="fewer than two moods"):
            fit(Side(train.parts[: len(moods)], moods), valid, 2, Course())


def test_an_unknown_optimiser_is_named() -> None:
    with pytest.raises(TrainingError, match="no optimiser is called 'lion'; there are adamw, adagrad, sgd, adam"):
        fit(*parted(), 2, Course(optimiser="lion"))


def test_nothing_to_choose_by_leaves_the_lowest_rate() -> None:
    train, _ = parted()
    none = Side(np.empty((0, 4), np.float32), np.empty(0, np.int64))
    assert chosen(train, none, 2, Course(), rates=(0.1, 0.01)).course.rate == 0.01


def test_vectors_do_not_depend_on_the_songs_beside_them(tmp_path: Path) -> None:
    network = backbone(tmp_path)
    texts = ["piano harp", "drums", "piano " * 12]
    for pooling in ("mean", "first"):
        together = vectors(network, texts, pooling=pooling)
        alone = np.concatenate([vectors(network, [text], pooling=pooling) for text in texts])
        np.testing.assert_allclose(together, alone, atol=1e-5)
    assert vectors(network, []).shape == (0, 16)


def test_tuning_teaches_a_copy_and_leaves_the_encoder_as_it_was(tmp_path: Path) -> None:
    network, own, split = backbone(tmp_path), songs(), sides()
    texts, moods = [song.text for song in own], np.array([song.mood for song in own])
    before = vectors(network, texts)
    told: list[int] = []
    found = tuned(network, texts, moods, split[:2], 2, STAGE.slowly, lambda step, steps, loss: told.append(step))
    np.testing.assert_array_equal(vectors(network, texts), before)
    assert np.mean(found.predict(texts, max_tokens=16) == moods) > 0.9
    assert found.valid > 0.9
    assert told == list(range(1, len(found.losses) + 1))


def test_tuning_on_one_mood_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="fewer than two moods"):
        tuned(backbone(tmp_path), ["harp"] * 4, np.zeros(4, int), (np.arange(2), np.arange(2, 4)), 2, STAGE.slowly)


def test_every_model_has_its_row_with_topics_and_audio_for_themselves(bench: Bench) -> None:
    rows = {row.model: row for row in three_models(bench, STAGE)}
    assert list(rows) == [
        "frozen",
        "fine-tuned, own output",
        "tBERT",
        "tBERT + topics",
        "tBERT + audio",
        "tBERT + topics + audio",
        "audio alone",
    ]
    assert all(row.scores.n == len(bench.sides.test) and row.time_s > 0 for row in rows.values())
    assert rows["tBERT + topics + audio"].scores.accuracy > 0.8
    assert rows["tBERT + topics"].time_s > rows["frozen"].time_s  # it holds the tuning


def test_optimisers_and_the_hidden_layer_are_of_the_whole_head(bench: Bench) -> None:
    found = optimised(bench, STAGE.course, ("adamw", "sgd"))
    assert judged(bench, found["adamw"]).accuracy > 0.8
    assert inner(bench, STAGE.course).shape == (60, 64)
    assert found["adamw"].head.hidden.in_features == 16 + 2 + 12


def test_a_bench_split_anew_has_frozen_vectors_alone_on_the_scale_of_its_new_side(bench: Bench) -> None:
    new = by_artist(songs(), seed=3)
    found = bench.split_anew(labelled(), new)
    assert list(found.parts) == list(found.times) == ["frozen"]
    assert found.sides is new
    own = found.parts["frozen"][new.train]
    np.testing.assert_allclose(own.mean(0), 0.0, atol=1e-5)
    same = bench.split_anew(bench.labelled, bench.sides)
    np.testing.assert_allclose(same.parts["frozen"], bench.parts["frozen"], atol=1e-5)
    assert [row.model for row in three_models(found, STAGE)] == ["frozen"]


def test_tuning_keeps_the_epoch_that_labels_best_and_without_songs_to_choose_by_the_last(tmp_path: Path) -> None:
    network, own, split = backbone(tmp_path), songs(), sides()
    texts, moods = [song.text for song in own], np.array([song.mood for song in own])
    slowly = STAGE.slowly._replace(epochs=3)
    valid = [tuned(network, texts, moods, split[:2], 2, slowly._replace(epochs=epochs)).valid for epochs in range(1, 4)]
    assert valid == sorted(valid)  # a further epoch is only taken where it labels better
    none = np.empty(0, np.int64)
    found = tuned(network, texts, moods, (split.train, none), 2, slowly)
    assert found.valid == 0.0
    assert len(found.losses) == 3 * -(-len(split.train) // slowly.batch)
    assert np.mean(found.predict(texts, max_tokens=16) == moods) > 0.9


def test_a_bench_is_kept_and_made_again_when_its_songs_change(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place, made = tmp_path / "bench.npz", []

    def read() -> object:
        made.append(1)
        return backbone(tmp_path)

    stage = STAGE._replace(tune=False)
    first = laid_out(labelled(20), sides(20), read, stage, place)  # type: ignore[arg-type]
    again = laid_out(labelled(20), sides(20), read, stage, place)  # type: ignore[arg-type]
    assert len(made) == 1
    np.testing.assert_array_equal(first.parts["frozen"], again.parts["frozen"])
    assert "tuned" not in again.parts
    assert [row.model for row in three_models(again, stage)] == ["frozen", "audio alone"]
    laid_out(labelled(22), sides(22), read, stage, place)  # type: ignore[arg-type]
    place.write_bytes(place.read_bytes()[:100])
    laid_out(labelled(22), sides(22), read, stage, place)  # type: ignore[arg-type]
    assert len(made) == 3


def test_features_that_are_nan_are_borne(tmp_path: Path) -> None:
    own = labelled(20)
    odd = own._replace(
        songs=[song.__class__(song.id, song.artist, song.title, song.text, song.mood) for song in own.songs]
    )
    found = laid_out(odd, sides(20), lambda: backbone(tmp_path), STAGE._replace(tune=False), tmp_path / "bench.npz")
    assert np.isfinite(found.parts["audio"]).all()


def test_three_songs_are_too_few_and_say_so(tmp_path: Path) -> None:
    own = labelled(3)
    split = Sides(np.array([0]), np.array([1]), np.array([2]))
    with pytest.raises(TrainingError, match="1 songs to train on are of fewer than two moods"):
        laid_out(own, split, lambda: backbone(tmp_path), STAGE, tmp_path / "bench.npz")
