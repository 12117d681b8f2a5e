"""Small text networks of random weights, and a tokenizer of eleven words for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace
from tokenizers.processors import TemplateProcessing

from songkin.training.networks.shape import Shape

if TYPE_CHECKING:
    from songkin.training.networks.text import TextNetwork

VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "rain", "on", "the", "roof", "piano", "夜", "ночь"]
TEXTS = ["rain", "rain on the roof", "piano 夜 ночь piano", "rain " * 40, "nothing known", "piano, no rain"]
SHAPES = {
    "as wide inside as out": Shape(2, 32, 4, 8, 64, 24, len(VOCABULARY), False),
    "narrower inside": Shape(3, 32, 2, 8, 48, 24, len(VOCABULARY), False),
    "a bag of words beside it": Shape(2, 48, 3, 8, 40, 24, len(VOCABULARY), True),
    "counting denials": Shape(2, 48, 3, 8, 40, 24, len(VOCABULARY), True, denials=True),
    "wider inside": Shape(1, 16, 4, 8, 16, 24, len(VOCABULARY), True),
}


def write_tokenizer(path: Path, words: list[str] = VOCABULARY) -> None:
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(words)}, "[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    ends = [("[CLS]", 2), ("[SEP]", 3)]
    tokenizer.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", special_tokens=ends)
    tokenizer.save(str(path))


def network_in(folder: Path, shape: Shape) -> TextNetwork:
    """A network of random weights, large enough to matter, written to a folder with its tokenizer."""
    import torch

    from songkin.training.networks.text import TextNetwork

    torch.manual_seed(1)
    network = TextNetwork(shape).eval()
    for name, parameter in network.named_parameters():
        if "LayerNorm" not in name:
            torch.nn.init.normal_(parameter, std=0.3)
    network.write(folder)
    write_tokenizer(folder / "tokenizer.json")
    return network
