"""Fit the space of genres, tags and eras: its axes, the layer that foretells them from words, and what closeness means.

Conventions
-----------
Songs are (n,), described by genres, tags and year and read by the readers of the label heads. Agreement of two songs
is the weighed mean, over the blocks that both have, of how much they share: the cosine of their genres, of their tags
(both weighed by rarity), and exp(-years between / 10); in [0, 1].
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.heads import Heads, scored
from songkin.annotate.reading import Reading
from songkin.annotate.tag_space import ERAS, EVIDENCE, GENRES, TAGS, Axes, Layer, Rising, TagSpace, known_of, laid
from songkin.errors import TrainingError
from songkin.extras import need
from songkin.training.heads.fitting import DEFAULT, Options, fit_layer
from songkin.types import Song

__all__ = ["agreement", "axes_of", "fit_space", "foretold_by_folds"]

WEIGHTS = {GENRES: 1.0, TAGS: 0.7, ERAS: 0.5}
SIZES = {GENRES: 16, TAGS: 12, ERAS: 4}  # principal axes kept of each block
LEAST = {GENRES: 20, TAGS: 15}  # songs that a descriptor must have
MIDDLES = tuple(range(1955, 2022, 6))  # years: of the eras
YEARS_APART = 10.0
PAIRS = 100_000  # drawn to learn what closeness means
KNOTS = 24
RARE = (0.98, 0.99, 0.995, 0.998, 0.9995)  # knots among the closest pairs: few pairs, which scores are read for

Floats = NDArray[np.float64]
Vectors = NDArray[np.float32]


def fit_space(
    songs: Sequence[Song],
    reading: Reading,
    heads: Heads,
    folds: NDArray[np.int64],
    *,
    options: Options = DEFAULT,
    tell: Callable[[str], None] = lambda said: None,
) -> TagSpace:
    """Fit the space to songs whose words were read; `heads` were fitted to the same readings.

    Closeness is calibrated on songs that the layer did not know: each of the `folds` (n,) is foretold by the others.
    TrainingError where genres tell no songs apart, or the heads read other words.
    """
    blocks = axes_of(songs)
    tell("all songs")
    own = fit_layer(reading, targets(blocks, songs), options)
    if dict(own.terms.places) != dict(heads.terms.places):
        raise TrainingError("the label heads were fitted to other songs; fit them first: python recipes/labels/fit.py")
    foretold = foretold_by_folds(blocks, songs, reading, folds, options=options, tell=tell)
    layer = Layer(own.terms.weights, own.styling.weights, own.kernel.weights, own.bias)
    return TagSpace(blocks, layer, heads, curves(blocks, songs, foretold, folds))


def axes_of(songs: Sequence[Song]) -> tuple[Axes, ...]:
    """Return the blocks that songs have descriptors enough for; TrainingError where genres tell none apart."""
    blocks = tuple(own for name in (GENRES, TAGS, ERAS) if (own := _axes(name, songs)) is not None)
    if not blocks or blocks[0].block != GENRES:
        raise TrainingError(f"no genre of {LEAST[GENRES]} songs or more tells songs apart, so there is no space to fit")
    return blocks


def targets(blocks: Sequence[Axes], songs: Sequence[Song]) -> Floats:
    """Return where songs lie on all blocks' axes (n, dim), nan where nothing of a block is given."""
    parts = [np.where(there[:, None], own, np.nan) for own, there in (block.given(songs) for block in blocks)]
    return np.hstack(parts).astype(np.float64)


def foretold_by_folds(
    blocks: Sequence[Axes],
    songs: Sequence[Song],
    reading: Reading,
    folds: NDArray[np.int64],
    *,
    options: Options = DEFAULT,
    tell: Callable[[str], None] = lambda said: None,
) -> Vectors:
    """Return where songs lie by their words (n, dim), each fold foretold by a layer that knew none of its songs."""
    wanted = targets(blocks, songs)
    found = np.zeros(wanted.shape, np.float32)
    for fold in np.unique(folds):
        tell(f"fold {fold + 1} of {len(np.unique(folds))}")
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        found[held] = scored(reading.at(held), *fit_layer(reading.at(learnt), wanted[learnt], options))
    return found


