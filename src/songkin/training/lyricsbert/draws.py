"""What S is taken over: two songs A and B, and two parts of A, drawn from the test side.

Conventions
-----------
The poster does not define the parts: here they are the two halves of A's words, cut at the line break nearest to the
middle. B is a song of another artist wherever there is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from songkin.errors import TrainingError
from songkin.training.data.labelled import LabelledSong

__all__ = ["Draw", "draw", "halves"]

BREAK = ". "  # how cleaned words spell a line break
FEWEST_WORDS = 8
DRAWN = 91  # what a generator is for


class Draw(NamedTuple):
    """One draw r: the words of A, of B, of A's two parts, and of B's second."""

    a: str
    b: str
    a1: str
    a2: str
    b2: str


def draw(songs: Sequence[LabelledSong], count: int, *, seed: int) -> list[Draw]:
    """Draw at most `count` times, each song at most once as A.

    TrainingError where fewer than two songs have two parts.
    """
    rng = np.random.default_rng([seed, DRAWN])
    whole = [song for song in songs if len(song.text.split()) >= FEWEST_WORDS]
    if len(whole) < 2:
        raise TrainingError(
            f"{len(whole)} songs of the test side have two parts; two are needed to lie apart: take more songs"
        )
    order = [int(at) for at in rng.permutation(len(whole))[:count]]
    return [_drawn(whole[at], whole[_other(whole, at, rng)]) for at in order]


def halves(text: str) -> tuple[str, str]:
    """Cut words into two parts at the line break nearest to the middle, at a blank where there is no break."""
    for mark in (BREAK, " "):
        cuts = [at for at in range(len(text)) if text.startswith(mark, at)]
        if cuts:
            at = min(cuts, key=lambda cut: abs(cut + len(mark) / 2 - len(text) / 2))
            first, second = text[:at].strip(), text[at + len(mark) :].strip()
            if first and second:
                return first, second
    return text, text


def _drawn(a: LabelledSong, b: LabelledSong) -> Draw:
    first, second = halves(a.text)
    return Draw(a.text, b.text, first, second, halves(b.text)[1])


def _other(songs: Sequence[LabelledSong], own: int, rng: np.random.Generator) -> int:
    """Return another song, of another artist if any has one."""
    order = [int(at) for at in rng.permutation(len(songs)) if at != own]
    strangers = (at for at in order if not songs[at].artist or songs[at].artist != songs[own].artist)
    return next(strangers, order[0])
