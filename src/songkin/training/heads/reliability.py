"""Whether the agreement that the space expects of two songs is what such pairs turn out to have.

Conventions
-----------
Agreement is that of `tag_space`, in [0, 1]. What closeness means is learnt from the pairs of some folds of artists and
judged on the pairs of the others, so no song, and no artist, is on both sides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.tag_space import EVIDENCE, Axes, Rising, laid
from songkin.evaluation.calibration import BINS, Bin
from songkin.training.heads.tag_space import agreement, curves
from songkin.types import Song

__all__ = ["score_reliability"]

PAIRS = 50_000  # drawn of each side

Floats = NDArray[np.float64]


def score_reliability(
    blocks: Sequence[Axes],
    songs: Sequence[Song],
    foretold: NDArray[np.float32],
    folds: NDArray[np.int64],
    *,
    seed: int = 0,
) -> dict[str, list[Bin]]:
    """Return bins of expected against true mean agreement, for pairs by their evidence: "given", "mixed", "foretold".

    `foretold` (n, dim) is what each song's words foretell by a layer that did not know its fold. A bin's `mean` is the
    expected agreement, its `share` the true one; NaN where no pair lies in it.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[Floats, Floats]]] = {kind: [] for kind in EVIDENCE}
    for held in (folds % 2 == 0, folds % 2 == 1):
        learnt, judged = np.flatnonzero(~held), np.flatnonzero(held)
        if min(len(learnt), len(judged)) < 2:
            continue
        meant = curves(blocks, [songs[at] for at in learnt.tolist()], foretold[learnt], folds[learnt], seed=seed)
        for kind, pair in _judged(blocks, [songs[at] for at in judged.tolist()], foretold[judged], meant, rng).items():
            found[kind].append(pair)
    return {kind: _binned(pairs) for kind, pairs in found.items()}


def _judged(
    blocks: Sequence[Axes],
    songs: Sequence[Song],
    foretold: NDArray[np.float32],
    meant: Mapping[str, Rising],
    rng: np.random.Generator,
) -> dict[str, tuple[Floats, Floats]]:
    """Return expected and true agreement (p,) of drawn pairs, by evidence."""
    one, other = rng.integers(0, len(songs), (2, PAIRS))
    truth = agreement(blocks, songs, one, other)
    kept = np.isfinite(truth) & (one != other)
    one, other, truth = one[kept], other[kept], truth[kept]
    given = [block.given(songs) for block in blocks]
    full = laid(blocks, given, foretold)
    words = laid(blocks, [(rows, np.zeros_like(there)) for rows, there in given], foretold)
    sides = {"given": (full, full), "mixed": (full, words), "foretold": (words, words)}
    return {
        kind: (meant[kind]((left[one] * right[other]).sum(1)).astype(np.float64), truth)
        for kind, (left, right) in sides.items()
    }


def _binned(pairs: Sequence[tuple[Floats, Floats]]) -> list[Bin]:
    """Return mean expected and mean true agreement by bins of the expected one."""
    expected, truth = (np.concatenate([pair[at] for pair in pairs]) if pairs else np.empty(0) for at in (0, 1))
    edges = np.linspace(0, 1, BINS + 1)
    rows = np.clip(np.digitize(expected, edges) - 1, 0, BINS - 1)
    counts = np.bincount(rows, minlength=BINS)
    with np.errstate(invalid="ignore"):
        means, shares = (np.bincount(rows, of, BINS) / counts for of in (expected, truth))
    return [
        Bin(float(edges[at]), float(edges[at + 1]), float(means[at]), float(shares[at]), int(counts[at]))
        for at in range(BINS)
    ]