def agreement(blocks: Sequence[Axes], songs: Sequence[Song], one: Any, other: Any) -> Floats:
    """Return how much of what is given of two songs they share, for pairs (p,) of places; nan where no block is."""
    shared, weighed = np.zeros(len(one)), np.zeros(len(one))
    for block in blocks:
        rows = block.rows(songs)
        there = np.asarray(rows.any(1))
        both = there[one] & there[other]
        own = np.einsum("pm,pm->p", rows[one], rows[other])
        if block.block == ERAS:
            years = np.array([0 if song.year is None else song.year for song in songs], np.float64)
            own = np.exp(-np.abs(years[one] - years[other]) / YEARS_APART)
        shared += block.weight * np.where(both, own, 0.0)
        weighed += block.weight * both
    found: Floats = np.divide(shared, weighed, out=np.full(len(shared), np.nan), where=weighed > 0)
    return found


def curves(
    blocks: Sequence[Axes], songs: Sequence[Song], foretold: Vectors, folds: NDArray[np.int64], *, seed: int = 0
) -> dict[str, Rising]:
    """Return what a dot product means for each kind of evidence, by isotonic regression on pairs of two folds."""
    one, other = _pairs(folds, np.random.default_rng(seed))
    truth = agreement(blocks, songs, one, other)
    kept = np.isfinite(truth)
    one, other, truth = one[kept], other[kept], truth[kept]
    full = laid(blocks, [block.given(songs) for block in blocks], foretold)
    nothing = np.zeros(len(songs), bool)
    words = laid(blocks, [(block.given(songs)[0], nothing) for block in blocks], foretold)
    sides = {"given": (full, full), "mixed": (full, words), "foretold": (words, words)}
    return {
        kind: _rising(np.einsum("pd,pd->p", sides[kind][0][one], sides[kind][1][other]), truth) for kind in EVIDENCE
    }


def _axes(name: str, songs: Sequence[Song]) -> Axes | None:
    """Return a block's axes; None where no descriptor is common enough."""
    if name == ERAS:
        names, idf = tuple(map(str, MIDDLES)), np.ones(len(MIDDLES), np.float32)
    else:
        counts = Counter(descriptor for song in songs for descriptor in known_of(song, name))
        names = tuple(sorted(descriptor for descriptor, count in counts.items() if count >= LEAST[name]))
        idf = np.array([np.log(len(songs) / counts[descriptor]) for descriptor in names], np.float32)
    blank = Axes(
        name, WEIGHTS[name], names, idf, np.zeros(len(names), np.float32), np.zeros((len(names), 0), np.float32)
    )
    rows = blank.rows(songs) if names else np.zeros((0, 0), np.float32)
    rows = rows[rows.any(1)] if len(rows) else rows
    if not len(rows):
        return None
    mean = rows.mean(0)
    axes = np.linalg.svd((rows - mean).astype(np.float64), full_matrices=False)[2][: SIZES[name]].T
    return Axes(name, WEIGHTS[name], names, idf, mean, axes.astype(np.float32))


def _pairs(folds: NDArray[np.int64], rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Draw pairs of songs of two folds: by different artists, for songs by one share more than their closeness says."""
    drawn = rng.integers(0, len(folds), (2, 2 * PAIRS))
    kept = folds[drawn[0]] != folds[drawn[1]]
    return drawn[0, kept], drawn[1, kept]


def _rising(dots: Vectors, truth: Floats) -> Rising:
    """Fit a strictly rising line that reaches 0 at -1 and 1 at 1."""
    model = need("sklearn.isotonic", extra="train").IsotonicRegression(out_of_bounds="clip").fit(dots, truth)
    shares = [*np.linspace(0.0, 1.0, KNOTS + 2)[1:-1], *RARE]
    knots = np.unique(np.quantile(dots, shares).round(5))
    knots = knots[(knots > -1) & (knots < 1)]
    steps = np.arange(len(knots)) / len(knots)
    values = np.clip(0.99 * model.predict(knots) + 0.01 * steps, 0.0, 1.0)  # strictly rising where isotonic is flat
    return Rising((-1.0, *knots.tolist(), 1.0), (0.0, *values.round(5).tolist(), 1.0))
