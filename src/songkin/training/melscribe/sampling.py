"""Descriptor sets drawn for the sentences of captions, draw for draw as the melscribe paper's own code makes them.

Conventions
-----------
A sentence is what stands between two ". " of a caption. A descriptor is present where it stands literally in the
sentence. A set is 1 to all of the present ones and 0 to min(present, absent) of the others, shuffled, joined by ", ".
One generator runs through all tracks in their order, so that a seed gives the very sets of the paper.
Epure, Meseguer-Brocal, Afchar and Hennequin, NLP4MusA 2024 [epure2024harnessing].
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from songkin.datasets.lpmusiccaps import Captioned

__all__ = ["Drawn", "draw_sets", "joined"]


class Drawn(NamedTuple):
    """A query, its track, the different sets that were drawn for it, and all descriptors of the track."""

    query: str
    track: str
    sets: tuple[tuple[str, ...], ...]
    tags: frozenset[str]


def draw_sets(tracks: Iterable[Captioned], *, seed: int, sets: int) -> list[Drawn]:
    """Draw up to `sets` different sets for every sentence; one without descriptors in it has the empty set."""
    generator = random.Random(seed)
    found = []
    for track in tracks:
        for sentence in track.caption.replace("\n", " ").split(". "):
            drawn = [_draw(sentence, track.descriptors, generator) for _ in range(sets)]
            found.append(Drawn(sentence, track.id, tuple(dict.fromkeys(drawn)), frozenset(track.descriptors)))
    return found


def joined(tags: Sequence[str]) -> str:
    """Write a set as the one text that is encoded."""
    return ", ".join(tags)


def _draw(sentence: str, tags: Sequence[str], generator: random.Random) -> tuple[str, ...]:
    present = [tag for tag in tags if tag in sentence]
    absent = [tag for tag in tags if tag not in sentence]
    chosen: list[str] = []
    if present:
        chosen += generator.sample(present, generator.choice(range(1, len(present) + 1)))
    if absent:
        chosen += generator.sample(absent, generator.choice(range(min(len(present), len(absent)) + 1)))
    generator.shuffle(chosen)
    return tuple(chosen)
