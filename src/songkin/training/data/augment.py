"""Tags as other people would write them: in another order, spelling, or with some left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["PLAIN", "Augment", "respelled", "tag_text"]

SEPARATORS = (" ", "-", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Augment:
    """How tags vary from epoch to epoch: `shuffle` their order, `spelling` the chance in [0, 1] that a tag of several
    words is written another way (hip-hop, hip hop, hiphop), `joined` that a whole set is written in one word a tag,
    `drop` that a tag is left out (one always stays)."""

    shuffle: bool = True
    spelling: float = 0.0
    joined: float = 0.0
    drop: float = 0.0

    def __post_init__(self) -> None:
        if not all(0.0 <= chance <= 1.0 for chance in (self.spelling, self.joined, self.drop)):
            raise ValueError("spelling, joined and drop are chances in [0, 1]")


PLAIN = Augment(shuffle=False)


def tag_text(tags: Sequence[str], augment: Augment, rng: np.random.Generator) -> str:
    """Write tags as one text, joined by ', '; no tags give ''."""
    kept = [tag for tag in tags if rng.random() >= augment.drop] or list(tags[:1])
    if augment.shuffle:
        kept = [kept[at] for at in rng.permutation(len(kept))]
    if rng.random() < augment.joined:
        return ", ".join(_split(tag, "") for tag in kept)
    return ", ".join(respelled(tag, rng) if rng.random() < augment.spelling else tag for tag in kept)


def respelled(tag: str, rng: np.random.Generator) -> str:
    """Write a tag of two or three words with spaces, hyphens or in one; other tags stay as they are."""
    if not 2 <= len(_words(tag)) <= 3:
        return tag
    return _split(tag, SEPARATORS[rng.integers(len(SEPARATORS))])


def _split(tag: str, separator: str) -> str:
    words = _words(tag)
    return separator.join(words) if len(words) <= 3 else tag


def _words(tag: str) -> list[str]:
    return tag.replace("-", " ").split()
