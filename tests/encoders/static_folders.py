"""A student of the shipped encoder for tests, whose table is drawn at random."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from songkin.encoders import SHIPPED
from songkin.encoders.student import write_static
from songkin.encoders.weights import Weights, read_manifest

WIDTH = 8
DIM = 384


def random_student(folder: Path, *, width: int = WIDTH, follows: Weights | None = None, **more: Any) -> Path:
    """Write a student whose rows are drawn at random, so that each token has a direction of its own."""
    draw = np.random.default_rng(7)
    follows = follows or read_manifest(SHIPPED)
    tokens = len(json.loads(follows.tokenizer.read_text(encoding="utf-8"))["model"]["vocab"])
    table, projection = draw.normal(size=(tokens, width)), draw.normal(size=(width, DIM))
    return write_static(folder, table, projection, name="tiny-fast", follows=follows, more=more)
