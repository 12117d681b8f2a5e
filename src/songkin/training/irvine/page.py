"""The report of a re-run: what each experiment found beside the paper's figures, as one page with its pictures.

Conventions
-----------
An experiment that has not run is named as missing, one that `quick` made smaller is named as such. Fewer than `FEW`
songs judged are marked: such figures say little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from songkin.training.checkpoints import atomically
from songkin.training.irvine import pictures
from songkin.training.markdown import FEW, number, table

__all__ = ["FEW", "PAGE", "PAPER", "page", "write"]

PAGE = "report.md"
PAPER: Mapping[str, tuple[str, ...]] = {
    "majority": (".64", ".64", "1.00", ""),
    "frozen": (".727", ".771", ".815", "0:57"),
    "fine-tuned, own output": (".739", ".776", ".832", "6:02"),
    "tBERT + topics + audio": (".764", ".792", ".856", "8:56"),
}
"""Accuracy, precision, recall and time the authors print, and their majority, which those imply."""
ABSENT = (
    "Not to be had here: the paper's 11,183 songs of WASABI with Last.fm's tags, lyrics of Genius and Spotify's "
    "features. In their place: MusicMood (happy or sad by hand, without features), what of it joins with features by "
    "artist and title, and chart songs by halves of valence. Every table is split by artist and holds its own majority "
    "baseline: the paper's .727 to .764 stand against a majority of .64 and compare with nothing without it. BERT and "
    "DistilBERT cannot be had either; all-MiniLM-L6-v2 (six layers) stands in for the encoder."
)


def write(found: Mapping[str, Mapping[str, Any]], folder: Path) -> list[Path]:
    """Write page and pictures into the folder of a run; MissingExtra without matplotlib."""
    drawn = [place for name, own in found.items() for place in DRAWN.get(name, _none)(own, folder)]
    with atomically(folder / PAGE) as file:
        file.write(page(found).encode())
    return [folder / PAGE, *drawn]


def page(found: Mapping[str, Mapping[str, Any]]) -> str:
    """Write the report as Markdown."""
    parts = ["# irvine, re-run", *_quick(found), ABSENT]
    for name, (title, tell) in TOLD.items():
        parts += [f"## {title}"]
        parts += tell(found[name]) if name in found else [f"Not run: `--only {name}` runs it."]
    return "\n\n".join(parts) + "\n"


def _quick(found: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Name the experiments that were made smaller."""
    small = [title for name, (title, _) in TOLD.items() if found.get(name, {}).get("quick")]
    said = "with few songs and few steps. It proves the chain; its figures say nothing."
    return [f"**A quick run** ({', '.join(small)}): {said}"] if small else []


def _labels(own: Mapping[str, Any]) -> list[str]:
    rule = ", ".join(f"{name} {value}" for name, value in own["rule"].items())
    steps = [[step, f"{count:,}"] for step, count in own["funnel"].items()]
    rows = [[r["k"], r["eps"], r["happy"], r["sad"], r["happy"] + r["sad"], number(r["majority"])] for r in own["kept"]]
    return [
        _had(own),
        "The paper's funnel: 37,707 songs with ids, in English; 24,280 one row a song; 11,207 with an emotion tag; "
        "11,183 with lyrics. The size of its labelled set is not printed.",
        table(["step", "left"], steps),
        f"Rule of the funnel: {rule}.",
        table(["k", "eps", "happy", "sad", "kept", "majority"], rows),
    ]


_FIGURES = ("accuracy", "precision", "recall", "time")
_COLUMNS = ("model", *_FIGURES, *(f"paper: {name}" for name in _FIGURES))


