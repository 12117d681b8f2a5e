"""The report of a sweep: tables and figures as one Markdown page, and the same numbers as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from songkin.training.checkpoints import atomically
from songkin.training.lyricsbert.figures import draw_attention, draw_curves
from songkin.training.lyricsbert.measuring import MEASURES
from songkin.training.lyricsbert.prose import ABSENT, ATTENDED, CAUTION, FINDINGS, FOLLOWED, PAPER, QUICK
from songkin.training.lyricsbert.summary import (
    ACCURACY,
    Comparison,
    Mean,
    architectures,
    compared,
    follows_length,
    means,
    rates,
    value,
)
from songkin.training.lyricsbert.sweep import Found
from songkin.training.markdown import FEW, few, joined, number, picture, size, table

__all__ = ["ATTENTION", "CURVES", "NUMBERS", "PAGE", "as_json", "draw", "page", "write"]

PAGE, NUMBERS, CURVES, ATTENTION, ACCURACIES = (
    "report.md",
    "report.json",
    "separation.png",
    "attention.png",
    "accuracy.png",
)
COLLAPSED = 0.9  # mean cosine of two songs
TITLES = {
    "s": "S",
    "signed": "signed S",
    "s_unit": "S, unit",
    "signed_unit": "signed S, unit",
    "auc": "AUC",
    "auc_halves": "AUC, halves",
    "length": "length",
    "mean_cosine": "mean cosine",
    "effective_rank": "effective rank",
    ACCURACY: "accuracy",
}
DIGITS = {"s": 2, "signed": 2, "length": 2, "effective_rank": 1}
CURVED = {
    "s": "S (larger: songs lie further apart)",
    "signed_unit": "signed S on unit vectors",
    "auc": "AUC: halves of one song nearer than two songs",
    "length": "mean length of a song's vector",
}


def write(found: Found) -> list[Path]:
    """Write page, numbers and figures into the folder of a sweep; MissingExtra without matplotlib."""
    drawn = draw(found)
    for name, text in ((PAGE, page(found)), (NUMBERS, json.dumps(as_json(found), indent=2) + "\n")):
        with atomically(found.folder / name) as file:
            file.write(text.encode())
    return [found.folder / PAGE, found.folder / NUMBERS, *drawn]


def draw(found: Found) -> list[Path]:
    """Draw S and its companions against the learning rate, accuracies, and the attention maps where there are any."""
    drawn = [draw_curves(found.folder / CURVES, found.cells, CURVED)]
    drawn.append(draw_curves(found.folder / ACCURACIES, found.cells, {ACCURACY: "mean test accuracy of the heads"}))
    maps = _maps(found)
    return [*drawn, draw_attention(found.folder / ATTENTION, maps)] if maps else drawn


def page(found: Found) -> str:
    """Write the report as Markdown."""
    parts = [
        f"# {found.agenda.name}",
        QUICK if found.quick else "",
        PAPER.format(targets=", ".join(found.songs["targets"])),
        ABSENT if found.start == "minilm" else f"The encoder is that of {Path(found.start).name}.",
        "## Songs",
        _songs(found),
        "## S against the learning rate",
        CAUTION,
        picture(CURVES, "S, signed S on unit vectors, AUC and length against the learning rate"),
        f"{_seeds(found)} The rate 0 is before training.",
        _means(found),
        _collapsed(found),
        _follows(found),
        "## Beside the paper's findings",
        _findings(found),
        "## Every cell",
        _cells(found),
        "## What the heads predict",
        _heads(found),
        picture(ACCURACIES, "mean test accuracy against the learning rate"),
        "## Attention to the same verse",
        _attention(found),
    ]
    return joined(parts) + "\n"


def as_json(found: Found) -> dict[str, Any]:
    """Return all numbers of a report."""
    rows = [
        {"architecture": cell.architecture, "rate": cell.rate, "seed": cell.seed, **_plain(told)}
        for cell, told in found.cells.items()
    ]
    about = {"name": found.agenda.name, "quick": found.quick, "start": found.start, "steps": found.steps}
    return {**about, "max_tokens": found.max_tokens, "draws": found.draws, "songs": dict(found.songs), "cells": rows}


def _plain(told: Any) -> dict[str, Any]:
    return {key: told[key] for key in (*MEASURES, "test", "diverged") if key in told}


def _songs(found: Found) -> str:
    own = found.songs
    funnel = table(["step of reading", "songs left"], [(step, size(left)) for step, left in own["funnel"].items()])
    sides = [(name, size(own[name])) for name in ("train", "valid", "test")]
    targets = [
        (name, told["kind"], *(size(told[side]) for side in ("train", "valid", "test")))
        for name, told in own["targets"].items()
    ]
    said = (
        f"Corpus {Path(own['corpus']).name}, split {own['split']}. Each cell: {found.steps:,} steps, texts cut at "
        f"{found.max_tokens} tokens; S over {size(found.draws)} draws of the test side."
    )
    mark = f"\\* fewer than {FEW:,}: differences of a few points may be chance."
    both = (funnel, table(["side", "songs"], sides), table(["target", "kind", "train", "valid", "test"], targets))
    return joined((said, *both, mark))


def _seeds(found: Found) -> str:
    own = found.agenda.seeds
    if len(own) == 1:
        return f"One seed, {own[0]}: no deviation can be given."
    return f"Mean ± population deviation over seeds {', '.join(map(str, own))}."


def _means(found: Found) -> str:
    columns = [*MEASURES, ACCURACY]
    rows = [
        (name, f"{rate:g}", *(_mean(means(found.cells, name, rate, measure), measure) for measure in columns))
        for name in architectures(found.cells)
        for rate in rates(found.cells, untrained=True)
    ]
    return table(["architecture", "rate", *(TITLES[measure] for measure in columns)], rows)


def _mean(own: Mean, measure: str) -> str:
    digits = DIGITS.get(measure, 3)
    if not own.n:
        return "" if measure == ACCURACY else "diverged"
    return f"{own.mean:,.{digits}f}" + (f" ± {own.deviation:.{digits}f}" if own.n > 1 else "")


def _collapsed(found: Found) -> str:
    """Name the cells whose vectors all point one way; S says nothing of them."""
    own = [cell.name for cell, told in found.cells.items() if told.get("mean_cosine", 0.0) > COLLAPSED]
    return f"Collapsed (two songs have a cosine above {COLLAPSED} on average): {', '.join(own)}." if own else ""


def _follows(found: Found) -> str:
    raw, unit = (follows_length(found.cells, measure) for measure in ("s", "auc"))
    if np.isnan(raw) or np.isnan(unit):
        return ""
    return FOLLOWED.format(raw=raw, unit=unit)


def _findings(found: Found) -> str:
    """Say who lies higher where, measure by measure, beside what the poster says."""
    names = architectures(found.cells)
    said = f"The poster: {'; '.join(FINDINGS)}. It prints no number."
    if len(names) != 2:
        return said
    measures = ("s", "signed", "s_unit", "signed_unit", "auc", "auc_halves", ACCURACY)
    own = {measure: compared(found.cells, names[0], names[1], measure) for measure in measures}
    vary = len(found.agenda.seeds) > 1
    rows = [(TITLES[name], *_row(told, DIGITS.get(name, 3), vary=vary)) for name, told in own.items() if told.rates]
    heads = [f"{names[1]} minus {names[0]}", "rates at which it is higher", "by more than the seeds vary"]
    told = table([*heads, "mean over all rates", "lower half of the rates", "upper half"], rows)
    return joined(
        (said, told, "A plus speaks for the added layers, by that measure. " + _verdict(own["s"], own["auc"]))
    )


def _row(own: Comparison, digits: int, *, vary: bool) -> Sequence[str]:
    shares = (f"{own.higher} of {own.rates}", f"{own.apart} of {own.rates}" if vary else "one seed")
    return (*shares, *(f"{one:+.{digits}f}" for one in (own.difference, own.small, own.large)))


def _verdict(s: Comparison, auc: Comparison) -> str:
    def of(own: Comparison, difference: float) -> str:
        return "the added layers" if difference > 0 else "the original" if own.rates else "nobody"

    found = [
        f"by S {of(s, own)}, by AUC {of(auc, other)}"
        for own, other in ((s.difference, auc.difference), (s.small, auc.small), (s.large, auc.large))
    ]
    return f"Higher overall: {found[0]}; at small rates: {found[1]}; at large rates: {found[2]}."


def _cells(found: Found) -> str:
    columns = [*MEASURES, ACCURACY]
    rows = [
        (cell.architecture, f"{cell.rate:g}", str(cell.seed), *(_one(told, measure) for measure in columns))
        for cell, told in sorted(found.cells.items(), key=lambda pair: (pair[0].architecture != "original", pair[0]))
    ]
    diverged = [f"{cell.name}: {told['diverged']}" for cell, told in found.cells.items() if "diverged" in told]
    told = table(["architecture", "rate", "seed", *(TITLES[measure] for measure in columns)], rows)
    return joined((told, f"Diverged: {'; '.join(diverged)}." if diverged else ""))


def _one(told: Any, measure: str) -> str:
    return number(value(told, measure), DIGITS.get(measure, 3))


def _heads(found: Found) -> str:
    """Tabulate test accuracy by target, the mean over seeds, beside the share of the most frequent class."""
    names = [name for name, told in found.songs["targets"].items() if told["kind"] != "regression"]
    known = [told["test"] for told in found.cells.values() if "test" in told]
    if not names or not known:
        return "No head predicts a class."
    rows = [
        (name, f"{rate:g}", *(_accuracy(found, name, rate, target) for target in names))
        for name in architectures(found.cells)
        for rate in rates(found.cells)
    ]
    rows.append(("most frequent class", "", *(number(known[0].get(f"{name} majority"), 3) for name in names)))
    note = few(told["test"] for told in found.songs["targets"].values())
    return joined((table(["architecture", "rate", *names], rows), note))


def _accuracy(found: Found, architecture: str, rate: float, target: str) -> str:
    own = [
        told["test"][f"{target} accuracy"]
        for cell, told in found.cells.items()
        if (cell.architecture, cell.rate) == (architecture, rate) and "test" in told
    ]
    return number(float(np.mean(own)), 3) if own else ""


def _maps(found: Found) -> dict[str, Any]:
    return {cell.architecture: told["attention"] for cell, told in found.cells.items() if "attention" in told}


def _attention(found: Found) -> str:
    if not _maps(found):
        return "The cells whose attention would be shown diverged."
    said = ATTENDED.format(rate=found.agenda.shown, seed=found.agenda.seeds[0])
    return joined((f"> {found.agenda.verse}", said, picture(ATTENTION, "attention of both architectures")))
