"""What AudioSet's classes say they are, against their names. Gemmeke et al., ICASSP 2017 [gemmeke2017audioset]."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.datasets import corpus
from songkin.training.data.example import Example, Ground
from songkin.training.data.splits import split_of

__all__ = ["Ontology", "Sound", "sounds"]

FILE = "ontology.json"
MUSIC = "Music"


class Sound(NamedTuple):
    """A class of sound below Music: its name, its description, the names of its siblings and of its parents."""

    name: str
    description: str
    siblings: tuple[str, ...]
    parents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ontology:
    """Descriptions of the classes below Music, against their names; `siblings` of them are negatives."""

    siblings: int = 1

    def files(self, ground: Ground) -> tuple[Path, ...]:
        """Return the ontology."""
        return (ground.corpus(corpus("audioset_ontology"), FILE),)

    def examples(self, ground: Ground, split: str, rng: np.random.Generator) -> list[Example]:
        """Return every class of the split once, with other siblings each time."""
        found = []
        for sound in sounds(self.files(ground)[0]):
            if split_of(sound.name) == split:
                others = tuple(sound.siblings[at] for at in rng.permutation(len(sound.siblings))[: self.siblings])
                found.append(Example(sound.description, sound.name, others, sound.parents, group=sound.name))
        return found


@lru_cache(maxsize=4)
def sounds(path: Path) -> tuple[Sound, ...]:
    """Read the classes below Music that say what they are, names in lower case."""
    classes = {row["id"]: row for row in json.loads(path.read_text(encoding="utf-8"))}
    music = next(key for key, row in classes.items() if row["name"] == MUSIC)
    parents: dict[str, list[str]] = {}
    _walk(music, classes, parents)
    found = []
    for key, above in parents.items():
        row = classes[key]
        beside = {name for parent in above for name in classes[parent]["child_ids"]} - {key}
        siblings = tuple(sorted(_name(classes[other]) for other in beside))
        if row["description"]:
            found.append(Sound(_name(row), row["description"], siblings, tuple(_name(classes[one]) for one in above)))
    return tuple(found)


def _walk(key: str, classes: Mapping[str, dict[str, object]], parents: dict[str, list[str]]) -> None:
    for child in classes[key]["child_ids"]:  # type: ignore[attr-defined]
        first = child not in parents
        parents.setdefault(child, []).append(key)
        if first:
            _walk(child, classes, parents)


def _name(row: Mapping[str, object]) -> str:
    return str(row["name"]).lower()
