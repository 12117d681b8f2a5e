"""Re-run the irvine paper: label rule, models, splits, optimisers, topics, clusters, retrieval, and one report of all.

python recipes/irvine/report.py --out runs/irvine                    everything; a night on two cores
python recipes/irvine/report.py --out runs/quick --quick             the same on few songs, in ten minutes
python recipes/irvine/report.py --out runs/irvine --only topics      one experiment, by its file beside this one
python recipes/irvine/report.py --out runs/irvine --only labels --tags lastfm_train     the rule on your own tags

What is done is kept, and the same command goes on; `--again` does it anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from songkin.errors import SongkinError
from songkin.library import Library
from songkin.library.clustering import partition
from songkin.search import KeywordNeighbours, LyricNeighbours, Meaning
from songkin.training.checkpoints import atomically
from songkin.training.irvine import experiments, page, plans
from songkin.training.irvine.experiments import Ground
from songkin.training.irvine.judged import Judge
from songkin.training.irvine.retrieval import DEEP, PLAIN, Ways, measured
from songkin.training.irvine.songs import by_artist, halves, valued
from songkin.types import Lyrics, Query, Song

log = logging.getLogger("irvine")
PLACE = Path(__file__).parent
OURS = "songkin's own similar, of lyrics alone"


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    if options.data:
        os.environ["SONGKIN_DATA"] = str(options.data)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        ground = Ground(PLACE, options.out, options.data, _tell)
        for name in options.only or plans.KINDS:
            _done(name, options, ground)
        found = {name: _read(options.out / f"{name}.json") for name in plans.KINDS}
        written = page.write({name: own for name, own in found.items() if own}, options.out)
    except (SongkinError, OSError) as error:  # such as --out within a file
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on in {options.out}", file=sys.stderr)
        return 1
    print((options.out / page.PAGE).read_text(encoding="utf-8"))
    print("written:", ", ".join(map(str, written)), file=sys.stderr)
    return 0


def _done(name: str, options: argparse.Namespace, ground: Ground) -> None:
    """Run an experiment, unless the same was run into this folder before; what [quick] made smaller is marked so."""
    plan, mark = _planned(name, options, quick=options.quick)
    smaller, place = mark != _planned(name, options, quick=False)[1], ground.out / f"{name}.json"
    if not options.again and (_read(place) or {}).get("mark") == mark:
        log.info("%s: done before", name)
        return
    log.info("%s: begins", name)
    found = RUNS[name](plan, ground, options.quick)
    with atomically(place) as file:
        file.write(json.dumps({"mark": mark, "quick": smaller, **found}, indent=1).encode() + b"\n")


def _planned(name: str, options: argparse.Namespace, *, quick: bool) -> tuple[Any, str]:
    """Return an experiment's plan, and a mark that is another where the plan or what it stands on is another."""
    plan: Any = plans.read_plan(PLACE / f"{name}.toml", quick=quick)
    if name == "labels" and options.tags:
        plan = replace(plan, tags=str(options.tags.resolve()))
    told = json.dumps([asdict(plan), _beneath(plan, quick=quick)], default=str)
    return plan, hashlib.sha256(told.encode()).hexdigest()


def _beneath(plan: Any, *, quick: bool) -> Mapping[str, Any]:
    """Return the plan of the models that an experiment stands on."""
    if not isinstance(plan, plans.Splits | plans.Optimisers | plans.Clusters):
        return {}
    return asdict(plans.read_plan(PLACE / plan.models, quick=quick))


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


RUNS: Mapping[str, Callable[[Any, Ground, bool], dict[str, Any]]] = {
    "labels": lambda plan, ground, quick: experiments.labels(plan, ground),
    "topics": lambda plan, ground, quick: experiments.topics(plan, ground),
    "models": lambda plan, ground, quick: experiments.models(plan, ground),
    "splits": lambda plan, ground, quick: experiments.splits(plan, ground, quick=quick),
    "optimisers": lambda plan, ground, quick: experiments.optimisers(plan, ground, quick=quick),
    "clusters": lambda plan, ground, quick: experiments.clusters(plan, ground, quick=quick),
    "retrieval": _retrieval,
}


def _read(place: Path) -> dict[str, Any] | None:
    """Return what an experiment found; None where it has not run, or its file is damaged."""
    try:
        found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
        return found
    except (OSError, ValueError):
        return None


def _tell(name: str, step: int, steps: int, loss: float) -> None:
    """Log every tenth of a tuning."""
    if step % max(1, steps // 10) == 0:
        log.info("%s: step %d of %d, loss %.3f", name, step, steps, loss)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="where everything goes; the same again goes on")
    parser.add_argument("--quick", action="store_true", help="few songs, as [quick] says: it proves the chain")
    parser.add_argument("--only", action="append", choices=list(plans.KINDS), help="one experiment; may be repeated")
    parser.add_argument("--again", action="store_true", help="do what is done anew")
    parser.add_argument(
        "--tags", type=Path, help="Last.fm's JSON files or tags database, or WASABI's songs, for labels"
    )
    parser.add_argument("--data", type=Path, help="the folder of the public corpora; SONGKIN_DATA otherwise")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
