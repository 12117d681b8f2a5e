"""Clusters of every encoder for k = 2..15, with collapse and retrieval beside what the paper measures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from songkin.evaluation.spaces import spread
from songkin.training.epfl import clusters as grown
from songkin.training.epfl.agenda import Base
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.encoding import cached, drift, encoded, tokens_of
from songkin.training.epfl.experiments import sequential, simsiam, simultaneous
from songkin.training.epfl.figures import clusterings, components
from songkin.training.epfl.retrieval import same_genre
from songkin.training.markdown import joined, number, picture, share, table
from songkin.training.networks.backbone import Backbone
from songkin.types import Vectors

__all__ = ["BASE", "GENRE", "Encoder", "encoders", "page", "run", "vector_of", "vectors_of"]

BASE, GENRE = "base", "+ genre"
SELF_TESTED = 24  # songs that are encoded alone and in a batch
SHOWN_K, SHOWN_KS = 4, (2, 4, 6)  # of the components' colours, of the tables beside the paper


class Encoder(NamedTuple):
    """One encoder: its base, its name in the tables, where it lies (None: the base as it came), the panels it is in."""

    base: Base
    name: str
    folder: Path | None
    panels: tuple[str, ...]


def encoders(stand: Stand, base: Base) -> list[Encoder]:
    """Return the base and every encoder of it that is trained on the first split, and genre's of the others."""
    how, plan = stand.agenda.splits[0], stand.agenda.chain.targets
    wanted = [
        (f"{own.target}-tuned", f"+ {own.target}", _panels(own.target)) for own in stand.agenda.single if own.tuned
    ]
    for at, name in enumerate(sequential.links(plan)[1:], 2):
        wanted.append((f"{name}-tuned", ", ".join(plan[:at]), ("c",)))
    wanted += [(simultaneous.CELL, "all at once", ("c",)), *((name, name, ("d",)) for name in simsiam.CELLS)]
    found = [Encoder(base, BASE, None, ("a", "b", "c", "d"))]
    found += [
        Encoder(base, name, folder, panels)
        for cell, name, panels in wanted
        if (folder := stand.trained(base, how, cell)) is not None
    ]
    for other in stand.agenda.splits[1:]:
        folder = stand.trained(base, other, "genre-tuned")
        found += [Encoder(base, f"{GENRE}, {other} split", folder, ())] if folder else []
    return found


def _panels(target: str) -> tuple[str, ...]:
    return ("a", "b", "c", "d") if target == "genre" else ("b",)


def vectors_of(stand: Stand, encoder: Encoder) -> Vectors:
    """Return the vectors (n, dim) of the songs that are clustered, read once and kept beside the cells."""
    texts = [song.text for song in stand.songs]
    max_tokens, padded = _length(encoder), stand.agenda.padded and encoder.folder is not None
    said = f"{encoder.folder or 'base'} {max_tokens} {'padded' if padded else 'masked'}"
    place = stand.out / "vectors" / f"{encoder.base.name} {encoder.name}.npz".replace(" ", "_").replace("/", "-")

    def made() -> Vectors:
        return encoded(_backbone(stand, encoder), texts, max_tokens=max_tokens, padded=padded, amp="fast")

    return cached(place, texts, said, made)


def vector_of(stand: Stand, encoder: Encoder, text: str) -> Vectors:
    """Return the vector (dim,) of a song from outside, which no other is padded with."""
    found: Vectors = encoded(_backbone(stand, encoder), [text], max_tokens=_length(encoder), alone=True)[0]
    return found


def _length(encoder: Encoder) -> int:
    """Return how many tokens an encoder reads: a base as its card says, a tuned one as it was tuned."""
    most = encoder.base.max_tokens
    return most if encoder.folder else min(tokens_of(encoder.base.start), most)


def _backbone(stand: Stand, encoder: Encoder) -> Backbone:
    return Backbone.read(str(encoder.folder.resolve()) if encoder.folder else encoder.base.start, stand.place.parent)


def run(stand: Stand) -> dict[str, Any]:
    """Cluster the songs by every encoder there is, measure, and draw."""
    test = {song.id for song in stand.parts(stand.agenda.splits[0]).test}
    held = np.array([song.id in test for song in stand.songs])
    told, drifts = [], []
    for base in stand.agenda.bases:
        found = encoders(stand, base)
        own = {encoder.name: _measured(stand, encoder, held) for encoder in found}
        told += [{"base": base.name, "encoder": name, **row} for name, row in own.items()]
        texts = [song.text for song in stand.songs[:SELF_TESTED]]
        for encoder in found:
            if encoder.name in (BASE, GENRE):
                drifted = drift(_backbone(stand, encoder), texts)
                drifts.append({"base": base.name, "encoder": encoder.name, **drifted._asdict()})
        _draw(stand, base, found, own)
    _draw_bases(stand, told)
    return {
        "songs": len(stand.songs),
        "split": stand.agenda.splits[0],
        "held": int(held.sum()),
        "encoders": told,
        "drift": drifts,
    }


def _measured(stand: Stand, encoder: Encoder, held: Any) -> dict[str, Any]:
    vectors = vectors_of(stand, encoder)
    rows = grown.rows(vectors, grown.tree(vectors))
    asked = [song for song, own in zip(stand.songs, held, strict=True) if own]
    return {
        "rows": [row._asdict() for row in rows],
        **spread(vectors)._asdict(),
        "all": same_genre(vectors, stand.songs)._asdict(),
        "held": same_genre(vectors[held], asked)._asdict(),
        "panels": encoder.panels,
    }


