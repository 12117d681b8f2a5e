"""Happy, sad or neither, from the tags listeners gave a song: the published label rule, with its switches.

Conventions
-----------
Tags are name -> count. Counts that are no number above 0 are left out; names that differ only in case are one tag, with
the highest of their counts. A set of synonyms is as strong as its strongest member: counts are never added up.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import NamedTuple

from songkin.training.irvine.values import check_from, check_shares

__all__ = ["SETS", "STEPS", "Kept", "Rule", "Verdict", "funnel", "kept", "mood_of", "verdict"]

SETS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "happy": ("happy", "happiness", "cheerful", "joyful"),
        "sad": ("sad", "melancholy", "melancholic", "sadness", "depressing"),
    }
)
STEPS = ("songs", "with enough tags", "with a mood tag", "among its most used tags", "with the margin")
"""What a song passes on its way to a label, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """When tags make a label.

    A song with fewer than `min_tags` tags gets none; after that, tags that fewer than `min_users` gave are dropped.
    The strongest mood tag must be among the `k` most used, and its lead over the other set, divided by `count`, must be
    "at least" `eps`, a share. The paper prints the opposite sign, which `margin` "at most" stands for. `count` is the
    sum over all the song's tags ("song"), or the strongest mood tag's own count ("tag").
    """

    k: int = 5
    eps: float = 0.1
    margin: str = "at least"
    count: str = "song"
    min_tags: int = 11
    min_users: float = 3

    def __post_init__(self) -> None:
        if self.margin not in ("at least", "at most"):
            raise ValueError(f"margin is '{self.margin}'; it is 'at least' or 'at most', as printed")
        if self.count not in ("song", "tag"):
            raise ValueError(f"count is '{self.count}'; it is 'song' or 'tag'")
        check_from(1, k=self.k)
        check_from(0, min_tags=self.min_tags, min_users=self.min_users)
        check_shares(eps=self.eps)


PUBLISHED = Rule()


class Verdict(NamedTuple):
    """A label, None for none, and how many of `STEPS` the song passed (1 to 5)."""

    mood: str | None
    passed: int


class Kept(NamedTuple):
    """How many songs a rule labels."""

    rule: Rule
    happy: int
    sad: int

    @property
    def majority(self) -> float:
        """The share of the larger class, NaN where nothing is labelled."""
        return max(self.happy, self.sad) / (self.happy + self.sad) if self.happy + self.sad else math.nan


def mood_of(
    tags: Mapping[str, float],
    *,
    k: int = PUBLISHED.k,
    eps: float = PUBLISHED.eps,
    margin: str = PUBLISHED.margin,
    count: str = PUBLISHED.count,
    min_tags: int = PUBLISHED.min_tags,
    min_users: float = PUBLISHED.min_users,
) -> str | None:
    """Return "happy", "sad", or None where the tags do not say; the switches are those of `Rule`."""
    rule = Rule(k=k, eps=eps, margin=margin, count=count, min_tags=min_tags, min_users=min_users)
    return verdict(tags, rule).mood


def verdict(tags: Mapping[str, float], rule: Rule = PUBLISHED) -> Verdict:
    """Judge a song by its tags. Sets that are equally strong give no label, whatever the margin."""
    counted = _counted(tags)
    if len(counted) < rule.min_tags:
        return Verdict(None, 1)
    used = {name: count for name, count in counted.items() if count >= rule.min_users}
    strength = {mood: max((used.get(name, 0.0) for name in names), default=0.0) for mood, names in SETS.items()}
    mood, top = max(strength.items(), key=lambda pair: pair[1])
    other = min(strength.values())
    if top == 0:
        return Verdict(None, 2)
    if sum(count > top for count in used.values()) >= rule.k:  # of equal counts all stand at the best place
        return Verdict(None, 3)
    lead = (top - other) / (math.fsum(used.values()) if rule.count == "song" else top)
    dominates = lead >= rule.eps if rule.margin == "at least" else lead <= rule.eps
    return Verdict(mood, 5) if dominates and top > other else Verdict(None, 4)


def funnel(songs: Iterable[Mapping[str, float]], rule: Rule = PUBLISHED) -> dict[str, int]:
    """Count the songs that are left after each of `STEPS`; no songs give zeros."""
    passed = [verdict(tags, rule).passed for tags in songs]
    return {step: sum(at <= one for one in passed) for at, step in enumerate(STEPS, start=1)}


def kept(
    songs: Iterable[Mapping[str, float]], ks: Sequence[int], epses: Sequence[float], rule: Rule = PUBLISHED
) -> list[Kept]:
    """Count the labels for every k with every eps, k by k."""
    songs = list(songs)
    found = []
    for own in (replace(rule, k=k, eps=eps) for k in ks for eps in epses):
        moods = [verdict(tags, own).mood for tags in songs]
        found.append(Kept(own, moods.count("happy"), moods.count("sad")))
    return found


def _counted(tags: Mapping[str, float]) -> dict[str, float]:
    """Return the tags that count, by folded name."""
    found: dict[str, float] = {}
    for name, count in tags.items():
        folded = " ".join(name.casefold().split())
        if folded and math.isfinite(count) and count > 0:
            found[folded] = max(float(count), found.get(folded, 0.0))
    return found
