"""The task "pairs" on a little corpus in the paper's own formats: it learns, resumes, is kept, says what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from paired_tracks import COUNT, track, write_corpus, write_sound  # noqa: E402

from songkin.errors import SongkinError, TrainingError  # noqa: E402
from songkin.training.data import Ground  # noqa: E402
from songkin.training.data.augment import Augment  # noqa: E402
from songkin.training.deepplaylist.corpus import files_of, read_corpus, ready, split_of  # noqa: E402
from songkin.training.deepplaylist.making import kept, made  # noqa: E402
from songkin.training.deepplaylist.options import Options  # noqa: E402
from songkin.training.loop import rate_at  # noqa: E402
from songkin.training.pairs import PairSet  # noqa: E402
from songkin.training.recipes import Schedule, parse  # noqa: E402
from songkin.training.run import run  # noqa: E402
from songkin.training.tasks.pairs import MEASURED, TOLD, by_songs, epoch_batches, on_test, planned  # noqa: E402

RECIPE = """
name = "tiny pairs"
task = "pairs"
seed = 5
[network]
start = "{start}"
[batches]
size = 16
[optimiser]
rate = {rate}
decay = 0.0
clip = 0.0
[schedule]
warmup = 0.0
floor = 1.0
[saving]
steps = 7
minutes = 0.0
[pairs]
corpus = "."
shards = "shards"
vocabulary = 12
length = 8
dim = 4
first = 6
second = 4
dense = [8, 4]
dropout = 0.1
frames = 16
epochs = {epochs}
{more}
"""


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_corpus(tmp_path_factory.mktemp("tracks"))
    write_sound(folder / "shards")
    return folder


@pytest.fixture(autouse=True)
def no_curves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.training.run.draw", lambda out: [])


def told(more: str = "", *, epochs: int = 2, rate: float = 1e-2, start: str = "ppmi") -> str:
    return RECIPE.format(more=more, epochs=epochs, rate=rate, start=start)


def trained(corpus: Path, out: Path, more: str = "", **own: object) -> dict:
    torch.manual_seed(0)
    run(parse(told(more, **own), corpus / "recipe.toml"), out, threads=1)
    return json.loads((out / MEASURED).read_text(encoding="utf-8"))


def ground(corpus: Path) -> Ground:
    return Ground(None, corpus, Augment())


def test_a_network_learns_which_tracks_are_alike(corpus: Path, tmp_path: Path) -> None:
    own = trained(corpus, tmp_path / "out", epochs=10)["test"]
    assert own["MAE"] < own["constant median"]["MAE"]
    assert own["Spearman"] > 0.3
    assert own["order"]["nDCG@10"] > own["order"]["nDCG@10 of chance"]
    told_of = on_test(tmp_path / "out")
    assert told_of["MAE"] == own["MAE"]
    assert told_of["MAE of constant median"] == own["constant median"]["MAE"]
    assert told_of["nDCG@10"] == own["order"]["nDCG@10"]


def test_what_is_told_of_every_test_pair_is_kept(corpus: Path, tmp_path: Path) -> None:
    own = trained(corpus, tmp_path / "out")
    found = np.load(tmp_path / "out" / TOLD)
    assert found.shape == (own["rows"]["test"], 2)
    assert np.abs(found[:, 1] - found[:, 0]).mean() == pytest.approx(own["test"]["MAE"], abs=1e-6)


def test_classes_are_told_by_the_baseline(corpus: Path, tmp_path: Path) -> None:
    more = 'kind = "classification"\nnetwork = "baseline"\nmerge = "concatenation"'
    own = trained(corpus, tmp_path / "out", more, epochs=6)["test"]
    assert set(own["rows"]) == {"0", "1", "macro", "weighted"}
    assert own["accuracy"] > own["majority"]
    assert on_test(tmp_path / "out")["accuracy"] == own["accuracy"]


@pytest.mark.parametrize("reads", ["audio", "both"])
@pytest.mark.parametrize("audio", ["cnn", "residual"])
def test_sound_is_read_from_shards(corpus: Path, tmp_path: Path, reads: str, audio: str) -> None:
    more = f'reads = "{reads}"\naudio = "{audio}"\nmerge = "concatenation"\nanneal = 3'
    own = trained(corpus, tmp_path / "out", more)
    assert own["said"]["pairs whose songs both have sound"] == (COUNT - 4) * (COUNT - 5) // 2
    assert 0 <= own["test"]["MAE"] <= 1


def test_a_killed_training_goes_on_to_the_same_network(corpus: Path, tmp_path: Path) -> None:
    class Killed(Exception):
        pass

    def kill(step: object) -> None:
        if step.step == 15:  # type: ignore[attr-defined]
            raise Killed

    recipe = parse(told(), corpus / "recipe.toml")
    run(recipe, tmp_path / "whole", threads=1)
    with pytest.raises(Killed):
        run(recipe, tmp_path / "cut", threads=1, tell=kill)
    run(recipe, tmp_path / "cut", threads=1, resume=True)
    for name in ("model.safetensors", "history.jsonl", MEASURED):
        assert (tmp_path / "cut" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name


def test_a_kept_network_tells_what_it_told(corpus: Path, tmp_path: Path) -> None:
    trained(corpus, tmp_path / "out")
    own = kept(tmp_path / "out")
    assert {"the", "sea", "ship", "road"} <= set(own.words)
    data = ready(own.options, ground(corpus), seed=5, start="ppmi")
    test = data.sides.test
    left, right = (data.words[torch.tensor(side)].long() for side in (test.left, test.right))
    with torch.no_grad():
        found = own.network(left, right).numpy()
    assert np.load(tmp_path / "out" / TOLD)[:, 1] == pytest.approx(found, abs=1e-5)


def test_frozen_word_vectors_stay(corpus: Path, tmp_path: Path) -> None:
    text = told().replace("[optimiser]", '[optimiser]\nrates = { "tower.words." = 0.0 }')
    run(parse(text, corpus / "recipe.toml"), tmp_path / "out", threads=1)
    own = kept(tmp_path / "out")
    begun = ready(own.options, ground(corpus), seed=5, start="ppmi").vectors
    assert torch.equal(own.network.tower.words.weight.detach(), begun)


def test_word_vectors_come_from_a_file_of_gloves_form(corpus: Path) -> None:
    (corpus / "glove.txt").write_text("sea 1 2 3 4\nother 0 0 0 0\n", encoding="utf-8")
    options = parse(told(), corpus / "recipe.toml").task_table(Options)
    data = ready(options, ground(corpus), seed=5, start="glove.txt")
    assert data.vectors[2 + data.vocabulary.index("sea")].tolist() == [1, 2, 3, 4]
    assert data.vectors.shape == (12, 4)


def test_a_file_of_vectors_that_is_not_there_is_named(corpus: Path) -> None:
    options = parse(told(), corpus / "recipe.toml").task_table(Options)
    with pytest.raises(SongkinError, match=r"gone\.txt"):
        ready(options, ground(corpus), seed=5, start="gone.txt")


def test_the_random_split_knows_test_songs_and_the_others_do_not(corpus: Path) -> None:
    for how, shared in (("random", True), ("track", False), ("artist", False)):
        sides = split_of(Options(corpus=".", split=how), ground(corpus), seed=1).sides
        assert bool(set(sides.train.songs) & set(sides.test.songs)) is shared, how


def test_pairs_are_drawn_side_by_side(corpus: Path) -> None:
    sides = split_of(Options(corpus=".", pairs=100), ground(corpus), seed=1).sides
    assert [len(side) for side in sides] == [64, 16, 20]


def test_negatives_get_their_label(tmp_path: Path) -> None:
    write_corpus(tmp_path, alike=True)
    own = Options(corpus=".", pairs=60, negatives=0.5, negative=0.1)
    labels = split_of(own, ground(tmp_path), seed=1).sides.train.labels
    assert np.isclose(labels, 0.1).sum() == len(labels) / 2 == 38
    assert labels.max() > 0.8


def test_words_of_a_test_song_alone_are_unknown(corpus: Path) -> None:
    own = Options(corpus=".", split="artist", vocabulary=12, length=8, dim=4)
    data = ready(own, ground(corpus), seed=1, start="random")
    read = read_corpus(str(corpus.resolve()), seed=1)
    trained_on = {word for at in data.sides.train.songs for word in read.words[data.sides.train.ids[at]]}
    assert set(data.vocabulary) == trained_on


def test_files_are_named_for_the_checksums(corpus: Path) -> None:
    names = {path.name for path in files_of(Options(corpus="."), ground(corpus))}
    assert names == {"mxm_dataset_train.txt", "lastfm_similars.db"}


def test_epochs_become_steps(corpus: Path) -> None:
    own = planned(parse(told("anneal = 30", epochs=3), corpus / "recipe.toml"), ground(corpus))
    train = round(COUNT * (COUNT - 1) // 2 * 0.64)
    assert own.schedule.steps == 3 * (train // 16)
    assert own.schedule.period == 30 * (train // 16)
    assert own.validation.every == train // 16


def test_an_annealed_rate_follows_the_cosine_of_its_period() -> None:
    own = Schedule(steps=10, warmup=0.0, floor=1e-3, period=30)
    assert rate_at(0, own) == 1.0
    assert rate_at(15, own) == pytest.approx(1e-3 + 0.999 / 2)
    assert rate_at(30, own) == pytest.approx(1e-3)
    assert rate_at(45, own) == pytest.approx(rate_at(15, own))


def test_sure_labels_come_first_where_a_curriculum_is_asked_for(corpus: Path) -> None:
    own = Options(corpus=".", curriculum=True, epochs=3)
    train = split_of(own, ground(corpus), seed=1).sides.train
    batches = epoch_batches(train, own, 16)
    assert batches == sorted(batches)
    assert batches[0] < batches[-1]


def test_drawing_by_songs_keeps_every_pair_and_reads_fewer_songs() -> None:
    left, right = np.triu_indices(60, 1)
    pairs = PairSet(tuple(map(str, range(60))), left, right, np.zeros(len(left), np.float32))
    batches = 30

    def songs(rows: np.ndarray) -> float:
        return float(np.mean([len(pairs.take(part).songs) for part in np.array_split(rows, batches)]))

    rng = np.random.default_rng(0)
    rows = by_songs(pairs, rng, batches)
    assert sorted(rows.tolist()) == list(range(len(pairs)))
    assert songs(rows) < 0.75 * songs(rng.permutation(len(pairs)))


def test_by_songs_of_few_pairs_is_no_error(corpus: Path, tmp_path: Path) -> None:
    assert trained(corpus, tmp_path / "out", 'draw = "songs"')["rows"]["train"] > 0


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('kind = "ranking"', "kind is 'ranking'; it is one of regression, classification"),
        ('merge = "sum"', "merge is 'sum'; it is one of"),
        ('split = "year"', "split is 'year'"),
        ('padding = "both"', "padding is 'both'"),
        ("shares = [0.5, 0.5]", "shares are three shares"),
        ("dropout = 1.0", "dropout and negatives are shares below 1"),
        ("epochs = 0", "epochs are from 1"),
        ("l2 = -1.0", "l2, pairs, anneal and unheard are numbers from 0"),
        ("threshold = 2.0", "threshold and negative are labels"),
        ('reads = "audio"\nkind = "classification"', "'classification' reads lyrics alone"),
        ('network = "baseline"\nreads = "both"', "network 'baseline' reads lyrics alone"),
        ('merge = "cosine"\nkind = "classification"', "merge 'cosine' has no layers"),
        ("widht = 3", "has no key 'widht'"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(corpus: Path, more: str, said: str) -> None:
    text = told(more).replace("epochs = 2\n", "") if more.startswith("epochs") else told(more)
    text = text.replace("dropout = 0.1\n", "") if more.startswith("dropout") else text
    with pytest.raises(TrainingError, match="pairs") as error:
        parse(text, corpus / "recipe.toml").task_table(Options)
    assert said in str(error.value)


def test_sound_without_shards_is_said(corpus: Path) -> None:
    with pytest.raises(ValueError, match="needs shards"):
        Options(reads="audio")


def test_a_folder_without_the_corpora_is_named(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(SongkinError, match="empty"):
        split_of(Options(corpus="empty"), ground(tmp_path), seed=1)


def test_too_few_pairs_are_said(tmp_path: Path, corpus: Path) -> None:
    with pytest.raises(TrainingError, match="pairs"):
        split_of(Options(corpus=".", pairs=1, shares=(0.98, 0.01, 0.01), split="artist"), ground(corpus), seed=1)


@pytest.mark.parametrize("damage", ["gone", "kind", "weights", "json"])
def test_a_damaged_folder_is_named(corpus: Path, tmp_path: Path, damage: str) -> None:
    from songkin.training.deepplaylist.making import write

    own = Options(vocabulary=5, dim=2, first=2, second=2, dense=(2,))
    write(made(own), own, ["a", "b", "c"], tmp_path)
    place = tmp_path / "network.json"
    if damage == "gone":
        place.unlink()
    elif damage == "json":
        place.write_text("{")
    elif damage == "kind":
        place.write_text('{"kind": "text"}')
    else:
        place.write_text(place.read_text().replace('"first": 2', '"first": 3'))
    with pytest.raises(TrainingError, match=str(tmp_path)):
        kept(tmp_path)


def test_a_track_is_as_the_corpus_writes_it() -> None:
    assert len({track(at) for at in range(COUNT)}) == COUNT
    assert {len(track(at)) for at in range(COUNT)} == {18}
