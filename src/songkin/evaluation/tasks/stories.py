"""stories: requests we wrote for public-domain songs by what they tell, to the songs' words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from songkin.datasets import file_of, public_domain_songs, songkin_texts
from songkin.datasets.holdout import VALID, split_of
from songkin.errors import QueryError
from songkin.evaluation.tasks.rounds import Round
from songkin.text import fold, lines, passages

__all__ = ["MEASURES", "cut", "rounds", "rounds_of"]

MEASURES = ("hit@10", "MRR@10")
FILE = "songs.jsonl"


def rounds() -> list[Round]:
    """Return the one round; SourceError where our texts or the songs are not here."""
    told = songkin_texts.rows(FILE, "id", "requests")
    wanted = {row["id"] for row in told}
    with file_of(public_domain_songs.CORPUS, FILE).open(encoding="utf-8") as file:
        sung = {row["id"]: row["lyrics"] or "" for row in map(json.loads, file) if row["id"] in wanted}
    return rounds_of(told, sung)


def rounds_of(told: Sequence[Mapping[str, Any]], lyrics: Mapping[str, str]) -> list[Round]:
    """Ask for the songs that are held out, among all of which the file tells; a song is its passages."""
    documents = {row["id"]: cut(lyrics[row["id"]]) for row in told if row["id"] in lyrics}
    asked = {
        f"{row['id']}-{number}": (request, row["id"])
        for row in told
        if row["id"] in documents and split_of(row["id"]) == VALID
        for number, request in enumerate(row["requests"])
    }
    if not asked:
        raise QueryError("no song that is asked for is in public_domain_songs; songkin datasets verify compares them")
    return [
        Round(
            0,
            documents,
            {name: request for name, (request, _) in asked.items()},
            {name: {song: 1.0} for name, (_, song) in asked.items()},
        )
    ]


def cut(lyrics: str) -> tuple[str, ...]:
    """Cut lyrics into the passages that a library encodes; () where nothing is sung."""
    return tuple(passage.text for passage in passages(fold(lines(lyrics))))
