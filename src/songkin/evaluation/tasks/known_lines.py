"""known-lines: lines of the user's own songs, spoilt as people remember them, back to their songs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from songkin.errors import QueryError
from songkin.evaluation.noise import noisy_lines
from songkin.evaluation.tasks.rounds import Round

__all__ = ["LINES", "MEASURES", "rounds"]

MEASURES = ("hit@1", "hit@10", "MRR@10")
LINES = 200  # of each kind: a share of .9 is then known to within .04


def rounds(lines_by_song: Mapping[str, Sequence[str]], seeds: Sequence[int], *, lines: int = LINES) -> list[Round]:
    """Return one round a seed, with up to `lines` lines of each kind; QueryError where no line will do."""
    found = [_round(lines_by_song, seed, lines) for seed in seeds]
    if not all(one.requests for one in found):
        raise QueryError(
            "no song here has a line of six words that no other song has; known-lines needs lyrics (songkin info)"
        )
    return found


def _round(lines_by_song: Mapping[str, Sequence[str]], seed: int, lines: int) -> Round:
    noisy = {f"{n}": line for n, line in enumerate(noisy_lines(lines_by_song, n=lines, seed=seed))}
    documents = {song: tuple(dict.fromkeys(own)) for song, own in lines_by_song.items()}
    return Round(
        seed,
        documents,
        {name: line.text for name, line in noisy.items()},
        {name: {line.song_id: 1.0} for name, line in noisy.items()},
        {name: line.kind for name, line in noisy.items()},
    )