def _models(own: Mapping[str, Any]) -> list[str]:
    parts = []
    for told in own["sets"].values():
        sides = " / ".join(f"{count:,}" for count in told["sides"])
        parts += [
            f"### {told['name']}",
            f"{_had(told, told['sides'][2])} {told['note']}. Train, validation, test by artist: {sides}. "
            + (f"Audio features: {', '.join(told['audio'])}." if told["audio"] else "No audio features."),
            table(
                _COLUMNS,
                _model_rows(told["rows"], two=len(told["classes"]) == 2),
            ),
        ]
    return parts


def _model_rows(rows: Sequence[Mapping[str, Any]], *, two: bool) -> list[list[Any]]:
    """Return a set's rows, its majority first; the paper's stand beside sets of two moods."""
    majority = rows[0]["scores"]["majority"] if rows else None
    told = [["majority", number(majority), "", "", "", *_paper("majority", two)]]
    for row in rows:
        own = row["scores"]
        shares = [number(own[name]) for name in ("accuracy", "precision", "recall")]
        told.append([row["model"], *shares, _time(row["time_s"]), *_paper(row["model"], two)])
    return told


def _paper(name: str, two: bool) -> tuple[str, ...]:
    return PAPER.get(name, ("",) * 4) if two else ("",) * 4


def _splits(own: Mapping[str, Any]) -> list[str]:
    scores = [row["scores"] for row in own["rows"]]
    rows = [
        [row["seed"], one["n"], *(number(one[name]) for name in ("majority", "accuracy")), _above(one)]
        for row, one in zip(own["rows"], scores, strict=True)
    ]
    mean = {name: sum(one[name] for one in scores) / max(len(scores), 1) for name in ("majority", "accuracy")}
    rows.append(["mean", "", number(mean["majority"]), number(mean["accuracy"]), _above(mean)])
    return [
        f"{_had(own, _judged(own['rows']))} {own['name']}, the frozen model, split by artist anew for every seed. The "
        "paper: .727, its majority .64, on one split.",
        table(["seed", "judged", "majority", "accuracy", "above the majority"], rows),
    ]


def _above(scores: Mapping[str, float]) -> str:
    return f"{scores['accuracy'] - scores['majority']:+.3f}"


