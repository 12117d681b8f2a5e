"""Last.fm's similar tracks with musiXmatch's words, linked by the Million Song Dataset's track ids.

Conventions
-----------
A funnel maps each step to the pairs left behind it, in order. Pairs stream through; what is held are the track ids with
words, 20 bytes a pair that is left, and the bags of the tracks of those.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from songkin.datasets import lastfm, msd, musixmatch
from songkin.errors import TrainingError
from songkin.training.pairs.pairset import PairSet

__all__ = ["FUNNEL", "Linked", "linked", "narrowed"]

log = logging.getLogger(__name__)
READ, TWO, MATCHED, SUNG, SONGS = "scores read", "two tracks", "rightly matched", "both with words", "two songs"
DATABASE = "lastfm_similars.db"
ONCE, TAKEN = "each pair once", "taken"
FUNNEL = (READ, TWO, MATCHED, SUNG, SONGS, ONCE, TAKEN)

Told = Callable[[str], None]
Scored = tuple[str, str, float]


class Linked(NamedTuple):
    """Pairs of tracks with words, what is known of the tracks by id, and how many pairs each step left.

    `bags` count words, `artists` and `songs` are those the Million Song Dataset names, `official` is "train" or "test".
    """

    pairs: PairSet
    bags: Mapping[str, Mapping[str, int]]
    artists: Mapping[str, str]
    songs: Mapping[str, str]
    official: Mapping[str, str]
    funnel: Mapping[str, int]


def linked(
    similar: Path,
    words: Path,
    *,
    tracks: Path | None = None,
    most: int | None = None,
    stems: bool = False,
    seed: int = 0,
    told: Told = log.warning,
) -> Linked:
    """Link Last.fm's similarities with a folder of musiXmatch's bags.

    `similar` is lastfm_similars.db, a folder that holds it, a folder of JSON files, or one such file.
    `tracks` is the folder of the Million Song Dataset's own files, `words` itself unless given: mismatched tracks are
    dropped, and so are pairs of two tracks of one song. `most` pairs are drawn at random by the seed. Damaged records
    are told with their place. TrainingError where no pair is left, SourceError where a source is not there.
    """
    folder, similar = tracks or words, similar / DATABASE if (similar / DATABASE).is_file() else similar
    sung = {bag.id for bag in musixmatch.bags(words, stems=stems, told=told)}
    songs = msd.song_ids(folder, sung, told=told)
    left: Counter[str] = Counter()
    rows = ((pair.source, pair.target, pair.score) for pair in lastfm.similars(similar, told=told))
    kept = narrowed(rows, sung=sung, songs=songs, wrong=msd.mismatched(folder, told=told), left=left)
    pairs = PairSet.of(kept)
    left[ONCE] = len(pairs)
    pairs = _drawn(pairs, most, seed)
    left[TAKEN] = len(pairs)
    funnel = {step: left[step] for step in FUNNEL}
    if not len(pairs):
        steps = ", ".join(f"{step}: {count:,}" for step, count in funnel.items())
        raise TrainingError(f"{similar}: no pair is left to learn from ({steps}); give bags of its tracks")
    own = frozenset(pairs.ids)
    bags = {bag.id: bag.counts for bag in musixmatch.bags(words, stems=stems, told=_heard) if bag.id in own}
    artists = msd.artists(folder, own, told=_heard)
    return Linked(pairs, bags, artists, _of(songs, own), _of(lastfm.official(similar), own), funnel)


def narrowed(
    rows: Iterable[Scored],
    *,
    sung: Collection[str],
    songs: Mapping[str, str],
    wrong: Collection[str],
    left: Counter[str],
) -> Iterator[Scored]:
    """Give the pairs of two different tracks and songs, none of them wrong, both sung; `left` counts at each step."""
    for one, other, score in rows:
        left[READ] += 1
        if one == other:
            continue
        left[TWO] += 1
        if one in wrong or other in wrong:
            continue
        left[MATCHED] += 1
        if one not in sung or other not in sung:
            continue
        left[SUNG] += 1
        if songs.get(one, one) == songs.get(other, other):
            continue
        left[SONGS] += 1
        yield one, other, score


def _drawn(pairs: PairSet, most: int | None, seed: int) -> PairSet:
    """Return at most so many pairs, in their order, over the songs that occur in them."""
    if most is None or most >= len(pairs):
        return pairs
    rows = np.random.default_rng(seed).choice(len(pairs), most, replace=False)
    return pairs.take(np.sort(rows)).compact()


def _of(told: Mapping[str, str], own: Collection[str]) -> dict[str, str]:
    return {track: said for track, said in told.items() if track in own}


def _heard(line: str) -> None:
    """Say nothing: the first reading told it."""
