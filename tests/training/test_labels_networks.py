"""The encoder under the heads and the heads: what is pooled, who attends, what a folder keeps."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from small_networks import SHAPES, TEXTS, VOCABULARY, network_in, write_tokenizer  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.loop import rate_at  # noqa: E402
from songkin.training.networks.backbone import Backbone, pieces, pooled  # noqa: E402
from songkin.training.networks.heads import LabelNetwork, Make, is_labels  # noqa: E402
from songkin.training.recipes import Schedule  # noqa: E402


def backbone(folder: Path, shape: str = "a bag of words beside it") -> Backbone:
    network_in(folder / "start", SHAPES[shape])
    return Backbone.read("start", folder)


def read(own: Backbone) -> tuple[torch.Tensor, torch.Tensor]:
    return own.laid_out(own.ids(TEXTS, max_tokens=12))


@pytest.mark.parametrize("shape", SHAPES)
def test_the_sum_of_hidden_vectors_is_the_text_networks(tmp_path: Path, shape: str) -> None:
    own = backbone(tmp_path, shape)
    tokens, mask = read(own)
    expected = own.network.token_vectors(tokens, mask)
    assert torch.equal(own.hidden(tokens, mask) * mask[..., None], expected)


@pytest.mark.parametrize("shape", SHAPES)
def test_attention_is_a_distribution_over_the_tokens_there_are(tmp_path: Path, shape: str) -> None:
    own = backbone(tmp_path, shape)
    tokens, mask = read(own)
    found = own.attention(tokens, mask)
    assert found.shape == (len(TEXTS), own.network.shape.layers, own.network.shape.heads, *[tokens.shape[1]] * 2)
    assert torch.allclose(found.sum(-1), torch.ones(()))
    assert (found * (1 - mask[:, None, None, None, :])).abs().max() == 0


def test_attention_is_what_the_layers_use(tmp_path: Path) -> None:
    own = backbone(tmp_path, "as wide inside as out")
    tokens, mask = own.laid_out(own.ids(["rain on the roof"], max_tokens=12))
    hidden = own.network.embeddings(tokens)
    layer = own.network.encoder["layer"][0]
    value = layer.attention["self"]["value"](hidden).view(1, tokens.shape[1], layer.heads, -1).transpose(1, 2)
    mixed = (own.attention(tokens, mask)[:, 0] @ value).transpose(1, 2).reshape(1, tokens.shape[1], -1)
    by_hand = layer.output(
        torch.nn.functional.gelu(layer.intermediate["dense"](after := layer.attention["output"](mixed, hidden))),
        after,
    )
    assert torch.allclose(by_hand, layer(hidden, mask[:, None, None, :].bool()), atol=1e-6)


def test_a_text_is_pooled_by_its_tokens_its_first_one_or_with_the_padding() -> None:
    hidden = torch.tensor([[[1.0], [3.0], [8.0]]])
    mask = torch.tensor([[1, 1, 0]])
    assert [pooled(hidden, mask, name).item() for name in ("mean", "first", "padded")] == [2.0, 1.0, 4.0]


def test_a_texts_vector_does_not_depend_on_its_neighbours(tmp_path: Path) -> None:
    own = backbone(tmp_path)
    alone = np.concatenate([own.vectors([text]) for text in TEXTS])
    assert np.allclose(own.vectors(TEXTS), alone, atol=1e-5)
    assert own.vectors([]).shape == (0, own.dim)


def test_pieces_hold_every_text_once_and_few_enough_tokens() -> None:
    ids = [np.zeros(length, np.int32) for length in (3, 9, 1, 5, 40, 2)]
    cut = pieces(ids, 10)
    assert sorted(np.concatenate(cut).tolist()) == list(range(6))
    assert all(len(rows) == 1 or len(rows) * max(len(ids[row]) for row in rows) <= 10 for rows in cut)
    assert pieces([], 10) == []


@pytest.mark.parametrize("architecture", ["head", "original", "modified"])
@pytest.mark.parametrize("trained", [True, False])
def test_a_network_read_back_says_the_same(tmp_path: Path, architecture: str, trained: bool) -> None:
    network = LabelNetwork(backbone(tmp_path), {"genre": 3, "year": 1}, Make(architecture=architecture)).eval()
    network.write(tmp_path / "out", trained=trained)
    again = LabelNetwork.read(tmp_path / "out")
    for task in ("genre", "year"):
        assert torch.equal(network(*read(network.backbone), task), again(*read(network.backbone), task))
    assert is_labels(tmp_path / "out")
    assert not is_labels(tmp_path / "start")
    assert Backbone.read("out", tmp_path).dim == network.backbone.dim


def test_added_layers_stand_between_the_mean_and_the_heads(tmp_path: Path) -> None:
    own = backbone(tmp_path)
    network = LabelNetwork(own, {"genre": 3}, Make(architecture="modified", pooling="mean")).eval()
    told = network.pool(*read(own))
    vectors = network.vectors(told)
    assert vectors.shape == told.shape
    assert torch.allclose(vectors.mean(1), torch.zeros(()), atol=1e-5)  # a layer norm comes last
    plain = LabelNetwork(own, {"genre": 3}, Make(architecture="original", pooling="mean")).eval()
    assert torch.equal(plain.vectors(told), told)


def test_a_folder_of_something_else_is_named(tmp_path: Path) -> None:
    network_in(tmp_path / "text", SHAPES["counting denials"])
    with pytest.raises(TrainingError, match="is of a text network; give the folder of one trained by the task"):
        LabelNetwork.read(tmp_path / "text")
    with pytest.raises(TrainingError, match=r"holds no network\.json"):
        LabelNetwork.read(tmp_path / "none")
    with pytest.raises(TrainingError, match="holds neither"):
        Backbone.read("none", tmp_path)


def test_heads_of_another_size_are_named(tmp_path: Path) -> None:
    LabelNetwork(backbone(tmp_path), {"genre": 3}).write(tmp_path / "out")
    place = tmp_path / "out" / "network.json"
    place.write_text(json.dumps({**json.loads(place.read_text()), "heads": {"genre": 4}}), encoding="utf-8")
    with pytest.raises(TrainingError, match="holds other heads than"):
        LabelNetwork.read(tmp_path / "out")


@pytest.mark.parametrize("kind", ["mpnet", "distilbert"])
def test_a_network_of_another_kind_is_read_by_transformers(tmp_path: Path, kind: str) -> None:
    transformers = pytest.importorskip("transformers", reason="transformers comes with: pip install 'songkin[train]'")
    sizes = {"vocab_size": len(VOCABULARY), "max_position_embeddings": 20}
    if kind == "mpnet":
        more = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
    else:
        more = {"dim": 16, "n_layers": 2, "n_heads": 2, "hidden_dim": 16}
    config = transformers.AutoConfig.for_model(kind, **sizes, **more)
    transformers.AutoModel.from_config(config).save_pretrained(tmp_path / "hub")
    write_tokenizer(tmp_path / "hub" / "tokenizer.json")
    own = Backbone.read("hub", tmp_path)
    tokens, mask = read(own)
    assert own.hidden(tokens, mask).shape == (*tokens.shape, 16)
    assert torch.allclose(own.attention(tokens, mask).sum(-1), torch.ones(()), atol=1e-5)
    LabelNetwork(own, {"genre": 2}).write(tmp_path / "out")
    assert np.allclose(Backbone.read("out", tmp_path).vectors(TEXTS), own.vectors(TEXTS), atol=1e-6)


def test_a_linear_rate_falls_in_a_straight_line_to_the_floor() -> None:
    schedule = Schedule(steps=10, warmup=0.0, shape="linear")
    assert [rate_at(step, schedule) for step in (0, 5, 9)] == pytest.approx([1.0, 0.5, 0.1])
    rising = Schedule(steps=10, warmup=0.2, floor=0.5, shape="linear")
    assert [rate_at(step, rising) for step in (0, 1, 2, 6)] == pytest.approx([0.5, 1.0, 1.0, 0.75])
    with pytest.raises(ValueError, match="shape is 'square'"):
        Schedule(shape="square")