def _judged(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return how many songs the row that judged fewest was judged on."""
    return min((row["scores"]["n"] for row in rows), default=0)


def _optimisers(own: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, row in own["rows"].items():
        last = row["losses"][-50:]
        tail = sum(last) / len(last) if last else 0.0
        rows.append([name, f"{row['rate']:g}", f"{tail:.3f}", number(row["valid"]), number(row["scores"]["accuracy"])])
    return [
        f"{_had(own, _judged(own['rows'].values()))} {own['name']}, {own['epochs']} epochs. The paper finds AdamW "
        "steadiest, Adagrad stuck early.",
        table(["optimiser", "rate taken", "mean loss, last 50 steps", "validation accuracy", "test accuracy"], rows),
        "![loss against steps](losses.png)",
    ]


def _topics(own: Mapping[str, Any]) -> list[str]:
    rows = [
        [r["kind"], r["topics"], r["filled"], number(r["coherence"]), number(r["perplexity"], 2), _time(r["time_s"])]
        for r in own["rows"]
    ]
    best: dict[str, Mapping[str, Any]] = {}
    for row in own["rows"]:
        if (row["coherence"] or -1) > (best.get(row["kind"], {}).get("coherence") or -2):
            best[row["kind"]] = row
    return [
        f"{_had(own)} {own['name']}. The paper: LDA, 7 topics by search, log-perplexity -6.72, coherence .35 by a "
        "measure it does not name. Coherence here is NPMI of the ten foremost words, ln(p_ij / p_i p_j) / -ln p_ij, "
        "the mean over pairs and topics, for all models alike; log-perplexity is LDA's bound in nats a word.",
        table(["model", "topics", "filled", "coherence", "log-perplexity", "time"], rows),
        *(f"Most coherent {kind}: " + "; ".join(" ".join(w[:6]) for w in row["words"]) for kind, row in best.items()),
    ]


def _clusters(own: Mapping[str, Any]) -> list[str]:
    swept = zip(own["ks"], own["distortion"], own["silhouette"], strict=True)
    dense = [[d["method"], d["clusters"], number(d["outside"]), number(d["largest"])] for d in own["density"]]
    return [
        f"{_had(own)} {own['name']}; {own['width']} columns (hidden layer, features, one a discrete value; valence is "
        "among the features, as in the paper: where halves of valence are the label, clusters that keep the moods "
        f"apart say nothing). Highest silhouette at k = {own['best']}; the paper takes k = 122.",
        table(["k", "distortion", "silhouette"], [[k, f"{d:,.0f}", number(s)] for k, d, s in swept]),
        "The paper: DBSCAN and HDBSCAN find hardly more than 2 clusters.",
        table(["method", "clusters", "in none", "largest"], dense),
        "![clusters on a map](clusters.png)",
        "![distortion and silhouette against k](silhouette.png)",
    ]


def _retrieval(own: Mapping[str, Any]) -> list[str]:
    rows = []
    for name, (mean, low, high) in own["precision"].items():
        apart = own["against_plain"][name]
        rows.append(
            [name, f"{mean:.3f} ({low:.3f} to {high:.3f})", f"{apart[0]:+.3f} ({apart[1]:+.3f} to {apart[2]:+.3f})"]
        )
    return [
        f"{_had(own, own['judged'], 'seeds')} Relevant (ours, for the paper defines nothing): the same half of valence "
        "and a shared tag that at most a tenth of the songs carry, by another artist. Weight searched on "
        f"{own['searched']:,} seeds, judged on {own['judged']:,} of other artists; {own['candidates']:,.0f} candidates "
        f"a seed. Weight found: {own['weight']:.3f}. The paper: +6 % precision over the plain model.",
        table(["way", "precision at 10", "against the plain model"], rows),
        "![search for the weight](weight.png)",
        "![precision of each way](precision.png)",
    ]


TOLD: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], list[str]]]] = {
    "labels": ("Labels from tags", _labels),
    "models": ("Three models", _models),
    "splits": ("Splits", _splits),
    "optimisers": ("Optimisers", _optimisers),
    "topics": ("Topics", _topics),
    "clusters": ("Clusters", _clusters),
    "retrieval": ("Retrieval", _retrieval),
}


def _draw_losses(own: Mapping[str, Any], folder: Path) -> list[Path]:
    return [pictures.losses(folder / "losses.png", {name: row["losses"] for name, row in own["rows"].items()})]


def _draw_clusters(own: Mapping[str, Any], folder: Path) -> list[Path]:
    return [
        pictures.on_a_map(folder / "clusters.png", own["places"], own["labels"], own["moods"], own["classes"]),
        pictures.by_k(folder / "silhouette.png", own["ks"], own["distortion"], own["silhouette"]),
    ]


def _draw_retrieval(own: Mapping[str, Any], folder: Path) -> list[Path]:
    return [
        pictures.weight_path(folder / "weight.png", own["path"], own["grid"], own["held_grid"]),
        pictures.bars(folder / "precision.png", own["precision"]),
    ]


def _none(own: Mapping[str, Any], folder: Path) -> list[Path]:
    return []


DRAWN: Mapping[str, Callable[[Mapping[str, Any], Path], list[Path]]] = {
    "optimisers": _draw_losses,
    "clusters": _draw_clusters,
    "retrieval": _draw_retrieval,
}


def _had(own: Mapping[str, Any], judged: int | None = None, what: str = "of them") -> str:
    """Say how many songs there really were and, where models are judged, on how many; few are marked."""
    mark = f" **(fewer than {FEW:,}: read with care)**" if (own["songs"] if judged is None else judged) < FEW else ""
    told = "" if judged is None else f", {judged:,} {what} judged"
    return f"{own['songs']:,} songs{told}{mark}."


def _time(seconds: float) -> str:
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
