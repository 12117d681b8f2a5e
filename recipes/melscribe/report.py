"""Re-run the melscribe paper by report.toml: train the teacher and the students, judge them, write one report.

python recipes/melscribe/report.py --out runs/melscribe            a night on a CPU, minutes on a GPU
python recipes/melscribe/report.py --out runs/quick --quick        under ten minutes on two cores
python recipes/melscribe/report.py --out runs/quick --quick --show "sad cello"     the top five, of what is trained
"""

from __future__ import annotations

import argparse
import logging
import sys
from functools import partial
from pathlib import Path

from songkin.training.melscribe import page
from songkin.training.melscribe.agenda import read_agenda
from songkin.training.melscribe.rerun import rerun, top
from songkin.training.report_command import Report, ended, log_step, parser

log = logging.getLogger("melscribe")
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
    agenda = read_agenda(options.agenda)
    common = {"quick": options.quick, "data": options.data}
    if options.show:
        return Report(page.listed(top(agenda, options.agenda, options.out, options.show, **common)))
    own = {"steps": options.steps, "threads": options.threads, "tell": partial(log_step, log, times=10)}
    found = rerun(agenda, options.agenda, options.out, **own, **common)
    return Report(page.page(found), page.write(found))


def _options() -> argparse.Namespace:
    own = parser(__doc__)
    own.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is trained and judged: report.toml")
    own.add_argument("--steps", type=int, help="so many steps for teacher and students")
    own.add_argument("--threads", type=int, help="CPU threads")
    own.add_argument("--show", metavar="REQUEST", help="print the first documents for any request instead")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
