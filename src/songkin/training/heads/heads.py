"""Fit label heads from beginning to end: read songs, fit the layer by folds of artists, calibrate, fit it to all."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.annotate.heads import FEATURES, Heads, scored
from songkin.annotate.labels import HAPPY
from songkin.annotate.reading import Reading, read
from songkin.datasets.songkin_readings import Read
from songkin.evaluation.tasks.labels import LabelledText
from songkin.extras import need
from songkin.text import lines
from songkin.training.heads.calibration import calibrate, explicitness
from songkin.training.heads.fitting import DEFAULT, Options, fit_layer
from songkin.training.heads.known import READ_COUNTS, Known, known, ranks
from songkin.types import Encoder, Lyrics

__all__ = ["FOLDS", "Fitted", "Material", "fit", "fit_material", "folds_of", "material", "read_texts", "targets"]

FOLDS = 5
Floats = NDArray[np.float64]


class Material(NamedTuple):
    """Songs ready to be fitted: what is known of them, and what was read of their words."""

    known: Known
    reading: Reading
    sung: tuple[tuple[str, ...], ...]


class Fitted(NamedTuple):
    """Heads, and the scores (n, k) that each song got from heads that knew none of its artist's songs."""

    heads: Heads
    scores: Floats


def fit(
    songs: Sequence[LabelledText],
    encoder: Encoder,
    *,
    read: Mapping[str, Read],
    options: Options = DEFAULT,
    tell: Callable[[str], None] = lambda said: None,
) -> Fitted:
    """Fit heads to songs; `read` is what was read in them, by mark. TrainingError for too few songs."""
    tell(f"reading {len(songs):,} songs")
    own = material(songs, lambda texts: read_texts(texts, encoder), read=read)
    return fit_material(own, encoder.fingerprint, options=options, tell=tell)


def material(
    songs: Sequence[LabelledText], reading: Callable[[Sequence[str]], Reading], *, read: Mapping[str, Read]
) -> Material:
    """Read songs' words by `reading`, once for any number of fits."""
    own = known(songs, read)
    return Material(own, reading(own.texts), tuple(tuple(_sung(text)) for text in own.texts))


def read_texts(texts: Sequence[str], encoder: Encoder) -> Reading:
    """Return what the heads read of texts (n,)."""
    return read([Lyrics(text) for text in texts], encoder)


def _sung(text: str) -> list[str]:
    return [line.text for line in lines(text)]


def fit_material(
    own: Material, fingerprint: str, *, options: Options = DEFAULT, tell: Callable[[str], None] = lambda said: None
) -> Fitted:
    """Fit heads to songs that were read."""
    wanted, names = targets(own.known)
    folds = folds_of(own.known.artists)
    scores = np.zeros_like(wanted)
    for fold in range(FOLDS):
        tell(f"fold {fold + 1} of {FOLDS}")
        learnt, held = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if len(learnt) and len(held):
            layer = fit_layer(own.reading.at(learnt), wanted[learnt], options)
            scores[held] = scored(own.reading.at(held), *layer)
    tell("all songs")
    calibration = calibrate(own.known, scores, {name: at for at, name in enumerate(names)})
    layer = fit_layer(own.reading, wanted, options)
    judge = explicitness(own.sung, own.known.explicit)
    about = {"songs": len(own.known), "genres": len(own.known.genres), "options": dict(options._asdict())}
    heads = Heads(names, layer.bias, layer.terms, layer.styling, layer.kernel, calibration, judge, fingerprint, about)
    return Fitted(heads, scores)


def folds_of(artists: Sequence[str]) -> NDArray[np.int64]:
    """Return each song's fold, its artist's, decided by a digest so that it never moves.

    `songkin evaluate labels` folds by the same digest, so heads that are fitted there have the other folds inside.
    """
    return np.array([int(hashlib.sha256(f"fold {artist}".encode()).hexdigest(), 16) % FOLDS for artist in artists])


def targets(own: Known) -> tuple[Floats, tuple[str, ...]]:
    """Return what the heads are fitted to (n, k), nan = not known, and the names of the columns."""
    genres = np.eye(len(own.genres))[own.genre] if own.genres else np.zeros((len(own), 0))
    genres = np.where(own.genre[:, None] >= 0, genres, np.nan)
    columns = [_features(own), _happy(own)[:, None], genres, own.themes]
    names = (*FEATURES, HAPPY, *(f"genre:{name}" for name in own.genres), *(f"theme:{n}" for n in own.theme_names))
    return np.hstack(columns), names


def _features(own: Known) -> Floats:
    """Return ranks of the features: what is known and what was read, half and half where both are there."""
    given, read = ranks(own.features), own.scales[:, 1:]
    both = (1 - READ_COUNTS) * given + READ_COUNTS * read
    return np.where(np.isfinite(both), both, np.where(np.isfinite(given), given, read))


def _happy(own: Known) -> Floats:
    """Return how happy songs are, 0 to 1: what a listener said, and what such a listener would say of what was read."""
    there, heard = np.isfinite(own.scales).all(1), np.isfinite(own.happy)
    both = there & heard
    if len(set(own.happy[both].tolist())) < 2:
        return own.happy
    model = need("sklearn.linear_model", extra="train").LogisticRegression()
    model.fit(own.scales[both], own.happy[both])
    predicted = np.full(len(own), np.nan)
    predicted[there] = model.predict_proba(own.scales[there])[:, 1]
    mixed = (1 - READ_COUNTS) * own.happy + READ_COUNTS * predicted
    return np.where(np.isfinite(mixed), mixed, np.where(heard, own.happy, predicted))
