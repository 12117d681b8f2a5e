"""Let systems say the themes of songs by artists they have not learnt from, and hold that against what was read there.

Conventions
-----------
What is held to be right are readings by a language model, up to three themes a song: the measures are agreement with
them, not skill at a truth. A system learns and answers as in `labelling`; of what it says the column `themes` counts,
the names it says of each song, the surest first. Measures lie in [0, 1], and bounds and chances of luck are taken over
artists.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from songkin.datasets.holdout import FOLDS, artist_fold
from songkin.errors import QueryError
from songkin.evaluation.label_report import compared, rounded
from songkin.evaluation.labelling import Labeller
from songkin.evaluation.tallies import Tally, averaged, f1, interval_by, mean
from songkin.evaluation.tasks.labels import LabelledText
from songkin.evaluation.tasks.themes import FIRST, MACRO, MEASURES, MICRO

__all__ = ["FEW", "ThemeReport", "judge_themes"]

FEW = 20  # a theme read in fewer songs is not judged

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class ThemeReport:
    """What was read in n songs, of t themes, and what each system said; the first system is the one on trial.

    `read` and `said` are (n, t); `first` is the place of the theme a system is surest of (n,), -1 = none of these.
    """

    names: tuple[str, ...]
    read: Bools
    said: Mapping[str, Bools]
    first: Mapping[str, NDArray[np.int64]]
    artists: NDArray[np.int64]
    systems: tuple[Labeller, ...]
    folds: int

    @cached_property
    def themes(self) -> dict[str, dict[str, Tally]]:
        """Each system's F1 of each theme, by system."""
        return {
            system: {name: f1(said[:, at], self.read[:, at]) for at, name in enumerate(self.names)}
            for system, said in self.said.items()
        }

    @cached_property
    def tallies(self) -> dict[str, dict[str, Tally]]:
        """Each system's measures over all themes, in the order they ran."""
        return {system.name: self._measures(system.name) for system in self.systems}

    def _measures(self, system: str) -> dict[str, Tally]:
        if not self.names:
            return {}
        first = self.first[system]
        right = np.where(first >= 0, self.read[np.arange(len(first)), first], False)
        own = (averaged(list(self.themes[system].values())), f1(self.said[system], self.read), mean(right))
        return dict(zip((MACRO, MICRO, FIRST), own, strict=True))

    def as_json(self) -> dict[str, Any]:
        """Return the contract's document, and beside it each theme with its songs and every system's F1."""
        systems = {
            name: {measure: self._interval(tally) for measure, tally in own.items()}
            for name, own in self.tallies.items()
        }
        counts = self.read.sum(0).tolist()
        return {
            "task": "themes",
            "n_queries": len(self.artists),
            "measures": next(iter(systems.values()), {}),
            "systems": systems,
            "compared": compared(self.systems, self.tallies, MEASURES, self.artists),
            "themes": {
                name: {"n": n, "F1": {system: self._interval(own[name]) for system, own in self.themes.items()}}
                for name, n in zip(self.names, counts, strict=True)
            },
            "themes_a_song": {
                "read": _a_song(self.read),
                **{name: _a_song(said) for name, said in self.said.items()},
            },
            "artists": len(np.unique(self.artists)),
            "folds": self.folds,
        }

    def _interval(self, tally: Tally) -> list[float | None]:
        return [*map(rounded, interval_by(tally, self.artists))]


def judge_themes(
    songs: Sequence[LabelledText],
    systems: Sequence[Labeller],
    *,
    folds: int = FOLDS,
    tell: Callable[[int], None] | None = None,
) -> ThemeReport:
    """Let each system say the themes of each song, having learnt from the other folds of artists.

    Songs that were not read are passed over. `tell` is called with how many more songs a system has answered for.
    QueryError where a fold leaves nothing to learn from.
    """
    judged = [song for song in songs if song.themes is not None]
    counts = Counter(name for song in judged for name in song.themes or ())
    names = tuple(sorted(name for name, count in counts.items() if count >= FEW))
    own = np.array([artist_fold(song.key, folds) for song in judged], np.int64)
    said: dict[str, list[Sequence[str]]] = {system.name: [()] * len(judged) for system in systems}
    for fold in np.unique(own).tolist():
        places = np.flatnonzero(own == fold).tolist()
        learnt = [song for song, at in zip(judged, own, strict=True) if at != fold]
        if not learnt:
            raise QueryError("all songs are by artists of one fold, and nothing is left to learn from; take more songs")
        for system in systems:
            found = system.fit(learnt)([judged[at].text for at in places])["themes"]
            for at, themes in zip(places, cast("Sequence[Sequence[str]]", found), strict=True):
                said[system.name][at] = themes
            if tell:
                tell(len(places))
    artists = np.unique([song.key for song in judged], return_inverse=True)[1].astype(np.int64)
    read = _marked([song.themes or () for song in judged], names)
    first = {name: np.array([_place(own, names) for own in told], np.int64) for name, told in said.items()}
    marked = {name: _marked(told, names) for name, told in said.items()}
    return ThemeReport(names, read, marked, first, artists, tuple(systems), folds)


def _marked(themes: Sequence[Sequence[str]], names: Sequence[str]) -> Bools:
    """Return which of the names (t,) stand in each song's themes (n, t)."""
    return np.array([[name in own for name in names] for own in themes], bool).reshape(len(themes), len(names))


def _place(themes: Sequence[str], names: Sequence[str]) -> int:
    """Return the place among names of the first theme said, -1 where nothing is said or it is not judged."""
    return names.index(themes[0]) if len(themes) and themes[0] in names else -1


def _a_song(marked: Bools) -> float | None:
    """Return how many themes a song has; None without songs."""
    return rounded(float(marked.sum(1).mean())) if len(marked) else None
