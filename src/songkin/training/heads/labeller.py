"""Our heads as a system that `songkin evaluate labels` can judge: fitted to some songs, then asked about others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from songkin.annotate import Annotator, Labels
from songkin.annotate.heads import FEATURES
from songkin.datasets.songkin_readings import Read, readings
from songkin.encoders import load
from songkin.evaluation import Label, Labeller
from songkin.evaluation.tasks.labels import LabelledText
from songkin.training.heads.heads import fit_material, material
from songkin.training.heads.remembering import Remembering
from songkin.types import Encoder, Lyrics, Song

__all__ = ["ours"]


def ours(
    encoder: Encoder | None = None,
    *,
    read: Mapping[str, Read] | None = None,
    tell: Callable[[int], None] | None = None,
) -> Labeller:
    """Return the system: heads fitted anew to the songs of each fold, and to what was read in those among them.

    Without more it is the shipped encoder that reads, and `read` what we read in chart songs. `tell` is called with how
    many more songs were read; each is read once.
    """
    reader = encoder or load(None)
    reading = Remembering(reader, tell=tell)

    def fitted(songs: Sequence[LabelledText]) -> Label:
        own = material(songs, reading, read=readings() if read is None else read)
        annotator = Annotator(fit_material(own, reader.fingerprint).heads, reader)
        return lambda texts: columns(annotator, texts)

    return Labeller("ours", "songkin's own heads, fitted without the artists they are judged on", fitted, rival=False)


def columns(annotator: Annotator, texts: Sequence[str]) -> dict[str, ArrayLike]:
    """Return the columns of raw lyrics (n,); where heads abstain their chances and estimates are nan."""
    labels = list(annotator.labels(Song(str(at), lyrics=Lyrics(text)) for at, text in enumerate(texts)))
    found: dict[str, ArrayLike] = {
        name: np.array([np.nan if own.abstains else own.probabilities[name] for own in labels])
        for name in annotator.heads.calibration.base
    }
    for name in FEATURES:
        estimates = np.array([_estimate(own, name) for own in labels]).reshape(len(labels), 3)  # (n, 3)
        found |= dict(zip((name, f"{name}_low", f"{name}_high"), estimates.T, strict=True))
    found["explicit"] = np.array([float(own.explicit) for own in labels])
    found["genre"] = np.array([own.genre for own in labels], object)
    found["themes"] = [tuple(own.themes) for own in labels]
    return found


def _estimate(own: Labels, name: str) -> tuple[float, float, float]:
    """Return an estimate and the ends of its interval, nan where the heads abstain."""
    return (float("nan"),) * 3 if own.abstains else own.estimates[name]