def _draw(stand: Stand, base: Base, found: list[Encoder], told: Mapping[str, Mapping[str, Any]]) -> None:
    """Draw the curves (b), (c), (d) of a base, and components of base, genre-tuned, SimSiam and halves."""
    for panel in ("b", "c", "d"):
        own = {name: row for name, row in told.items() if panel in row["panels"]}
        clusterings(stand.out / f"clusters_{base.name}_{panel}.png", _curves(own))
    shown = {}
    for encoder in found:
        if encoder.name in (BASE, GENRE, "simsiam", "halves"):
            vectors = vectors_of(stand, encoder)
            shown[encoder.name] = (grown.principal(vectors), grown.cut(grown.tree(vectors), SHOWN_K))
    components(stand.out / f"clusters_{base.name}_pca.png", shown)


def _draw_bases(stand: Stand, told: list[dict[str, Any]]) -> None:
    """Draw (a): every base, as it came and tuned on genre."""
    own = {f"{row['base']} {row['encoder']}": row for row in told if row["encoder"] in (BASE, GENRE)}
    clusterings(stand.out / "clusters_a.png", _curves(own))


def _curves(told: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, list[tuple[float, float]]]]:
    return {
        measure.upper(): {name: [(row["k"], row[measure]) for row in own["rows"]] for name, own in told.items()}
        for measure in ("ch", "db", "sh")
    }


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    bases = list(dict.fromkeys(row["base"] for row in told["encoders"]))
    return joined(
        [
            f"## Clusters: {told['songs']:,} songs, agglomerative, cosine, complete linkage",
            "CH / DB / SH as in the paper; the largest cluster's share of the songs tells where all is one heap. "
            "A collapsed space has a mean cosine near 1 and an effective rank near 1, whatever the three say.",
            _compared(told["encoders"]),
            "P@10 and nDCG@10: same genre, another artist, among all songs, and among the "
            f"{told['held']:,} test songs of the {told['split']} split alone, which no encoder tuned on that split was "
            "trained on (on the random one their artists may be); one tuned on another split has seen most of them.",
            "### The paper's",
            _paper(),
            "### k = 2 to 15",
            *(_whole(base, [row for row in told["encoders"] if row["base"] == base]) for base in bases),
            _drift(told["drift"]),
            "### Curves",
            picture("clusters_a.png", "(a) bases, as they came and tuned on genre"),
            *(part for base in bases for part in _pictures(base)),
        ]
    )


def _compared(rows: list[dict[str, Any]]) -> str:
    heads = [
        "encoder",
        *(f"k={k}" for k in SHOWN_KS),
        f"largest, k={SHOWN_K}",
        "mean cosine",
        "effective rank",
        "P@10 (chance)",
        "nDCG@10",
    ]
    return table(
        [*heads, "P@10, test", "nDCG@10, test"],
        [
            (
                f"{row['base']} {row['encoder']}",
                *(_three(row, k) for k in SHOWN_KS),
                share(next((own["largest"] for own in row["rows"] if own["k"] == SHOWN_K), None)),
                number(row["mean_cosine"], 3),
                number(row["effective_rank"], 1),
                f"{share(row['all']['p10'])} ({share(row['all']['chance'])})",
                share(row["all"]["ndcg10"]),
                f"{share(row['held']['p10'])} ({share(row['held']['chance'])})",
                share(row["held"]["ndcg10"]),
            )
            for row in rows
        ],
    )


def _three(row: Mapping[str, Any], k: int) -> str:
    own = next((own for own in row["rows"] if own["k"] == k), None)
    return f"{number(own['ch'], 0)} / {number(own['db'], 2)} / {number(own['sh'], 3)}" if own else ""


def _paper() -> str:
    rows = []
    for name, own in grown.PAPER.items():
        told = [zip(own.get(k, ()), (0, 2, 3), strict=False) for k in SHOWN_KS]
        rows.append((name, *(" / ".join(number(value, digits) for value, digits in one) for one in told)))
    return table(["15,863 songs; one number is CH", *(f"k={k}" for k in SHOWN_KS)], rows)


def _whole(base: str, rows: list[dict[str, Any]]) -> str:
    ks = sorted({own["k"] for row in rows for own in row["rows"]})
    return table([base, *(f"k={k}" for k in ks)], [(row["encoder"], *(_three(row, k) for k in ks)) for row in rows])


def _drift(rows: list[dict[str, Any]]) -> str:
    told = [(f"{row['base']} {row['encoder']}", number(row["padded"], 4), number(row["masked"], 4)) for row in rows]
    return joined(
        [
            "### A song's distance to itself, encoded alone and in a padded batch",
            table(["encoder", "mean over padding too (paper: 0.073)", "mean over tokens"], told),
        ]
    )


def _pictures(base: str) -> list[str]:
    said = {"b": "single tasks", "c": "multitask", "d": "self-supervised"}
    curves = [picture(f"clusters_{base}_{panel}.png", f"({panel}) {said[panel]}, {base}") for panel in said]
    return [*curves, picture(f"clusters_{base}_pca.png", f"three principal components, {SHOWN_K} clusters, {base}")]
