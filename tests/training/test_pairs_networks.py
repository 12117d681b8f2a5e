"""The networks of two songs: their sizes as printed, their merges, their padding, one bias a gate."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402
from torch.nn import functional as F  # noqa: E402
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence  # noqa: E402

from songkin.errors import TrainingError  # noqa: E402
from songkin.training.deepplaylist.making import counted, made  # noqa: E402
from songkin.training.deepplaylist.options import Options  # noqa: E402
from songkin.training.deepplaylist.published import PARAMETERS  # noqa: E402
from songkin.training.networks.pairs import (  # noqa: E402
    MERGES,
    AudioEmbeddingCNN,
    Bilstm,
    BilstmClassifier,
    DenseHead,
    LyricsTower,
    PairNetwork,
    ResidualAudio,
    SiameseFusion,
    SimilarityDecoder,
    fitted,
    merged,
    merged_dim,
)
from songkin.training.networks.pairs.lyrics import lengths_of  # noqa: E402

WORDS = torch.tensor([[2, 3, 4, 0, 0], [5, 2, 0, 0, 0], [3, 3, 3, 3, 3]])


def sized(network: torch.nn.Module) -> int:
    return sum(own.numel() for own in network.parameters())


def small_tower(**own: object) -> LyricsTower:
    torch.manual_seed(1)
    return LyricsTower(vocabulary=8, dim=6, first=5, second=4, **own).eval()


def test_the_parameters_are_those_the_paper_prints() -> None:
    own = counted(made(Options()))
    assert {name: own[name] for name in PARAMETERS} == dict(PARAMETERS)
    assert sum(own.values()) - own["batch norm"] == 2_000_000 + 731_136 + 656_384 + 139_521


@pytest.mark.parametrize(("dim", "width", "told"), [(100, 256, 731_136), (512, 128, 656_384), (3, 2, 96)])
def test_a_gate_has_one_bias(dim: int, width: int, told: int) -> None:
    assert sized(Bilstm(dim, width)) == told == 2 * 4 * width * (dim + 1 + width)


def test_the_one_bias_stands_for_the_two_of_pytorch() -> None:
    own = Bilstm(3, 2)
    two = torch.nn.LSTM(3, 2, batch_first=True, bidirectional=True)
    with torch.no_grad():
        for name, weight in own.lstm.named_parameters():
            if "weight_ih" in name:
                getattr(two, name).copy_(weight[:, :3])
                getattr(two, name.replace("weight", "bias")).copy_(weight[:, 3])
                getattr(two, name.replace("weight_ih", "bias_hh")).zero_()
            else:
                getattr(two, name).copy_(weight)
    given = torch.randn(4, 5, 3)
    places, (states, _) = two(given)
    read = own(given)
    assert torch.allclose(read.places, places, atol=1e-6)
    assert torch.allclose(read.last, torch.cat([states[0], states[1]], -1), atol=1e-6)


def test_an_lstm_begins_as_in_keras() -> None:
    weight = Bilstm(100, 256).lstm.weight_ih_l0
    assert weight[256:512, 100].eq(1).all()
    assert weight[:256, 100].eq(0).all()
    assert weight[:, :100].abs().max() <= (6 / (100 + 4 * 256)) ** 0.5


def test_masked_padding_is_not_read() -> None:
    tower = small_tower()
    alone = torch.cat([tower(row[:length][None]) for row, length in zip(WORDS, (3, 2, 5), strict=True)])
    assert torch.allclose(tower(WORDS), alone, atol=1e-6)


def test_padding_that_is_read_changes_what_a_song_says() -> None:
    tower = small_tower(masked=False)
    assert not torch.allclose(tower(WORDS[:1]), tower(WORDS[:1, :3]), atol=1e-4)


def test_a_song_without_words_says_something_finite() -> None:
    assert small_tower()(torch.zeros(2, 5, dtype=torch.long)).isfinite().all()


def test_lengths_count_up_to_the_last_word() -> None:
    assert lengths_of(torch.tensor([[2, 0, 3, 0], [0, 0, 0, 0]])).tolist() == [3, 1]


def test_merges_by_hand() -> None:
    a, b = torch.tensor([[1.0, 2.0]]), torch.tensor([[3.0, 4.0]])
    told = {name: merged(name, a, b).tolist()[0] for name in MERGES}
    assert told.pop("cosine") == pytest.approx([11 / (5**0.5 * 5)])
    assert told == {
        "concatenation": [1, 2, 3, 4],
        "subtraction": [-2, -2],
        "product": [3, 8],
        "mean": [2, 3],
        "all": [1, 2, 3, 4, -2, -2, 3, 8],
    }


@pytest.mark.parametrize("name", MERGES)
def test_a_merge_is_as_wide_as_it_says(name: str) -> None:
    assert merged(name, torch.ones(2, 7), torch.ones(2, 7)).shape == (2, merged_dim(name, 7))


def test_an_unknown_merge_is_named() -> None:
    with pytest.raises(TrainingError, match="merge is 'sum'; it is one of concatenation"):
        merged_dim("sum", 3)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.floats(-5, 5), min_size=8, max_size=8), st.sampled_from(["product", "mean", "cosine"]))
def test_a_merge_without_order_gives_the_same_both_ways(values: list[float], name: str) -> None:
    a, b = torch.tensor(values).view(2, 1, 4)
    assert torch.allclose(merged(name, a, b), merged(name, b, a))


def test_only_a_cosine_needs_no_head() -> None:
    tower = small_tower()
    assert PairNetwork(tower, "cosine")(WORDS, WORDS).tolist() == pytest.approx([1.0, 1.0, 1.0])
    with pytest.raises(TrainingError, match="give a head, or merge by cosine"):
        PairNetwork(tower, "mean")


def test_a_song_read_once_is_judged_as_if_read_with_its_pair() -> None:
    tower = small_tower()
    network = PairNetwork(tower, "all", DenseHead(merged_dim("all", tower.dim))).eval()
    said = network.read(WORDS)
    assert torch.allclose(network.judge(said[[0, 1]], said[[1, 2]]), network(WORDS[:2], WORDS[1:]), atol=1e-6)


def test_the_baseline_tells_one_logit_a_pair() -> None:
    network = BilstmClassifier(vocabulary=8, dim=6, width=4)
    told = network(WORDS, WORDS.flip(0))
    assert told.shape == (3,)
    told.sum().backward()
    assert network.tower.words.weight.grad is not None


def test_what_l2_makes_small_are_the_hidden_dense_layers_alone() -> None:
    head = DenseHead(3, (2, 2))
    with torch.no_grad():
        for own in head.parameters():
            own.fill_(1.0)
    assert float(head.weight_norm().detach()) == 3 * 2 + 2 * 2


@pytest.mark.parametrize("encoder", [AudioEmbeddingCNN(frames=32), ResidualAudio()])
def test_sound_becomes_a_unit_vector(encoder: torch.nn.Module) -> None:
    found = encoder(torch.randn(3, 24, 32))
    assert found.shape == (3, 128)
    assert torch.allclose(found.norm(dim=1), torch.ones(3), atol=1e-5)


def test_silence_is_a_vector_too() -> None:
    assert AudioEmbeddingCNN(frames=16).eval()(torch.zeros(2, 24, 16)).isfinite().all()


def test_fitted_takes_the_middle_of_a_long_song_and_fills_a_short_one() -> None:
    timbre, chroma = np.arange(60.0).reshape(5, 12), np.ones((5, 12))
    cut, filled = fitted(timbre, chroma, frames=3), fitted(timbre, chroma, frames=8)
    assert cut[:12].T.tolist() == timbre[1:4].tolist()
    assert filled.shape == (24, 8)
    assert filled[:, 5:].sum() == 0
    assert fitted(np.zeros((0, 12)), np.zeros((0, 12)), frames=4).sum() == 0


@pytest.mark.parametrize("merge", ["concatenation", "subtraction", "product", "mean", "cosine"])
def test_fusion_tells_how_alike_sound_and_words_are(merge: str) -> None:
    network = SiameseFusion(AudioEmbeddingCNN(frames=16), small_tower(), merge).eval()
    sound = torch.randn(3, 24, 16)
    told = network((sound, WORDS), (sound.flip(0), WORDS.flip(0)))
    assert told.shape == (3,)
    assert told.abs().max() <= 1
    if merge == "cosine":
        assert float(told[1].detach()) == pytest.approx(1.0, abs=1e-5)


def test_the_decoder_falls_to_one_number_in_zero_to_one() -> None:
    decoder = SimilarityDecoder(10)
    widths = [layer[0].out_features for layer in decoder.layers]
    assert widths == [256, 128, 64]
    told = decoder.eval()(torch.randn(4, 10))
    assert told.shape == (4,)
    assert ((told >= 0) & (told <= 1)).all()


def test_reading_within_lengths_says_what_packed_sequences_say() -> None:
    torch.manual_seed(3)
    layer, sequences, lengths = Bilstm(5, 4), torch.randn(6, 9, 5), torch.tensor([9, 1, 4, 9, 2, 7])
    packed = pack_padded_sequence(F.pad(sequences, (0, 1), value=1.0), lengths, batch_first=True, enforce_sorted=False)
    told, (states, _) = layer.lstm(packed)
    places, _ = pad_packed_sequence(told, batch_first=True, total_length=9)
    read = layer(sequences, lengths)
    assert torch.allclose(read.places, places, atol=1e-6)
    assert torch.allclose(read.last, torch.cat([states[0], states[1]], -1), atol=1e-6)
