"""Re-run LyricsBERT by report.toml: train both architectures over the sweep, measure them, write one report.

python recipes/lyricsbert/report.py --out runs/lyricsbert            all of it, within a night on two cores
python recipes/lyricsbert/report.py --out runs/quick --quick         few songs, minutes: proves the chain
python recipes/lyricsbert/report.py --out runs/distil --start models/distilbert-base-uncased     with its own encoder
"""

from __future__ import annotations

import argparse
import logging
import sys
from functools import partial
from pathlib import Path

from songkin.training.lyricsbert import page
from songkin.training.lyricsbert.agenda import read_agenda
from songkin.training.lyricsbert.sweep import sweep
from songkin.training.report_command import Report, ended, log_step, parser

log = logging.getLogger("lyricsbert")
AGENDA = Path(__file__).with_name("report.toml")


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
    found = sweep(
        read_agenda(options.agenda),
        options.agenda,
        options.out,
        quick=options.quick,
        start=str(options.start.resolve()) if options.start else "",
        data=options.data,
        threads=options.threads,
        tell=partial(log_step, log, times=5),
    )
    return Report(page.page(found), page.write(found))


def _options() -> argparse.Namespace:
    own = parser(__doc__)
    own.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is trained and drawn: report.toml")
    own.add_argument("--start", type=Path, metavar="FOLDER", help="an encoder in the place of the recipes' own")
    own.add_argument("--threads", type=int, help="CPU threads")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
