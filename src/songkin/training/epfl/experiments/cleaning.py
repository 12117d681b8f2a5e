"""What the paper's cleaning leaves, the genres it makes, and the sides of its splits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any

from songkin.datasets import corpus, data_folder
from songkin.datasets.charted import Charted, charted, popular
from songkin.errors import SourceError
from songkin.text import artist_key
from songkin.training.data.labelled import Parts
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.genres import ours
from songkin.training.epfl.songs import (
    LINES,
    PAPER,
    PAPER_GENRES,
    POPULAR,
    ROWS,
    folder_of,
    genre_counts,
    labelled,
)
from songkin.training.markdown import counts, joined, number, size, table

__all__ = ["PAPER_MEDIANS", "page", "run"]

MUSICOSET = "musicoset"
PAPER_SPLIT = (11_104, 2_379, 2_380)
PAPER_MEDIANS = {"valence": 0.625, "energy": 0.656, "danceability": 0.603, "liveness": 0.13}


def run(stand: Stand) -> dict[str, Any]:
    """Count the steps on each corpus, the genres by both mappings, and the sides of each split of the agenda's.

    The corpora are musicoset and popular_songs as SONGKIN_DATA has them, and before them the agenda's, where that is
    another folder. JSON lines go through no step: their own counts are told.
    """
    told: dict[str, Any] = {"funnels": {}, "genres": {}, "splits": {}, "missing": [], "as it is": {}}
    if stand.agenda.corpus.endswith(LINES):
        told["as it is"] = dict(stand.read.funnel)
    for name, rows_of in _corpora(stand).items():
        try:
            rows = rows_of()
        except SourceError as error:
            told["missing"].append(str(error))
            continue
        kept, mended = labelled(rows), labelled(rows, mapped=ours)
        told["funnels"][name] = dict(kept.funnel)
        told["genres"][name] = {"paper": genre_counts(kept.songs), "ours": genre_counts(mended.songs)}
    for how in stand.agenda.splits:
        told["splits"][how] = _side(stand.parts(how))
    return told


def _corpora(stand: Stand) -> dict[str, Callable[[], list[Charted]]]:
    """Return how each corpus that is counted is read, the agenda's own first."""
    own = stand.agenda.corpus
    found: dict[str, Callable[[], list[Charted]]] = {
        MUSICOSET: lambda: charted(_musicoset(stand)),
        POPULAR: lambda: popular(stand.data),
    }
    if own == POPULAR or own.endswith(LINES):
        return found
    place, known = folder_of(own, stand.ground), corpus(MUSICOSET).place(stand.data or data_folder())
    if known is not None and known.resolve() == place.resolve():
        return found
    return {f"corpus = {own}": lambda: charted(place), **found}


def _musicoset(stand: Stand) -> Path:
    place = corpus(MUSICOSET).place(stand.data or data_folder())
    if place is None:
        raise SourceError(f"{MUSICOSET} is not here: SONGKIN_DATA names the folder of the public corpora")
    return place


def _side(parts: Parts) -> dict[str, Any]:
    artists = [{artist_key(song.artist) for song in side} for side in parts]
    values = {name: [v for song in parts.train if (v := song.value(name)) is not None] for name in PAPER_MEDIANS}
    return {
        "sizes": [len(side) for side in parts],
        "genres": [genre_counts(side) for side in parts],
        "shared artists": len(artists[0] & (artists[1] | artists[2])),
        "medians": {name: median(own) for name, own in values.items() if own},
    }


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    return joined(
        [
            "## Cleaning: songs left after each step",
            "".join(f"Not here: {missing}\n" for missing in told["missing"]),
            table(
                ["step", "paper", *told["funnels"]],
                [
                    (step, f"{left:,}", *(f"{own[step]:,}" for own in told["funnels"].values()))
                    for step, left in PAPER.items()
                ],
            ),
            _as_it_is(told["as it is"]),
            _lacking(told["funnels"]),
            "## Genres: the paper's ten rules, and ours, mended",
            _genres(told),
            "## Splits: train, validation, test",
            _splits(told["splits"]),
            "\n".join(f"- {how}, test: {counts(own['genres'][2])}" for how, own in told["splits"].items()),
        ]
    )


def _as_it_is(funnel: Mapping[str, int]) -> str:
    return f"The agenda's corpus is a file of songs, read as it is: {counts(funnel)}." if funnel else ""


def _lacking(funnels: Mapping[str, Mapping[str, int]]) -> str:
    """Say which MusicOSet folder holds fewer lyrics than the paper's, and what popular_songs knows of artists."""
    short = [
        f"{name}: {funnel[ROWS]:,} of the paper's {PAPER[ROWS]:,} rows of lyrics, so lyrics.csv is cut off."
        for name, funnel in funnels.items()
        if name != POPULAR and funnel[ROWS] < PAPER[ROWS]
    ]
    if POPULAR in funnels:
        short.append(f"{POPULAR} is another choice of songs; it names the genres of a song's first artist alone.")
    return " ".join(short)


def _splits(splits: Mapping[str, Mapping[str, Any]]) -> str:
    paper = ("paper, random", " / ".join(f"{n:,}" for n in PAPER_SPLIT), "not printed", _medians(PAPER_MEDIANS))
    ours = [
        (how, " / ".join(map(size, own["sizes"])), str(own["shared artists"]), _medians(own["medians"]))
        for how, own in splits.items()
    ]
    return table(["split", "songs", "artists of training met again", "medians of training"], [paper, *ours])


def _genres(told: dict[str, Any]) -> str:
    heads, columns = ["genre", "paper"], [dict(PAPER_GENRES)]
    for name, own in told["genres"].items():
        for which in ("paper", "ours"):
            heads.append(f"{name}, {'its rules' if which == 'paper' else 'ours'}")
            columns.append(own[which])
    return table(heads, [(genre, *(f"{own.get(genre, 0):,}" for own in columns)) for genre in PAPER_GENRES])


def _medians(told: dict[str, float]) -> str:
    return ", ".join(f"{name} {number(value, 3)}" for name, value in told.items())
