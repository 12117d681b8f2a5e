"""Sentences of captions against descriptor sets that are drawn once, as the melscribe paper draws them.

Unlike the source "sets", which draws anew every epoch, this one stands still: a teacher can label it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from songkin.datasets import corpus
from songkin.datasets.lpmusiccaps import Captioned, captioned
from songkin.training.data.example import TRAIN, Example, Ground
from songkin.training.data.phrasing import rephrased, rephraser
from songkin.training.data.sets import FILE, tracks
from songkin.training.data.splits import split_of
from songkin.training.melscribe.sampling import Drawn, draw_sets, joined

__all__ = ["DrawnSets"]

FEWER, SAYING = 31, 32  # what a generator is for


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnSets:
    """Captions of MusicCaps' training part, or of the LP-MusicCaps files that `paths` names (MTT, MSD: their train).

    `sets` different sets a sentence at most, drawn with `seed`; a sentence that holds no descriptor is left out. `most`
    queries are trained on at most, 0 = all. `rephrase`: the chance in [0, 1] that a sentence is turned into a request,
    by templates or by `hook` ("module:function"). A tenth of the tracks is held out, with one set a sentence.
    """

    paths: tuple[str, ...] = ()
    sets: int = 3
    seed: int = 42
    most: int = 0
    rephrase: float = 0.0
    hook: str = ""

    def __post_init__(self) -> None:
        if self.sets < 1 or self.most < 0 or self.seed < 0 or not 0.0 <= self.rephrase <= 1.0:
            raise ValueError(
                "sets is a number from 1, most and seed are numbers from 0, rephrase is a chance in [0, 1]"
            )

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the captions: the named files, else MusicCaps' training part."""
        if self.paths:
            return tuple(ground.beside(path) for path in self.paths)
        return (ground.corpus(corpus("musiccaps"), FILE),)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Return every query with each of its sets; the generator draws nothing here."""
        return [
            Example(one.query, joined(tags), also=tuple(map(joined, one.sets)), group=one.track)
            for one in self.drawn(ground, split)
            for tags in one.sets
        ]

    def captions(self, ground: Ground, split: str) -> list[Captioned]:
        """Return the tracks of a split, in the order of the files."""
        return [
            track
            for path in self.files(ground)
            for track in _captions(path, bool(self.paths))
            if split_of(track.id) == split
        ]

    def drawn(self, ground: Ground, split: str) -> list[Drawn]:
        """Return the queries of a split with their sets, in the order they were drawn."""
        sets = self.sets if split == TRAIN else 1
        found = list(_kept(draw_sets(self.captions(ground, split), seed=self.seed, sets=sets)))
        if split == TRAIN and 0 < self.most < len(found):
            chosen = np.random.default_rng([self.seed, FEWER]).permutation(len(found))[: self.most]
            found = [found[at] for at in sorted(chosen)]
        return [self._said(one, at, ground) for at, one in enumerate(found)] if self.rephrase else found

    def _said(self, one: Drawn, at: int, ground: Ground) -> Drawn:
        """Turn a query into a request, or leave it, by its own generator."""
        rng = np.random.default_rng([self.seed, SAYING, at])
        if rng.random() >= self.rephrase:
            return one
        return one._replace(query=rephrased(one.query, one.sets[0], rng, rephraser(self.hook, ground.data)))


def _kept(drawn: list[Drawn]) -> Iterator[Drawn]:
    """Give the queries that say something and have a set, stripped."""
    for one in drawn:
        sets = tuple(tags for tags in one.sets if tags)
        if sets and one.query.strip():
            yield one._replace(query=one.query.strip(), sets=sets)


@lru_cache(maxsize=8)
def _captions(path: Path, written: bool) -> tuple[Captioned, ...]:
    """Read tracks: of LP-MusicCaps where the recipe names the file, else of MusicCaps."""
    if written:
        return tuple(captioned(path))
    return tuple(Captioned(track.id, track.caption, track.aspects) for track in tracks(path))
