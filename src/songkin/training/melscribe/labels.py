"""Pseudo-labels: what a teacher thinks of every query's own sets and of its negatives, kept in shards.

Conventions
-----------
Scores are the teacher's logits g. A label is a margin, delta = g(r, T+) - g(r, T-), with T+ one of the query's sets and
T- one of its negatives. A shard holds some queries; a folder is named by the digest of all that its labels depend on
(queries, sets, retrievers, the teacher's weights), so labels are never mixed and a killed labelling goes on.
Wang, Thakur, Reimers and Gurevych, NAACL 2022 [wang2022gpl].
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from songkin.errors import TrainingError
from songkin.training.checkpoints import atomically
from songkin.training.melscribe.mining import Ints, Retriever, digest, documents, mine
from songkin.training.melscribe.ranking import Scorer
from songkin.training.melscribe.sampling import Drawn, joined

__all__ = ["Labels", "label"]

log = logging.getLogger(__name__)
SHARD = 256  # queries a shard
NEGATIVES = "negatives.safetensors"
ABOUT = "about.json"


class Labels(NamedTuple):
    """What was labelled: queries, the texts of sets, and by query the rows and scores of its own sets and negatives.

    `own` (n, sets) and `wrong` (n, negatives) are rows of `texts`, -1 where there is none; `right_scores` and
    `wrong_scores` are the teacher's logits for them, NaN where there is none.
    """

    queries: tuple[str, ...]
    texts: tuple[str, ...]
    own: Ints
    wrong: Ints
    right_scores: NDArray[np.float32]
    wrong_scores: NDArray[np.float32]
    folder: Path

    def pairs(self) -> Ints:
        """Return every query with each of its sets that has a negative: rows (pairs, 2) of query and column."""
        answered = np.any(self.wrong >= 0, axis=1, keepdims=True)  # (n, 1)
        return np.argwhere((self.own >= 0) & answered)

    def margins(self) -> NDArray[np.float64]:
        """Return all margins, of every pair against every negative, (margins,)."""
        every = self.right_scores[:, :, None] - self.wrong_scores[:, None, :]
        return np.asarray(every[np.isfinite(every)], np.float64)


def label(
    drawn: Sequence[Drawn],
    retrievers: Sequence[Retriever],
    score: Scorer,
    teacher: str,
    place: Path,
    *,
    negatives: int,
    tell: Callable[[int, int], None] = lambda done, of: None,
) -> Labels:
    """Mine `negatives` a query and let the teacher score them, into a folder below `place`; what is there is read.

    `teacher` is the digest of its weights. `tell` hears how many queries are labelled, of how many.
    """
    sets = documents(drawn)
    texts = [joined(tags) for tags in sets]
    about = _about(drawn, texts, retrievers, teacher, negatives)
    folder = place / f"labels-{digest(json.dumps(about, sort_keys=True))}"
    _begin(folder, about)
    own = _own(drawn, {tags: at for at, tags in enumerate(sets)})
    wrong = _mined(folder, drawn, sets, retrievers, negatives)
    shards = [_shard(folder, start, drawn, texts, own, wrong, score, tell) for start in range(0, len(drawn), SHARD)]
    right_scores, wrong_scores = (np.concatenate([one[name] for one in shards]) for name in ("right", "wrong"))
    return Labels(tuple(one.query for one in drawn), tuple(texts), own, wrong, right_scores, wrong_scores, folder)


def _about(
    drawn: Sequence[Drawn], texts: Sequence[str], retrievers: Sequence[Retriever], teacher: str, negatives: int
) -> dict[str, Any]:
    """Say what the labels depend on."""
    return {
        "queries": len(drawn),
        "sets": len(texts),
        "queries_digest": digest(*(f"{one.query}\1{one.track}\1{one.sets}\1{sorted(one.tags)}" for one in drawn)),
        "retrievers": [[own.name, own.fingerprint] for own in retrievers],
        "negatives": negatives,
        "teacher": teacher,
        "label": "g(r, T+) - g(r, T-), logits",
    }


def _begin(folder: Path, about: Mapping[str, Any]) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise TrainingError(f"{folder} cannot be made ({error.strerror}); name another place for labels") from error
    with atomically(folder / ABOUT) as file:
        file.write(json.dumps(about, indent=2).encode() + b"\n")


def _own(drawn: Sequence[Drawn], places: Mapping[tuple[str, ...], int]) -> Ints:
    found = np.full((len(drawn), max(len(one.sets) for one in drawn)), -1, np.int64)
    for row, one in enumerate(drawn):
        found[row, : len(one.sets)] = [places[tags] for tags in one.sets]
    return found


def _mined(
    folder: Path, drawn: Sequence[Drawn], sets: Sequence[tuple[str, ...]], retrievers: Sequence[Retriever], count: int
) -> Ints:
    """Return the negatives, read where they were mined before."""
    place = folder / NEGATIVES
    if not place.is_file():
        with atomically(place) as file:
            file.write(save({"negatives": mine(drawn, sets, retrievers, count)}))
    return np.asarray(_read(place, ("negatives",), len(drawn))["negatives"], np.int64)


def _shard(
    folder: Path,
    start: int,
    drawn: Sequence[Drawn],
    texts: Sequence[str],
    own: Ints,
    wrong: Ints,
    score: Scorer,
    tell: Callable[[int, int], None],
) -> Mapping[str, NDArray[np.float32]]:
    """Return the scores of some queries, read where they were labelled before."""
    place, rows = folder / f"scores-{start // SHARD:05d}.safetensors", range(start, min(start + SHARD, len(drawn)))
    if not place.is_file():
        both = np.concatenate([own[rows], wrong[rows]], axis=1)  # (rows, sets + negatives)
        there = np.argwhere(both >= 0)
        values = score([(drawn[start + row].query, texts[both[row, column]]) for row, column in there])
        found = np.full(both.shape, np.nan, np.float32)
        found[there[:, 0], there[:, 1]] = values
        cut = own.shape[1]
        with atomically(place) as file:
            file.write(save({"right": found[:, :cut].copy(), "wrong": found[:, cut:].copy()}))
        log.info("labels: %s of %s queries", rows[-1] + 1, len(drawn))
    tell(rows[-1] + 1, len(drawn))
    return _read(place, ("right", "wrong"), len(rows))


def _read(place: Path, names: Sequence[str], rows: int) -> Mapping[str, NDArray[Any]]:
    try:
        found: Mapping[str, NDArray[Any]] = load_file(place)
        if all(len(found[name]) == rows for name in names):
            return found
    except (SafetensorError, KeyError, OSError) as error:
        raise TrainingError(f"{place} is no shard of labels ({error}); delete it and it is made again") from error
    raise TrainingError(f"{place} holds other rows than it ought to; delete it and it is made again")
