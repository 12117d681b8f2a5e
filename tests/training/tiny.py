"""A tiny network, a tiny vocabulary and a tiny recipe: trainings that take a second."""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

MOODS = ("sad", "happy", "calm", "angry", "dreamy")
TOOLS = ("piano", "guitar", "drums", "violin", "organ", "flute", "harp", "banjo")
WORDS = ("[PAD]", "[UNK]", "a", "song", "with", "no", ",", "please", *MOODS, *TOOLS)
RECIPE = """
name = "tiny"
task = "{task}"
seed = {seed}
[network]
start = "start"
[batches]
size = 8
[optimiser]
rate = {rate}
[schedule]
steps = {steps}
warmup = 0.2
[validation]
every = 5
distractors = 4
[checks]
effective_rank = {effective_rank}
[saving]
steps = 4
minutes = 0.0
[[source]]
kind = "texts"
paths = ["texts.jsonl"]
{more}
"""


def rows() -> list[dict[str, object]]:
    """Every mood with every instrument."""
    return [
        {"text": f"a {mood} song with {tool}", "tags": [mood, tool], "not": ["drums"] if tool == "harp" else []}
        for mood in MOODS
        for tool in TOOLS
    ]


def write_start(folder: Path) -> Path:
    """Write the network training starts from: two layers of 16."""
    import torch

    from songkin.training.networks.shape import Shape
    from songkin.training.networks.text import TextNetwork

    torch.manual_seed(0)
    folder.mkdir(parents=True, exist_ok=True)
    network = TextNetwork(
        Shape(layers=2, dim=16, heads=2, head_dim=8, feed_forward=16, positions=32, vocabulary=len(WORDS), bag=True)
    )
    network.write(folder)
    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(WORDS)}, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def write_recipe(
    folder: Path,
    *,
    task: str = "contrastive",
    seed: int = 0,
    rate: float = 0.003,
    steps: int = 12,
    effective_rank: float = 1.1,
    more: str = "",
) -> Path:
    """Write a recipe with all it needs, and return its place."""
    folder.mkdir(parents=True, exist_ok=True)
    write_start(folder / "start")
    (folder / "texts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows()), encoding="utf-8")
    place = folder / "recipe.toml"
    told = RECIPE.format(task=task, seed=seed, rate=rate, steps=steps, effective_rank=effective_rank, more=more)
    place.write_text(told, encoding="utf-8")
    return place
