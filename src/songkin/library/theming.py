"""Themes of a library: found once for each state of it, named from its songs' words and descriptors, kept beside it.

Conventions
-----------
Songs with a vector run along one axis (n,), by id. Themes are numbered from 1 in what users see, the largest first.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas import GRAINS, Grain, Mark, discover, how_many
from songkin.library.keeping import keep, kept, mark_of
from songkin.library.theme_names import Naming, Top
from songkin.library.vectors import DESCRIBED, whole_songs
from songkin.store import Store
from songkin.types import Vectors

__all__ = ["Atlas", "NamedGrain", "NamedTheme", "atlas"]

FOLDER = "themes"
FORM = 4  # raise it when themes are found or kept otherwise


class NamedTheme(NamedTuple):
    """A theme: its name with what sets it apart, and how well its songs hold together.

    `cohesion` is the mean cosine of its songs to its centre; `stays` the share of them that stay together when other
    songs are drawn; `within` the place of the theme of the next coarser grain that it lies in.
    """

    top: Top
    cohesion: float
    stays: float
    within: int | None


class NamedGrain(NamedTuple):
    """The themes of one grain: of each song its theme (n,) and its cosine to the centre (n,)."""

    name: str
    labels: NDArray[np.int32]
    nearness: Vectors
    themes: tuple[NamedTheme, ...]
    silhouette: float
    stays: float

    @property
    def names(self) -> list[str]:
        """The themes' names, in order."""
        return [theme.top.name for theme in self.themes]


class Atlas(NamedTuple):
    """All that was found: the songs (n,) keys, their grains, which fit nowhere, and the song nearest to each (n,).

    `described` counts the songs that stand where their descriptions put them.
    """

    keys: NDArray[np.int64]
    grains: tuple[NamedGrain, ...]
    alone: NDArray[np.bool_]
    factors: Vectors
    nearest: NDArray[np.int64]
    cosines: Vectors
    sampled: int | None
    described: int

    def grain(self, name: str) -> NamedGrain:
        """Return the grain of a name."""
        return next(grain for grain in self.grains if grain.name == name)


def atlas(store: Store, k: int | None = None) -> Atlas:
    """Return the themes of a library at three grains, or `k` of them: as they were kept, else found now and kept."""
    return store.kept((FOLDER, k), lambda: _atlas(store, k))


def _atlas(store: Store, k: int | None) -> Atlas:
    name = f"{FOLDER}/{'grains' if k is None else k}.npz"
    mark = f"{FORM}/{mark_of(store)}"
    arrays = kept(store.tables.at, name, mark)
    if arrays is not None:
        return _read(arrays)
    found = _found(store, k)
    keep(store.tables.at, name, mark, _written(found))
    return found


def _found(store: Store, k: int | None) -> Atlas:
    songs = whole_songs(store)
    n = len(songs.keys)
    counts = dict(zip(GRAINS, how_many(n) or (0, 0, 0), strict=True)) if k is None else {"chosen": min(k, n)}
    found = discover(songs.vectors, songs.kinds, list(counts.values()))
    naming = Naming.of(store, songs)
    labels = [grain.labels for grain in found.grains]
    named_grains = tuple(
        _named(name, grain, naming, labels[at - 1] if at else None)
        for at, (name, grain) in enumerate(zip(counts, found.grains, strict=True))
    )
    alone, factors, nearest, cosines = found.outliers
    keys = np.where(nearest >= 0, songs.keys[nearest], -1) if n else np.empty(0, np.int64)
    described = int((songs.kinds == DESCRIBED).sum())
    return Atlas(songs.keys, named_grains, alone, factors, keys, cosines, found.sampled, described)


def _named(name: str, grain: Grain, naming: Naming, coarser: NDArray[np.int32] | None) -> NamedGrain:
    """Name the themes of a grain."""
    tops = naming.themes(grain.labels, grain.nearness)
    facts = (tops, grain.cohesion.tolist(), grain.stability.groups.tolist(), _within(grain.labels, coarser))
    themes = tuple(NamedTheme(*own) for own in zip(*facts, strict=True))
    return NamedGrain(name, grain.labels, grain.nearness, themes, grain.silhouette, grain.stability.overall)


def _within(labels: NDArray[np.int32], coarser: NDArray[np.int32] | None) -> list[int | None]:
    """Return the coarser theme in which each theme lies; None at the coarsest grain."""
    _, first = np.unique(labels, return_index=True)
    return [None if coarser is None else int(coarser[at]) for at in first]


# -- kept beside the library -------------------------------------------------------------------------------------------


def _written(found: Atlas) -> Mapping[str, Any]:
    """Lay an atlas out as arrays by name; what is no array goes as JSON."""
    own = [(g.name, g.themes, g.silhouette, g.stays) for g in found.grains]
    arrays = {name: getattr(found, name) for name in ("keys", "alone", "factors", "nearest", "cosines")}
    arrays["labels"] = np.stack([grain.labels for grain in found.grains])
    arrays["nearness"] = np.stack([grain.nearness for grain in found.grains])
    said = {"grains": own, "sampled": found.sampled, "described": found.described}
    return {**arrays, "said": json.dumps(said)}


def _read(arrays: Mapping[str, NDArray[Any]]) -> Atlas:
    said = json.loads(str(arrays["said"]))
    grains = tuple(
        NamedGrain(name, labels, nearness, tuple(_theme(theme) for theme in themes), silhouette, stays)
        for (name, themes, silhouette, stays), labels, nearness in zip(
            said["grains"], arrays["labels"], arrays["nearness"], strict=True
        )
    )
    alone, factors, nearest, cosines = (arrays[name] for name in ("alone", "factors", "nearest", "cosines"))
    return Atlas(arrays["keys"], grains, alone, factors, nearest, cosines, said["sampled"], said["described"])


def _theme(said: Sequence[Any]) -> NamedTheme:
    (name, words, tags), cohesion, stays, within = said
    top = Top(name, tuple(Mark(*word) for word in words), tuple(Mark(*tag) for tag in tags))
    return NamedTheme(top, cohesion, stays, within)
