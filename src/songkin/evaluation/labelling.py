"""Let systems label songs by artists they have not learnt from, and judge what they say.

Conventions
-----------
A system is handed songs to learn from and gives back what labels: raw lyrics in, columns of `songkin annotate` out,
each (n,): `p_<genre>`, `p_<feature>_high`, `p_happy` and `explicit` (true or false, or its chance), chances in [0, 1];
`valence`, `energy`, `danceability`, estimates in [0, 1]. NaN or None = it abstains, which counts as wrong. A column may
be missing, and its measures are then; other columns are passed over. `genre` names the genre to say, where that is not
the one most likely.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from songkin.datasets.holdout import FOLDS, artist_fold
from songkin.errors import QueryError
from songkin.evaluation.tasks.labels import HIGH, LabelledText

__all__ = ["Label", "Labeller", "Labels", "Truth", "label"]

Floats = NDArray[np.float64]
Columns = dict[str, Floats]
ENDS = tuple(f"{name}_{end}" for name in HIGH for end in ("low", "high"))  # of an estimate's interval
FEW = 20  # a genre with fewer songs is not judged


class Label(Protocol):
    """Labels songs by their words."""

    def __call__(self, texts: Sequence[str], /) -> Mapping[str, ArrayLike]:
        """Return a column (n,) for each name."""
        ...


class Labeller(NamedTuple):
    """A system under test: its name, what it is, how it learns; `rival`: a baseline that others are held against."""

    name: str
    says: str
    fit: Callable[[Sequence[LabelledText]], Label]
    rival: bool = True


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of the songs that are judged, (n,) each.

    `genre` are codes into `genres`, those with at least 20 songs, -1 = unknown or too rare; `chance` maps the chances
    `p_<feature>_high`, `p_happy` and `explicit` to 0, 1 or NaN; `estimate` a feature to its value; `artists` are codes.
    """

    genres: tuple[str, ...]
    genre: NDArray[np.int64]
    chance: Mapping[str, Floats]
    estimate: Mapping[str, Floats]
    artists: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labels:
    """What is true, and what each system said: its columns (n,) as floats, and the genre it names (n,), None = none.

    `known`: songs by artists it learnt from.
    """

    truth: Truth
    said: Mapping[str, Mapping[str, Floats]]
    systems: tuple[Labeller, ...]
    folds: int
    known: int = 0
    named: Mapping[str, NDArray[np.object_]] = field(default_factory=dict)


def label(
    songs: Sequence[LabelledText],
    systems: Sequence[Labeller],
    *,
    test: Sequence[LabelledText] | None = None,
    folds: int = FOLDS,
    tell: Callable[[int], None] | None = None,
) -> Labels:
    """Let each system label each song, having learnt from the other folds; or the songs of `test`, learning from all.

    What is high is so above the median of the songs that were learnt from. `tell` is called with how many more songs a
    system has labelled. Folds without songs are passed over. QueryError where a fold leaves nothing to learn from.
    """
    judged = list(songs if test is None else test)
    own = np.array([0 if test is not None else artist_fold(song.key, folds) for song in judged], np.int64)
    said: dict[str, Columns] = {system.name: {} for system in systems}
    named: dict[str, NDArray[np.object_]] = {}
    medians: dict[str, Floats] = {name: np.full(len(judged), np.nan) for name in HIGH}
    for fold in np.unique(own).tolist():
        places = np.flatnonzero(own == fold)
        learnt = [song for song, at in zip(songs, own, strict=True) if at != fold] if test is None else songs
        if not learnt:
            raise QueryError("all songs are by artists of one fold, and nothing is left to learn from; take more songs")
        texts = [judged[at].text for at in places]
        for name in HIGH:
            medians[name][places] = _median(learnt, name)
        for system in systems:
            found = system.fit(learnt)(texts)
            _keep(said[system.name], found, places, len(judged))
            if "genre" in found:
                named.setdefault(system.name, np.full(len(judged), None, object))[places] = np.asarray(
                    found["genre"], object
                )
            if tell:
                tell(len(places))
    learnt_from = {song.key for song in songs} if test is not None else set()
    known = sum(song.key in learnt_from for song in judged)
    return Labels(_truth(judged, medians), said, tuple(systems), 1 if test is not None else folds, known, named)


def _keep(columns: Columns, found: Mapping[str, ArrayLike], places: NDArray[np.int64], n: int) -> None:
    """Write what was said of a fold's songs; a genre that one fold did not know has no chance there."""
    for name, values in found.items():
        if not name.startswith("p_") and name not in (*HIGH, *ENDS, "explicit"):
            continue
        given = np.asarray(values, np.float64)
        if given.shape != places.shape:
            raise ValueError(f"column {name} has the shape {given.shape} for {len(places)} songs")
        columns.setdefault(name, np.full(n, np.nan))[places] = given


def _truth(judged: Sequence[LabelledText], medians: Mapping[str, Floats]) -> Truth:
    counts: dict[str, int] = {}
    for song in judged:
        if song.genre is not None:
            counts[song.genre] = counts.get(song.genre, 0) + 1
    genres = tuple(sorted(name for name, count in counts.items() if count >= FEW))
    codes = {name: code for code, name in enumerate(genres)}
    estimate = {name: np.array([song.features.get(name, np.nan) for song in judged], np.float64) for name in HIGH}
    chance = {f"p_{name}_high": _above(estimate[name], medians[name]) for name in HIGH}
    chance["p_happy"] = np.array([np.nan if song.happy is None else song.happy for song in judged], np.float64)
    chance["explicit"] = np.array([np.nan if song.explicit is None else song.explicit for song in judged], np.float64)
    artists = np.unique([song.key for song in judged], return_inverse=True)[1]
    genre = np.array([codes.get(song.genre or "", -1) for song in judged], np.int64)
    return Truth(genres, genre, chance, estimate, artists.astype(np.int64))


def _above(values: Floats, medians: Floats) -> Floats:
    return np.where(np.isnan(values + medians), np.nan, values > medians)


def _median(songs: Sequence[LabelledText], feature: str) -> float:
    """Return the median of a feature; NaN where no song has it."""
    values = [song.features[feature] for song in songs if feature in song.features]
    return float(np.median(values)) if values else float("nan")
