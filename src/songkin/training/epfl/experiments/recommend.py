"""The worked recommendations: base against genre-tuned, with clusters and without. Titles and distances only."""

from __future__ import annotations

from typing import Any

from songkin.errors import TrainingError
from songkin.training.data.labelled import LabelledSong
from songkin.training.epfl import clusters as grown
from songkin.training.epfl import recommend as own
from songkin.training.epfl.agenda import Example
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.experiments.clusters import BASE, GENRE, Encoder, encoders, vector_of, vectors_of
from songkin.training.markdown import joined, number, table

__all__ = ["page", "run"]


def run(stand: Stand) -> dict[str, Any]:
    """Recommend for every example of the agenda, with every base and its genre-tuned encoder.

    A seed that is not among the songs that are clustered is encoded alone, as any song from outside; an example none of
    whose seeds is in the corpus is told.
    """
    told: list[dict[str, Any]] = []
    for example in stand.agenda.example:
        try:
            seed = own.seed_of(stand.read.songs, example.seeds)
        except TrainingError as error:
            told.append({"paper": example.paper, "failed": str(error)})
            continue
        for base in stand.agenda.bases:
            told += [_answered(stand, example, seed, one) for one in encoders(stand, base) if one.name in (BASE, GENRE)]
    return {"clusters": own.CLUSTERS, "answers": told}


def _answered(stand: Stand, example: Example, seed: LabelledSong, encoder: Encoder) -> dict[str, Any]:
    vectors, songs = vectors_of(stand, encoder), stand.songs
    vector = vectors[songs.index(seed)] if seed in songs else vector_of(stand, encoder, seed.text)
    labels = grown.cut(grown.tree(vectors), own.CLUSTERS)
    found = {
        name: own.recommend(seed, vector, songs, vectors, example.conditions, labels=given)
        for name, given in (("with clusters", labels), ("without", None))
    }
    return {
        "paper": example.paper,
        "seed": _named(seed),
        "conditions": example.conditions.words(),
        "encoder": f"{encoder.base.name} {encoder.name}",
        "found": {name: [[_named(one.song), one.distance] for one in ones] for name, ones in found.items()},
    }


def _named(song: LabelledSong) -> str:
    return f"{song.artist} - {song.title}"


def page(told: dict[str, Any]) -> str:
    """Write the answers."""
    parts = [
        f"## Recommendations: nearest of {told['clusters']} clusters, conditions, cosine distance (less is nearer)"
    ]
    done = [one for one in told["answers"] if "found" in one]
    parts += [f"{one['paper']}: {one['failed']}" for one in told["answers"] if "failed" in one]
    for key in dict.fromkeys((one["seed"], one["conditions"], one["paper"]) for one in done):
        seed, conditions, paper = key
        answers = [one for one in done if (one["seed"], one["conditions"], one["paper"]) == key]
        rows = [(one["encoder"], how, *_three(ones)) for one in answers for how, ones in one["found"].items()]
        parts += [
            f"### {seed}: {conditions}",
            table(["encoder", "", *(str(at) for at in range(1, own.SHOWN + 1))], rows),
            f"The paper asked with {paper}: {own.PAPER[paper]}." if paper in own.PAPER else "",
        ]
    return joined(parts)


def _three(found: list[Any]) -> list[str]:
    told = [f"{title} ({number(distance, 3)})" for title, distance in found]
    return [*told, *([""] * own.SHOWN)][: own.SHOWN] if told else ["nothing meets the conditions", "", ""]
