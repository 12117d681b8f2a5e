"""The labels of a song, predicted from its words: how sure they are, and why some are missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from songkin.annotate.calibration import Estimate
from songkin.types import PREDICTABLE

__all__ = ["HAPPY", "QUADRANTS", "SAD", "Labels", "quadrant"]

HAPPY, SAD = "happy", "sad"
QUADRANTS = ("excited", "tense", "gloomy", "calm")
"""By valence and arousal: both high, arousal alone, neither, valence alone. Russell, 1980 [russell1980circumplex]."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of one song. None, () and {} mean: nothing is said, and `note` says why.

    `estimates` holds valence, energy and danceability; `probabilities` is by column name (`p_happy`, `p_valence_high`,
    `p_rock`) and always full: where nothing could be read it says how common each is. `explicit_words` are the words
    for which a song is called explicit. `themes` are those that are sure enough, the surest first, and how likely each
    is.
    """

    id: str
    genre: str | None = None
    genres: tuple[str, ...] = ()
    mood: str | None = None
    quadrant: str | None = None
    estimates: Mapping[str, Estimate] = field(default_factory=dict)
    probabilities: Mapping[str, float] = field(default_factory=dict)
    language: str | None = None
    explicit: bool = False
    explicit_words: tuple[str, ...] = ()
    themes: Mapping[str, float] = field(default_factory=dict)
    note: str = ""

    @property
    def genre_shares(self) -> dict[str, float]:
        """How likely each genre is, by its name."""
        others = {"p_happy", *(f"p_{name}_high" for name in PREDICTABLE)}
        return {name[2:]: p for name, p in self.probabilities.items() if name not in others}

    @property
    def abstains(self) -> bool:
        """Whether nothing is predicted of the song; `note` says why."""
        return not self.estimates


def quadrant(p_valence_high: float, p_energy_high: float) -> str:
    """Return the quadrant two probabilities point at."""
    if p_energy_high >= 0.5:
        return QUADRANTS[0] if p_valence_high >= 0.5 else QUADRANTS[1]
    return QUADRANTS[3] if p_valence_high >= 0.5 else QUADRANTS[2]
