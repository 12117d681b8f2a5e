"""Score songs of files, which are in no library."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from songkin.library.comparing import Compared, compared, named_among
from songkin.library.reading import Reading
from songkin.library.score_basis import shipped_basis
from songkin.library.scoring import Catalogue, Pair, PairScore, Scorer, shares_of
from songkin.settings import Settings
from songkin.types import NOTHING

__all__ = ["file_score", "file_scores"]


def file_score(reading: Reading, one: str, other: str, *, weights: Mapping[str, float] = NOTHING) -> Compared:
    """Say how alike two songs of files are, each named by id, title or 'artist - title'."""
    shares = shares_of(weights)
    songs = named_among(reading.songs(), (one, other))
    return compared(_scorer(shares), songs[one], songs[other])


def file_scores(
    reading: Reading,
    pairs: Iterable[Pair],
    wanted: Collection[str],
    *,
    weights: Mapping[str, float] = NOTHING,
    notes: list[str] | None = None,
) -> Iterator[PairScore]:
    """Score pairs of songs of files, in order; `wanted` holds all ids of the pairs, for the files are read once.

    `notes` gains what must be said of all scores.
    """
    scorer = _scorer(shares_of(weights))
    if notes is not None and scorer.basis.note:
        notes.append(scorer.basis.note)
    yield from scorer.score(pairs, Catalogue(reading.songs(), wanted, scorer))


def _scorer(shares: Mapping[str, float]) -> Scorer:
    settings = Settings.load()
    return Scorer(shipped_basis(threads=settings.threads, runtime=settings.runtime), shares=shares)
