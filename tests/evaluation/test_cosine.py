"""An encoder alone: its rankings are the exact cosines, worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.evaluation import cosine
from songkin.testing import ToyEncoder
from songkin.types import Vectors

PLANE = {"east": (1.0, 0.0), "north": (0.0, 1.0), "north-east": (0.6, 0.8), "south": (0.0, -1.0)}


class Plane(ToyEncoder):
    """Knows four directions by heart; the rest is nothing."""

    dim = 2

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        found = [PLANE.get(text, (0.0, 0.0)) for text in texts]
        return np.asarray(found, np.float32).reshape(-1, 2)


def test_a_document_counts_by_its_best_text() -> None:
    documents = {"down": ["south"], "both": ["south", "north-east"], "right": ["east"], "none": [], "blank": [" "]}
    rank = cosine(documents, Plane())
    # north: both max(-1, .8), right 0, down -1; east: right 1, both max(0, .6), down 0
    assert rank(["north", "east"], 10) == [["both", "right", "down"], ["right", "both", "down"]]
    assert rank(["north"], 1) == [["both"]]


def test_ties_keep_their_order_and_a_request_of_nothing_finds_nothing() -> None:
    rank = cosine({"b": ["east"], "a": ["east"]}, Plane())
    assert rank(["east", "nowhere"], 5) == [["b", "a"], []]


def test_no_documents_rank_nothing() -> None:
    assert cosine({}, ToyEncoder())(["rain"], 3) == [[]]


def test_it_tells_how_many_texts_were_read() -> None:
    told: list[int] = []
    cosine({str(n): [f"text {n}"] for n in range(300)}, ToyEncoder(), tell=told.append)
    assert told == [256, 44]


@given(st.lists(st.lists(st.sampled_from(["rain", "sun sea", "sea", "night rain"]), max_size=3), max_size=5))
def test_rankings_are_those_of_the_plain_sum(texts: list[list[str]]) -> None:
    encoder = ToyEncoder()
    documents = {str(n): own for n, own in enumerate(texts)}
    (found,) = cosine(documents, encoder)(["rain sea"], 10)
    asked = encoder.encode_queries(["rain sea"])[0]
    own = {name: encoder.encode_songs(texts) @ asked for name, texts in documents.items() if texts}
    best = {name: float(scores.max()) for name, scores in own.items()}
    assert sorted(found) == sorted(best)
    scores = [best[name] for name in found]
    assert scores == pytest.approx(sorted(scores, reverse=True), abs=1e-6)
