"""Re-run the irvine paper: label rule, models, splits, optimisers, topics, clusters, retrieval, and one report of all.

python recipes/irvine/report.py --out runs/irvine                    everything; two hours of one core
python recipes/irvine/report.py --out runs/quick --quick             the same on few songs, in ten minutes
python recipes/irvine/report.py --out runs/irvine --only topics      one experiment, by its file beside this one
python recipes/irvine/report.py --out runs/irvine --only labels --tags lastfm_train     the rule on your own tags

What is done is kept, and the same command goes on; `--again` does it anew.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from songkin.library import Library
from songkin.library.clustering import partition
from songkin.search import KeywordNeighbours, LyricNeighbours, Meaning
from songkin.training.checkpoints import make_folder
from songkin.training.irvine import experiments, page, plans
from songkin.training.irvine.experiments import Ground
from songkin.training.irvine.judged import Judge
from songkin.training.irvine.rerun import RUNS, Run, found, run_into
from songkin.training.irvine.retrieval import DEEP, PLAIN, Ways, measured
from songkin.training.irvine.songs import by_artist, halves, valued
from songkin.training.loop import Step
from songkin.training.report_command import Report, ended, log_step, parser
from songkin.types import Lyrics, Query, Song

log = logging.getLogger("irvine")
PLACE = Path(__file__).parent
OURS = "songkin's own similar, of lyrics alone"


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    end = ended(partial(_report, options), options.out)
    if end.page:
        print(end.page)
    if end.said:
        print(end.said, file=sys.stderr)
    return end.status


def _report(options: argparse.Namespace) -> Report:
    if options.data:
        os.environ["SONGKIN_DATA"] = str(options.data)
    make_folder(options.out)
    ground, names = Ground(PLACE, options.out, options.data, _tell), tuple(options.only or plans.KINDS)
    for name in names:  # so that a mistake in the last of them is told before hours of the others
        plans.read_plan(PLACE / f"{name}.toml", quick=options.quick)
    for name in names:
        run_into(ground, name, EXPERIMENTS[name], quick=options.quick, again=options.again, tags=options.tags)
    written = page.write(found(options.out), options.out)
    return Report((options.out / page.PAGE).read_text(encoding="utf-8"), written)


def _retrieval(plan: plans.Retrieval, ground: Ground, quick: bool) -> dict[str, Any]:
    """Make a library of the songs' words, and judge every way to retrieve from it."""
    songs = experiments.few(valued(ground.chart, "valence"), plan.most)
    labelled = halves(songs)
    place = ground.out / "library"
    words = [Song(one.id, one.title, (one.artist,), lyrics=Lyrics(one.text)) for one in songs]
    Library.add(words, place, fast=plan.fast)
    library = Library.open(place)
    sides = by_artist(songs, seed=plan.seed, shares=(0.5, 0.0))
    rng = np.random.default_rng(plan.seed)

    def drawn(side: Any, most: int) -> list[str]:
        return [songs[at].id for at in rng.permutation(side)[:most]]

    rest = np.concatenate([sides.valid, sides.test])
    ways = _ways(library, plan)
    return {
        "songs": len(songs),
        **measured(ways, Judge(labelled), drawn(sides.train, plan.searched), drawn(rest, plan.judged)),
    }


def _ways(library: Library, plan: plans.Retrieval) -> Ways:
    store = library.store
    assert library.encoder is not None
    meaning = Meaning(store, library.encoder)
    plain = LyricNeighbours(store, meaning, None)

    def known(keys: Any) -> list[str]:
        return [name for name in store.ids(keys) if name]

    def within(k: int) -> KeywordNeighbours:
        return KeywordNeighbours(store, meaning, lambda: partition(store, k))

    def by_cosine(seed: str) -> list[str]:
        return known(plain(Query(like=(seed,), k=DEEP)).top(DEEP).keys)

    def ours(seed: str) -> list[str]:
        return known(library.engine.run(Query(like=(seed,), channels=plan.channels, k=DEEP, grouped=False)).keys)

    others: dict[str, Callable[[str], list[str]]] = {PLAIN: by_cosine, OURS: ours}
    return Ways(
        store.ids,
        KeywordNeighbours(store, meaning, near=0),
        KeywordNeighbours(store, meaning),
        {k: within(k) for k in plan.clusters},
        others,
    )


EXPERIMENTS: Mapping[str, Run] = {**RUNS, "retrieval": _retrieval}


def _tell(name: str, step: int, steps: int, loss: float) -> None:
    log_step(log, name, Step(step, steps, loss, None), times=10)


def _options() -> argparse.Namespace:
    own = parser(__doc__, quick="few songs, as [quick] says: it proves the chain")
    own.add_argument("--only", action="append", choices=list(plans.KINDS), help="one experiment; may be repeated")
    own.add_argument("--again", action="store_true", help="do what is done anew")
    own.add_argument("--tags", type=Path, help="Last.fm's JSON files or tags database, or WASABI's songs, for labels")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
