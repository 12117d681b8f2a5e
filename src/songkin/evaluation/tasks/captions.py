"""captions: what musicians wrote of a clip, to the descriptors drawn from it: tracks no encoder of ours was trained on.

Kind "said": a sentence of a caption against a set drawn as Epure et al. 2024 draw theirs; stock sentences, which stand
in a caption that was trained on as well, take no part. Kind "unsaid": a whole caption against two to six aspects that
it does not name, so that shared words help little.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from songkin.datasets import file_of, musiccaps
from songkin.datasets.holdout import VALID, split_of
from songkin.evaluation.tasks.rounds import Round
from songkin.evaluation.tasks.sets import Asked, round_of

__all__ = ["MEASURES", "Track", "drawn_set", "rounds", "rounds_of", "tracks"]

MEASURES = ("hit@10", "MRR@10")
FEWEST, MOST = 2, 6  # aspects of an unsaid set


class Track(NamedTuple):
    """A clip: its id, its caption, its aspects."""

    id: str
    caption: str
    aspects: tuple[str, ...]


def rounds() -> list[Round]:
    """Return the round of said and the round of unsaid sets; SourceError where MusicCaps is not here."""
    return rounds_of(tracks())


def tracks() -> list[Track]:
    """Read the tracks that have a caption and aspects, each aspect once; SourceError where MusicCaps is not here."""
    import pyarrow.parquet as pq

    found = pq.read_table(file_of(musiccaps.CORPUS, "train.parquet"), columns=["ytid", "caption", "aspects"])
    return [
        Track(row["ytid"], row["caption"], tuple(dict.fromkeys(filter(None, row["aspects"]))))
        for row in found.to_pylist()
        if row["caption"] and row["aspects"]
    ]


def rounds_of(tracks: Iterable[Track], *, seed: int = 0) -> list[Round]:
    """Return the rounds of the tracks that are held out; equal seeds draw equal sets."""
    tracks = list(tracks)
    held = [track for track in tracks if split_of(track.id) == VALID]
    known = {text for track in tracks if split_of(track.id) != VALID for text in _sentences(track.caption)}
    said = [
        (f"{track.id}-{n}", text, track)
        for track in held
        for n, text in enumerate(_sentences(track.caption))
        if text not in known
    ]
    whole = [(f"{track.id}-unsaid", track.caption, track) for track in held]
    return [_drawn(said, drawn_set, "said", seed), _drawn(whole, unsaid_set, "unsaid", seed)]


def _drawn(
    asked: Sequence[tuple[str, str, Track]],
    draw: Callable[[str, Sequence[str], random.Random], list[str]],
    kind: str,
    seed: int,
) -> Round:
    """Draw a set for each text; a text for which none can be drawn takes no part."""
    chance = random.Random(f"{seed} {kind}")
    sets = ((name, text, draw(text, track.aspects, chance)) for name, text, track in asked)
    return round_of([Asked(name, text, tags, kind) for name, text, tags in sets if tags], seed=seed)


def drawn_set(text: str, aspects: Sequence[str], chance: random.Random) -> list[str]:
    """Draw 1 to all aspects that stand in the text and 0 to as many others, shuffled; [] where none stands in it."""
    present = [aspect for aspect in aspects if aspect in text]
    absent = [aspect for aspect in aspects if aspect not in text]
    if not present:
        return []
    chosen = chance.sample(present, chance.randint(1, len(present)))
    chosen += chance.sample(absent, chance.randint(0, min(len(present), len(absent))))
    chance.shuffle(chosen)
    return chosen


def unsaid_set(text: str, aspects: Sequence[str], chance: random.Random) -> list[str]:
    """Draw 2 to 6 aspects that the text does not name; [] where there are not two."""
    absent = [aspect for aspect in aspects if aspect.casefold() not in text.casefold()]
    if len(absent) < FEWEST:
        return []
    return chance.sample(absent, chance.randint(FEWEST, min(len(absent), MOST)))


def _sentences(caption: str) -> list[str]:
    """Cut a caption as the paper does."""
    return [sentence for sentence in (part.strip() for part in caption.split(". ")) if sentence]
