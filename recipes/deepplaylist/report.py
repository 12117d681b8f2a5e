"""Re-run Langevin, Annanya and Zhang 2025 by report.toml: one experiment, or all of them, and one report.

python recipes/deepplaylist/report.py --out runs/deepplaylist                    all of it; not run whole yet, not timed
python recipes/deepplaylist/report.py --out runs/quick --quick                   few pairs, minutes: tests the code
python recipes/deepplaylist/report.py --out runs/deepplaylist --only regression  one experiment
python recipes/deepplaylist/report.py --out runs/msd --corpus FOLDER --shards FOLDER    on the paper's own kind of data
"""

from __future__ import annotations

import logging
import os
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path

from songkin.training.deepplaylist.agenda import hurried, read_agenda
from songkin.training.deepplaylist.cells import Stand
from songkin.training.deepplaylist.corpus import COLISTEN
from songkin.training.deepplaylist.experiments import EXPERIMENTS
from songkin.training.deepplaylist.ours import ours
from songkin.training.deepplaylist.rerun import rerun
from songkin.training.report_command import Report, ended, log_step, parser

log = logging.getLogger("deepplaylist")
AGENDA = Path(__file__).with_name("report.toml")
QUICK = "the small run of [quick]: it tests the code, its figures are no results"


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    if options.data:
        os.environ["SONGKIN_DATA"] = str(options.data)  # the pairs of listeners are read from there
    end = ended(lambda: _rerun(options), options.out)
    if end.page:
        print(end.page)
    if end.said:
        print(end.said, file=sys.stderr)
    return end.status


def _rerun(options: Namespace) -> Report:
    agenda = read_agenda(options.agenda, corpus=options.corpus, shards=options.shards)
    stand = Stand(
        agenda=hurried(agenda) if options.quick else agenda,
        place=options.agenda,
        out=options.out,
        data=options.data,
        threads=options.threads,
        scorers=ours() if agenda.corpus == COLISTEN else {},
        tell=partial(log_step, log, times=5),
    )
    return rerun(stand, options.only)


def _options() -> Namespace:
    own = parser(__doc__, quick=QUICK)
    own.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is run: report.toml")
    own.add_argument("--only", action="append", default=[], metavar="NAME", help=" | ".join(EXPERIMENTS))
    own.add_argument("--corpus", default="", help='"colisten", or a folder of Last.fm and musiXmatch')
    own.add_argument("--shards", default="", help="a folder of shards of timbre and chroma")
    own.add_argument("--threads", type=int, help="CPU threads")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
