"""Songs of two moods and two sounds that a small network can learn to tell apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from tiny import TOOLS, write_start

from songkin.training.irvine.songs import AUDIO, MOODS, MoodSet, MoodSong, Sides, by_artist

if TYPE_CHECKING:
    from songkin.training.networks.backbone import Backbone

HAPPY, SAD = TOOLS[:4], TOOLS[4:]


def songs(count: int = 60) -> list[MoodSong]:
    """Happy songs play one half of the instruments and have a high valence, sad ones the other and a low one."""
    rng = np.random.default_rng(0)
    return [song(at, happy=at % 2 == 0, rng=rng) for at in range(count)]


def song(at: int, *, happy: bool, rng: np.random.Generator) -> MoodSong:
    words = " ".join(rng.choice(HAPPY if happy else SAD, 6))
    features = dict.fromkeys(AUDIO, 0.5) | {"key": float(at % 3), "tempo_bpm": 90.0 + at}
    features |= {"valence": (0.8 if happy else 0.2) + at / 1000, "energy": float(at % 4 < 2)}
    tag = f"{'folk' if happy else 'metal'} {at % 4}"
    return MoodSong(f"s{at}", f"artist {at // 2}", f"Song {at}", words, int(happy), features, frozenset([tag]))


def labelled(count: int = 60) -> MoodSet:
    return MoodSet("toy", songs(count), MOODS, AUDIO, "made by rule")


def sides(count: int = 60) -> Sides:
    return by_artist(songs(count), seed=0)


def backbone(folder: Path) -> Backbone:
    from songkin.training.networks.backbone import Backbone

    return Backbone.read("start", write_start(folder / "start").parent)
