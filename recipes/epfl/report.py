"""Re-run Bezzam and Vidit 2022 by report.toml: one experiment, or all of them, and one report.

python recipes/epfl/report.py --out runs/epfl                          all of it, within a night on two cores
python recipes/epfl/report.py --out runs/epfl-quick --quick            few songs, minutes: proves the chain
python recipes/epfl/report.py --out runs/epfl --only cleaning          one experiment; the report shows what is there
python recipes/epfl/report.py --out runs/epfl --base mpnet=FOLDER      with all-mpnet-base-v2 too
"""

from __future__ import annotations

import argparse
import logging
import sys
from functools import partial
from pathlib import Path

from songkin.training.epfl.agenda import Base, hurried, read_agenda
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.experiments import EXPERIMENTS
from songkin.training.epfl.rerun import rerun
from songkin.training.report_command import Report, ended, log_step, parser

log = logging.getLogger("epfl")
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
    agenda = read_agenda(options.agenda, bases=tuple(options.base))
    stand = Stand(
        agenda=hurried(agenda) if options.quick else agenda,
        place=options.agenda,
        out=options.out,
        data=options.data,
        threads=options.threads,
        tell=partial(log_step, log, times=5),
    )
    written = rerun(stand, options.only)
    return Report(written.read_text(encoding="utf-8"), [written])


def _base(said: str) -> Base:
    """Read NAME=FOLDER or NAME=FOLDER:TOKENS."""
    name, _, rest = said.partition("=")
    folder, _, tokens = rest.partition(":")
    if not name or not folder or (tokens and not tokens.isdigit()):
        raise argparse.ArgumentTypeError(f"'{said}' is no NAME=FOLDER; an example is mpnet=../all-mpnet-base-v2")
    return Base(name=name, start=str(Path(folder).resolve()), max_tokens=int(tokens or 384))


def _options() -> argparse.Namespace:
    own = parser(__doc__)
    own.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is run: report.toml")
    own.add_argument("--only", action="append", default=[], metavar="NAME", help=" | ".join(EXPERIMENTS))
    own.add_argument("--base", action="append", type=_base, default=[], metavar="NAME=FOLDER[:TOKENS]")
    own.add_argument("--threads", type=int, help="CPU threads")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
