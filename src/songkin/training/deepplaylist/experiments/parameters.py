"""How many numbers the lyrics network learns, part by part, beside what the paper prints."""

from __future__ import annotations

from typing import Any

from songkin.training.deepplaylist.cells import Stand
from songkin.training.deepplaylist.making import counted, made
from songkin.training.deepplaylist.options import Options
from songkin.training.deepplaylist.published import PARAMETERS
from songkin.training.markdown import joined, number, table

__all__ = ["page", "run"]


def run(stand: Stand) -> dict[str, Any]:
    """Count the network as published, whatever a quick run makes smaller, and the other networks."""
    others = {
        "baseline, one BiLSTM": Options(kind="classification", network="baseline", merge="concatenation"),
        "AudioEmbeddingCNN, concatenation, decoder": Options(reads="audio", shards="-", merge="concatenation"),
        "residual audio, concatenation, decoder": Options(
            reads="audio", shards="-", merge="concatenation", audio="residual"
        ),
        "sound and words, concatenation, decoder": Options(reads="both", shards="-", merge="concatenation"),
    }
    return {
        "counted": counted(made(Options())),
        "others": {name: sum(counted(made(own)).values()) for name, own in others.items()},
    }


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    own, names = told["counted"], list(PARAMETERS)
    rows = [(name, number(own[name], 0), number(PARAMETERS[name], 0)) for name in names]
    rows.append(("batch norm", number(own["batch norm"], 0), "not told"))
    rows.append(("all", number(sum(own.values()), 0), f"{sum(PARAMETERS.values()):,} without batch norm"))
    return joined(
        [
            "## Parameters of the lyrics network, as published",
            table(["part", "here", "the paper"], rows),
            "One bias vector a gate, as in Keras; PyTorch's two would add 2,048 and 1,024.",
            table(["other networks", "parameters"], [(name, number(n, 0)) for name, n in told["others"].items()]),
        ]
    )
