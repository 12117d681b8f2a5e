"""The first look: cosines of songs of two themes with untrained encoders, and how the candidate targets are spread."""

from __future__ import annotations

from typing import Any

from songkin.errors import TrainingError
from songkin.training.epfl.agenda import Base
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.encoding import encoded, tokens_of
from songkin.training.epfl.figures import histograms, pair_bars
from songkin.training.epfl.sanity import PAPER, PAPER_SKEWED, SKEWED, Themes, columns, pairs, skewness, themed
from songkin.training.markdown import joined, number, picture, share, spanned, table
from songkin.training.networks.backbone import Backbone

__all__ = ["page", "run"]

PAIRS, SPREADS = "sanity_pairs.png", "sanity_features.png"


def run(stand: Stand) -> dict[str, Any]:
    """Compare the songs of the agenda's themes with each base, and measure the skewness of every column."""
    own = stand.agenda.theme
    groups = themed(stand.read.songs, own.word, own.artist, own.songs)
    if not all(groups):
        missing = f"with '{own.word}' in the title" if not groups[0] else f"by {own.artist}"
        raise TrainingError(f"there is no song {missing} in the corpus; name another [theme] in the agenda")
    compared = {base.name: _compared(stand, base, groups) for base in stand.agenda.bases}
    pair_bars(
        stand.out / PAIRS,
        {
            name: [(f"{pair.one} : {pair.other}", pair.cosine, pair.within) for pair in found.pairs]
            for name, found in compared.items()
        },
    )
    told = columns(stand.read.songs)
    skewed = {name: skewness(values) for name, values in told.items()}
    histograms(stand.out / SPREADS, told, [name for name in skewed if _is_skewed(name, skewed[name])])
    return {
        "themes": [f"'{own.word}' in the title", own.artist],
        "songs": [[song.title for song in group] for group in groups],
        "encoders": {
            name: {"within": found.within, "across": found.across, "gap": found.gap} for name, found in compared.items()
        },
        "columns": {name: {"n": len(values), "skewness": skewed[name]} for name, values in told.items()},
    }


def _compared(stand: Stand, base: Base, groups: list[Any]) -> Themes:
    backbone = Backbone.read(base.start, stand.place.parent)
    texts = [song.text for group in groups for song in group]
    return pairs(groups, encoded(backbone, texts, max_tokens=tokens_of(base.start)))


def _is_skewed(name: str, value: float) -> bool:
    return name != "words" and abs(value) > SKEWED


def page(told: dict[str, Any]) -> str:
    """Write the tables."""
    paper = [
        (f"paper: {name}", spanned(own[:2]), spanned(own[2:]), share(own[0] - own[3])) for name, own in PAPER.items()
    ]
    ours = [
        (name, spanned(own["within"]), spanned(own["across"]), share(own["gap"]))
        for name, own in told["encoders"].items()
    ]
    skewed = [name for name, own in told["columns"].items() if _is_skewed(name, own["skewness"])]
    return joined(
        [
            "## Sanity: cosines of two themes",
            f"{told['themes'][0]}: {', '.join(told['songs'][0])}. {told['themes'][1]}: {', '.join(told['songs'][1])}. "
            "The paper took three Christmas songs and three songs by Eminem.",
            table(["encoder", "within a theme", "across", "gap"], [*paper, *ours]),
            picture(PAIRS, "pairs of songs by cosine"),
            "## Candidate targets: how they are spread",
            table(
                ["column", "songs that have it", "skewness", "the paper"],
                [
                    (
                        name,
                        f"{own['n']:,}",
                        number(own["skewness"], 2) + (", skewed" if name in skewed else ""),
                        "skewed" if name in PAPER_SKEWED else "",
                    )
                    for name, own in told["columns"].items()
                ],
            ),
            f"Skewed (beyond ±{SKEWED}), so unfit as targets: {', '.join(skewed)}. "
            f"The paper names {', '.join(PAPER_SKEWED)}.",
            picture(SPREADS, "histograms of the candidate targets"),
        ]
    )
