"""retold: captions and requests we wrote of held-out clips' aspects, to sets drawn of these as `captions` draws them.

The sets of other tracks, drawn from their own captions, stand among the wanted ones: as many as in Epure et al. 2024.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from songkin.datasets import songkin_texts
from songkin.datasets.holdout import VALID, split_of
from songkin.evaluation.tasks.captions import Track, drawn_set, tracks
from songkin.evaluation.tasks.rounds import Round
from songkin.evaluation.tasks.sets import Asked, round_of

__all__ = ["FILES", "KINDS", "MEASURES", "SETS", "rounds", "rounds_of"]

MEASURES = ("hit@10", "MRR@10")
FILES = ("retold.jsonl", "retold_again.jsonl", "retold_programs.jsonl")
KINDS = {"c": "caption", "r": "request"}  # by their keys in the files
SETS = 2200


def rounds() -> list[Round]:
    """Return the round of captions and that of requests; SourceError where MusicCaps or our texts are not here."""
    return rounds_of(tracks(), [row for file in FILES for row in songkin_texts.rows(file, "id", *KINDS)])


def rounds_of(
    tracks: Iterable[Track], rows: Sequence[Mapping[str, Any]], *, sets: int = SETS, seed: int = 0
) -> list[Round]:
    """Ask with what was told of the tracks that are held out; equal seeds draw equal sets."""
    found = {track.id: track for track in tracks}
    held = [row for row in rows if row["id"] in found and split_of(row["id"]) == VALID]
    chance = random.Random(f"{seed} retold")
    drawn = (drawn_set(own.caption, own.aspects, chance) for own in found.values() if split_of(own.id) != VALID)
    others = [tags for tags in drawn if tags]
    made = []
    for key, kind in KINDS.items():
        told = [(f"{row['id']}-{key}-{n}", row[key], found[row["id"]]) for n, row in enumerate(held) if row[key]]
        asked = (Asked(name, text, drawn_set(text, track.aspects, chance), kind) for name, text, track in told)
        made.append(round_of([one for one in asked if one.tags], others, total=sets, seed=seed))
    return made
