"""feedback: whether what a listener likes helps to find what else they play, by artists they said nothing of.

Conventions
-----------
A listener's artists in a library are parted in three, by chance: one of whom a song is asked by, as many as half of
whom a song each is liked, and the rest, all of whose songs are wanted. Songs of the first two are struck out of every
answer, with opinions or without, so what is judged are artists that nothing was said of. Listeners with even numbers
are those that the stage's constants were chosen on; only odd ones are judged unless asked otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple

import numpy as np

from songkin.errors import QueryError
from songkin.evaluation.compare import compare, interval
from songkin.evaluation.measures import measure
from songkin.text import artist_key

__all__ = ["LIKED", "MEASURES", "Asked", "FeedbackReport", "Listener", "judge_feedback", "listeners"]

MEASURES = ("nDCG@10",)
LIKED = (1, 3, 10)  # likes told; a listener with fewer tells all there are
FEWEST = 8  # artists of a listener that the library has
CUT = 10
DIGITS = 4


@dataclass(frozen=True, slots=True)
class Listener:
    """One listener: a song that is asked by, songs that are liked, and the wanted songs; ids of the library.

    `apart` are all songs by the artists of the first two.
    """

    number: int
    seed: str
    liked: tuple[str, ...]
    wanted: frozenset[str]
    apart: frozenset[str]


class Asked(NamedTuple):
    """One way of asking, "similar" or "text", with so many likes told."""

    way: str
    likes: int


Rank = Callable[[Sequence[Listener], Asked], list[list[str]]]


def listeners(
    artists: Mapping[str, str], plays: Mapping[str, Mapping[int, int]], *, seed: int = 0, chosen_on: bool = False
) -> list[Listener]:
    """Return the listeners who play at least eight artists of a library, in an order of chance.

    `artists` is song -> first artist as it is written, `plays` artist -> listener -> plays. `chosen_on=True` returns
    the other half. QueryError where there are fewer than two.
    """
    songs: dict[str, list[str]] = {}
    for song in sorted(artists):
        if key := artist_key(artists[song]):
            songs.setdefault(key, []).append(song)
    heard: dict[int, set[str]] = {}
    for name, by in plays.items():
        if (key := artist_key(name)) in songs:
            for number in by:
                heard.setdefault(number, set()).add(key)
    numbers = [n for n in sorted(heard) if len(heard[n]) >= FEWEST and (n % 2 == 0) == chosen_on]
    if len(numbers) < 2:
        raise QueryError(
            f"the library has songs of {FEWEST} artists that a listener plays for {len(numbers)} listeners only; "
            "songkin add popular_songs/songs.parquet -L LIBRARY brings such songs"
        )
    luck = Random(seed)
    luck.shuffle(numbers)
    return [_parted(number, sorted(heard[number]), songs, luck) for number in numbers]


def _parted(number: int, keys: list[str], songs: Mapping[str, Sequence[str]], luck: Random) -> Listener:
    luck.shuffle(keys)
    seed, liked, wanted = keys[0], keys[1 : 1 + len(keys) // 2], keys[1 + len(keys) // 2 :]
    return Listener(
        number,
        luck.choice(songs[seed]),
        tuple(luck.choice(songs[key]) for key in liked),
        frozenset(song for key in wanted for song in songs[key]),
        frozenset(song for key in (seed, *liked) for song in songs[key]),
    )


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """nDCG@10 of each listener, by way of asking and likes told; 0 likes are the answers without any opinion."""

    values: Mapping[Asked, Sequence[float]]

    def as_json(self) -> dict[str, Any]:
        """Return the contract's document: means with bounds, and how each way of asking stands to none told."""
        told = {asked: [*map(_rounded, interval(values))] for asked, values in self.values.items()}
        compared = {
            f"{asked.way}-{asked.likes}": {
                "rival": f"{asked.way}-0",
                "measure": MEASURES[0],
                **{
                    name: _rounded(value)
                    for name, value in compare(values, self.values[Asked(asked.way, 0)])._asdict().items()
                },
            }
            for asked, values in self.values.items()
            if asked.likes
        }
        return {
            "task": "feedback",
            "n_queries": len(next(iter(self.values.values()))),
            "measures": {MEASURES[0]: told[max(told, key=lambda asked: (asked.way == "similar", asked.likes))]},
            "systems": {f"{asked.way}-{asked.likes}": {MEASURES[0]: found} for asked, found in told.items()},
            "compared": compared,
        }


def judge_feedback(
    given: Sequence[Listener],
    rank: Rank,
    ways: Sequence[str] = ("similar", "text"),
    *,
    tell: Callable[[int], None] | None = None,
) -> FeedbackReport:
    """Judge the answers to every listener, without opinions and with 1, 3 and 10 likes; `tell`: how many more."""
    values: dict[Asked, Sequence[float]] = {}
    for way in ways:
        for likes in (0, *LIKED):
            asked = Asked(way, likes)
            found = rank(given, asked)
            values[asked] = [_gained(listener, hits) for listener, hits in zip(given, found, strict=True)]
            if tell:
                tell(len(given))
    return FeedbackReport(values)


def _gained(listener: Listener, hits: Sequence[str]) -> float:
    """Return the nDCG@10 of an answer without the artists that were named."""
    kept = [float(song in listener.wanted) for song in hits if song not in listener.apart][:CUT]
    judge = measure(MEASURES[0])
    return float(judge.formula([*kept, *[0.0] * (CUT - len(kept))], [1.0] * len(listener.wanted)))


def _rounded(value: float) -> float:
    return round(float(np.float64(value)), DIGITS)
