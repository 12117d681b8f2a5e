"""Captions and descriptor sets drawn from them, as the melscribe paper draws them, of MusicCaps' training part.

A caption is split at ". "; an aspect is present where it stands literally in the sentence; a set holds 1 to all of the
present aspects and 0 to min(present, absent) of the others, shuffled. Epure, Meseguer-Brocal, Afchar and Hennequin,
NLP4MusA 2024 [epure2024harnessing]. Every epoch draws anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.datasets import corpus
from songkin.training.data.augment import tag_text
from songkin.training.data.example import Example, Ground
from songkin.training.data.phrasing import Rephrase, denied, rephrased, rephraser
from songkin.training.data.reading import json_lines, parquet_rows
from songkin.training.data.splits import split_of
from songkin.training.data.texts import spoiled

__all__ = ["Sets", "Track", "draw", "tracks"]

FILE = "train.parquet"


class Track(NamedTuple):
    """A track of MusicCaps: its id, its caption, and its aspects, each once."""

    id: str
    caption: str
    aspects: tuple[str, ...]

    def sentences(self) -> list[str]:
        """Return the sentences of the caption, as the paper cuts them."""
        return [sentence for sentence in (part.strip() for part in self.caption.split(". ")) if sentence]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sets:
    """Sentences and captions of MusicCaps against descriptor sets drawn from them.

    `retold` names files of {"id", "c", "r"} beside the recipe: a caption and a request that we wrote of a track's
    aspects, read like its own caption. `whole`: the chance in [0, 1] that a track's whole caption is an anchor too;
    `unsaid`: that a whole caption's set is drawn from all aspects alike, said or not (ours, not the paper's);
    `rephrase`: that an anchor is turned into a request, by templates or by `hook` ("module:function", called with text,
    descriptors and generator); `negate`: that a request says "no X" of what the track lacks, with the set that has X as
    a negative.
    """

    retold: tuple[str, ...] = ()
    whole: float = 0.5
    unsaid: float = 0.0
    rephrase: float = 0.3
    negate: float = 0.15
    hook: str = ""

    def __post_init__(self) -> None:
        if not all(0.0 <= chance <= 1.0 for chance in (self.whole, self.unsaid, self.rephrase, self.negate)):
            raise ValueError("whole, unsaid, rephrase and negate are chances in [0, 1]")

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return MusicCaps' training part, and what we retold of it."""
        return (ground.corpus(corpus("musiccaps"), FILE), *(ground.beside(path) for path in self.retold))

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Draw a set for every sentence, and for `whole` of the captions."""
        own = [track for track in tracks(self.files(ground)[0]) if split_of(track.id) == split]
        said = rephraser(self.hook, ground.data)
        strange = sorted({aspect for track in own for aspect in track.aspects if len(aspect.split()) <= 3})
        retold = _retold(self.files(ground)[1:])
        found = []
        for track in own:
            texts = track.sentences() + ([track.caption] if rng.random() < self.whole else [])
            for text in (*texts, *retold.get(track.id, ())):
                free = text is track.caption and rng.random() < self.unsaid
                drawn = _freely(track.aspects, rng) if free else draw(text, track.aspects, rng)
                if drawn:
                    found.append(self._example(track, text, drawn, strange, said, ground, rng))
        return found

    def _example(
        self,
        track: Track,
        text: str,
        drawn: Sequence[str],
        strange: Sequence[str],
        said: Rephrase | None,
        ground: Ground,
        rng: np.random.Generator,
    ) -> Example:
        anchor = rephrased(text, drawn, rng, said) if rng.random() < self.rephrase else text
        positive = tag_text(drawn, ground.augment, rng)
        negatives: tuple[str, ...] = ()
        lacking = str(strange[int(rng.integers(len(strange)))]) if strange else ""
        if lacking and rng.random() < self.negate and lacking.casefold() not in track.caption.casefold():
            anchor = denied(anchor, lacking, rng)
            negatives = (tag_text(spoiled(drawn, lacking, rng), ground.augment, rng),)
        return Example(anchor, positive, negatives, group=track.id)


def draw(text: str, aspects: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Draw a descriptor set for a text; [] where none of the aspects stands in it."""
    present = [aspect for aspect in aspects if aspect in text]
    absent = [aspect for aspect in aspects if aspect not in text]
    if not present:
        return []
    count = int(rng.integers(1, len(present) + 1))
    more = int(rng.integers(0, min(len(present), len(absent)) + 1))
    chosen = [*_some(present, count, rng), *_some(absent, more, rng)]
    return _some(chosen, len(chosen), rng)


def _retold(paths: Sequence[Path]) -> dict[str, list[str]]:
    """Read the captions and requests that were written of tracks' aspects, by track."""
    found: dict[str, list[str]] = {}
    for path in paths:
        for row in json_lines(path, "id", "c", "r"):
            found.setdefault(row["id"], []).extend(text for text in (row["c"], row["r"]) if text)
    return found


def _freely(aspects: Sequence[str], rng: np.random.Generator) -> list[str]:
    """Draw two to all of the aspects, whether the caption says them or not."""
    return _some(aspects, int(rng.integers(min(2, len(aspects)), len(aspects) + 1)), rng)


def _some(texts: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    order: list[int] = rng.permutation(len(texts)).tolist()
    return [texts[at] for at in order[:count]]


@lru_cache(maxsize=4)
def tracks(path: Path) -> tuple[Track, ...]:
    """Read the tracks that have a caption and aspects."""
    rows = parquet_rows(path, "ytid", "caption", "aspects")
    kept = [row for row in rows if row["caption"] and row["aspects"]]
    return tuple(Track(row["ytid"], row["caption"], tuple(dict.fromkeys(filter(None, row["aspects"])))) for row in kept)
