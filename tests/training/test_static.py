"""A student is trained from texts alone, becomes a folder that songkin reads, and follows its encoder."""

from __future__ import annotations

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from songkin.encoders import OnnxEncoder, StaticEncoder, load, student_of
from songkin.errors import TrainingError
from songkin.training.networks.shape import Shape

if any(find_spec(package) is None for package in ("torch", "onnx")):
    pytest.skip("needs pip install 'songkin[train]'", allow_module_level=True)

import torch

from songkin.training import run as training
from songkin.training.export import export
from songkin.training.networks.text import TextNetwork
from songkin.training.static import begun, laid_out, single_tokens, swapped
from songkin.training.tasks.static import kept_neighbours

WORDS = [
    "rain",
    "river",
    "train",
    "harbour",
    "winter",
    "piano",
    "drums",
    "brass",
    "slow",
    "loud",
    "night",
    "road",
    "home",
]
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *WORDS]
CPU = torch.device("cpu")
ANGLES = ([0, 10, 25, 90], [0, 10, 25, 24])


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small encoder of random weights, in the folder 'ours'."""
    place = tmp_path_factory.mktemp("encoders")
    torch.manual_seed(1)
    network = TextNetwork(Shape(1, 16, 2, 8, 16, 24, len(VOCABULARY), True)).eval()
    for name, parameter in network.named_parameters():
        if "LayerNorm" not in name:
            torch.nn.init.normal_(parameter, std=0.3)
    network.write(place / "trained")
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(VOCABULARY)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=[("[CLS]", 2), ("[SEP]", 3)])
    tokenizer.save(str(place / "trained" / "tokenizer.json"))
    export(place / "trained", place / "ours", name="ours", matryoshka=[16, 8], texts=["rain on the river", "home"])
    return place / "ours"


@pytest.fixture
def recipe(ours: Path, tmp_path: Path) -> Path:
    """A recipe beside its encoder and 200 short descriptions, drawn at random."""
    shutil.copytree(ours, tmp_path / "ours")
    draw = np.random.default_rng(3)
    rows = [{"text": " ".join(draw.choice(WORDS, 6)), "tags": list(draw.choice(WORDS, 2, False))} for _ in range(200)]
    (tmp_path / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    path = tmp_path / "student.toml"
    path.write_text(
        'name = "student"\ntask = "static"\n[network]\nstart = "ours"\n[batches]\nsize = 32\n'
        "[optimiser]\nrate = 3e-2\ndecay = 0.0\n[schedule]\nsteps = 60\n[validation]\nevery = 20\n"
        "[static]\nwidth = 12\ntexts = 150\n"
        '[[source]]\nkind = "texts"\npaths = ["texts.jsonl"]\n',
        encoding="utf-8",
    )
    return path


def trained(recipe: Path, out: str) -> Path:
    return training.run(recipe, recipe.parent / out, threads=1).folder


def test_what_is_trained_is_the_encoders_student_where_it_lies_beside_it(recipe: Path) -> None:
    trained(recipe, "ours-fast")
    encoder = load(str(recipe.parent / "ours"), threads=1)
    student = student_of(encoder)
    assert (student.name, student.dim, student.space) == ("ours-fast", 16, encoder.fingerprint)
    texts = ["slow piano at night", "loud brass and drums", "winter road home"]
    assert (student.encode_songs(texts) * encoder.encode_songs(texts)).sum(1).mean() > 0.5
    assert student_of(load(str(recipe.parent / "ours"), dim=8)).encode_songs(texts).shape == (3, 8)


def test_training_helps(recipe: Path) -> None:
    out = trained(recipe, "out")
    rows = [json.loads(line) for line in (out / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    losses = [row["loss"] for row in rows if "loss" in row]
    judged = [row for row in rows if "score" in row]
    assert np.mean(losses[-10:]) < 0.9 * np.mean(losses[:10])
    assert set(judged[0]) >= {"neighbours@10", "cosine", "effective_rank", "mean_cosine"}


def test_the_same_recipe_gives_the_same_bytes(recipe: Path) -> None:
    one, other = (trained(recipe, name) / "model.safetensors" for name in ("one", "other"))
    assert one.read_bytes() == other.read_bytes()


def test_only_an_encoder_with_a_graph_can_be_followed(recipe: Path) -> None:
    shutil.move(trained(recipe, "first"), recipe.parent / "second")
    recipe.write_text(recipe.read_text(encoding="utf-8").replace('"ours"', '"second"'), encoding="utf-8")
    with pytest.raises(TrainingError, match=r"start = '.*second' is no encoder with a model.onnx"):
        trained(recipe, "third")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [("width", "0", "width from 1"), ("swap", "1.5", "a share in"), ("cosine", "0.0\ncontrast = 0.0", "both weights")],
)
def test_what_cannot_be_trained_is_told_with_its_table(recipe: Path, key: str, value: str, message: str) -> None:
    text = recipe.read_text(encoding="utf-8").replace("width = 12\n", f"{key} = {value}\n")
    recipe.write_text(text, encoding="utf-8")
    with pytest.raises(TrainingError, match=rf"\[static\].*{message}"):
        trained(recipe, "out")


def test_it_begins_with_each_token_as_the_encoder_reads_it_alone(ours: Path) -> None:
    encoder = load(str(ours), threads=1)
    assert isinstance(encoder, OnnxEncoder)
    alone = single_tokens(encoder, len(VOCABULARY))
    np.testing.assert_allclose(alone[VOCABULARY.index("rain")], encoder.encode_songs(["rain"])[0], atol=1e-5)
    network = begun(encoder, np.ones(len(VOCABULARY), np.int64), 16)
    own = network(*laid_out([np.array([4], np.int32), np.array([5], np.int32)], CPU)).detach().numpy()
    np.testing.assert_allclose(own, alone[4:6], atol=1e-4)


def test_frequent_tokens_weigh_less_at_first(ours: Path) -> None:
    encoder = load(str(ours), threads=1)
    assert isinstance(encoder, OnnxEncoder)
    counts = np.ones(len(VOCABULARY), np.int64)
    counts[4] = 1000
    lengths = begun(encoder, counts, 16).table.weight.norm(dim=1)
    assert lengths[4] < 0.2 * lengths[5]


def test_texts_are_laid_end_to_end_and_an_empty_one_is_zeros(ours: Path) -> None:
    ids, starts = laid_out([np.array([4, 5], np.int32), np.array([], np.int32), np.array([6], np.int32)], CPU)
    assert (ids.tolist(), starts.tolist()) == ([4, 5, 6], [0, 2, 2])
    encoder = load(str(ours), threads=1)
    assert isinstance(encoder, OnnxEncoder)
    vectors = begun(encoder, np.ones(len(VOCABULARY), np.int64), 4)(ids, starts).detach().norm(dim=1)
    np.testing.assert_allclose(vectors, [1, 0, 1], atol=1e-5)


def test_a_share_of_the_words_is_swapped_and_lines_stay() -> None:
    text = "\n".join(["one two three four"] * 50)
    (more,) = swapped([text], ["x"], 0.5, np.random.default_rng(1))
    assert [len(line.split()) for line in more.split("\n")] == [4] * 50
    assert 70 < more.split().count("x") < 130
    assert swapped([text], ["x"], 0.0, np.random.default_rng(1)) == [text]


def test_neighbours_kept_are_counted_by_hand() -> None:
    wanted, moved = (np.array([[np.cos(a), np.sin(a)] for a in np.radians(at)]) for at in ANGLES)
    assert kept_neighbours(wanted, wanted, near=1) == 1.0
    assert kept_neighbours(wanted, moved, near=1) == 0.75  # the last one comes between the third and the second
    assert kept_neighbours(wanted, moved, near=99) == 1.0


def test_a_student_alone_is_an_encoder_too(recipe: Path) -> None:
    encoder = load(str(trained(recipe, "alone")))
    assert isinstance(encoder, StaticEncoder)
    assert encoder.encode_queries(["slow piano"]).shape == (1, 16)
