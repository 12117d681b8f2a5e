"""Why each song stands where it does: between which songs, and what the arc wants there."""

from __future__ import annotations

from collections.abc import Sequence

from songkin.search.playlists.path import Place
from songkin.text.description import descriptors
from songkin.types import Reason, Song

__all__ = ["arc_reason", "named", "number", "path_reason", "put_reason", "starts_reason"]

NEARER = 0.12  # of the leg beyond its middle, from which a song is said to be nearer to one of its ends
SHOWN = 3
YEARS = 8  # from which two songs are of different times
DIFFER = 0.1  # from which two songs differ in a feature
TELLING = ("energy", "valence", "tempo_bpm")


def path_reason(song: Song, one: Song, other: Song, place: Place) -> Reason:
    """Say between which songs a song stands, which it is nearer to, and what it has of each."""
    nearer = "midway" if abs(place.along - 0.5) < NEARER else f"nearer {named(one if place.along < 0.5 else other)}"
    said = [
        f"between {named(one)} and {named(other)}, {nearer}",
        *_shared(song, one, other),
        *_between(song, one, other),
    ]
    return Reason("path", 1.0, "; ".join(said))


def starts_reason(what: str) -> Reason:
    """Say that a song stands where it was asked to: "the path begins here"."""
    return Reason("path", 1.0, what)


def arc_reason(song: Song, feature: str, value: float, wanted: float, share: float) -> Reason:
    """Say what a song has of a feature, and what the arc wants there."""
    mark = " (predicted)" if song.is_predicted(feature) else ""
    return Reason(
        "arc", share, f"{feature} {number(feature, value)}{mark} where the arc wants {number(feature, wanted)}"
    )


def put_reason() -> Reason:
    """Say that a song was put there by hand."""
    return Reason("pinned", 1.0, "put here by hand")


def named(song: Song) -> str:
    """Return a song's title, or its id."""
    return song.title or song.id


def number(feature: str, value: float) -> str:
    """Write a feature's value as short as it tells: ratios with two digits, years and beats whole.

    >>> number("energy", 0.6234), number("tempo_bpm", 121.7), number("year", 1994.0)
    ('.62', '122', '1994')
    """
    if abs(value) >= 20:
        return f"{value:.0f}"
    return f"{value:.2f}".replace("0.", ".", 1) if abs(value) < 1 else f"{value:.3g}"


def _shared(song: Song, one: Song, other: Song) -> list[str]:
    """Say which descriptors a song has of both ends, else of each."""
    own = list(dict.fromkeys((*song.genres, *descriptors(song))))
    ends = [{name.casefold() for name in descriptors(end)} for end in (one, other)]
    both = [name for name in own if all(name.casefold() in end for end in ends)][:SHOWN]
    if both:
        return [f"{', '.join(both)} as both"]
    each = [[name for name in own if name.casefold() in end][: SHOWN - 1] for end in ends]
    return [f"{', '.join(names)} as {named(end)}" for names, end in zip(each, (one, other), strict=True) if names]


def _between(song: Song, one: Song, other: Song) -> list[str]:
    """Say how a feature in which the ends differ lies between them, of the one where they differ most; and the year."""
    said = []
    apart = {name: _apart(one.measures[name], other.measures[name])
             for name in TELLING if _all_have(name, (song, one, other))}  # fmt: skip
    if apart and max(apart.values()) > DIFFER:
        name = max(apart, key=lambda known: apart[known])
        values = (number(name, end.measures[name]) for end in (song, one, other))
        said.append("{} {} on the way from {} to {}".format(name, *values))
    if song.year and one.year and other.year and abs(one.year - other.year) >= YEARS:
        said.append(f"of {song.year}, they of {one.year} and {other.year}")
    return said


def _apart(one: float, other: float) -> float:
    """Return how far two values of a feature lie apart, as a share of both together."""
    both = abs(one) + abs(other)
    return abs(one - other) / both if both > 0 else 0.0


def _all_have(name: str, songs: Sequence[Song]) -> bool:
    return all(name in song.measures for song in songs)
