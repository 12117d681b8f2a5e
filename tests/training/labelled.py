"""Songs whose words tell their genre and how glad they are, and a recipe of the task "labels" for them."""

from __future__ import annotations

import json
from pathlib import Path

from tiny import MOODS, TOOLS, write_start

RECIPE = """
name = "tiny labels"
task = "labels"
seed = {seed}
[network]
start = "{start}"
[batches]
size = 8
max_tokens = 16
[optimiser]
rate = {rate}
{optimiser}
[schedule]
shape = "linear"
warmup = 0.0
[saving]
steps = 3
minutes = 0.0
[labels]
corpus = "songs.jsonl"
targets = {targets}
epochs = {epochs}
{more}
"""
FROZEN = 'rates = { "backbone." = 0.0 }'


def songs() -> list[dict[str, object]]:
    """Eighty songs: rock has guitars, folk has flutes, and glad songs say so; every tenth lacks its valence."""
    found: list[dict[str, object]] = []
    for at in range(80):
        mood, tool = MOODS[at % 5], TOOLS[at % 8]
        words = f"a {mood} song with {tool} , a {mood} song please , no {tool}"
        features = {"valence": (at % 5) / 5 + at / 1000, "energy": (at % 7) / 7}
        if at % 10 == 3:
            features["valence"] = float("nan")
        genre = "rock" if tool in ("guitar", "drums", "organ", "banjo") else "folk"
        told = {"id": f"s{at}", "artist": f"artist {at // 2}", "title": f"song {at}", "text": words, "genre": genre}
        found.append({**told, "year": 1960 + at % 40, "explicit": at % 3 == 0, "features": features})
    return found


def write_labels(
    folder: Path,
    *,
    targets: tuple[str, ...] = ("genre",),
    start: str = "start",
    seed: int = 0,
    rate: float = 0.01,
    optimiser: str = "",
    epochs: int = 2,
    more: str = "",
    rows: list[dict[str, object]] | None = None,
) -> Path:
    """Write a recipe with its network and its songs, and return its place."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "start").is_dir():
        write_start(folder / "start")
    lines = [json.dumps(row) for row in (songs() if rows is None else rows)]
    (folder / "songs.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    place = folder / "recipe.toml"
    told = {"start": start, "seed": seed, "rate": rate, "optimiser": optimiser, "epochs": epochs, "more": more}
    place.write_text(RECIPE.format(targets=json.dumps(list(targets)), **told), encoding="utf-8")
    return place
