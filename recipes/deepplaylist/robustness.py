"""How far closeness by words, and by sound, stands when songs are damaged: tables and figures.

python recipes/deepplaylist/robustness.py --out runs/robustness                       words and made-up tracks
python recipes/deepplaylist/robustness.py --out runs/robustness --music FOLDER        words and real recordings
python recipes/deepplaylist/robustness.py --out runs/quick --quick                    few songs: tests the code
python recipes/deepplaylist/robustness.py --out runs/robustness --network FOLDER      with a trained BiLSTM beside ours

A run that was stopped goes on: what is measured, and what an encoder read, is kept in --out.
"""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from pathlib import Path

from songkin.training.report_command import Report, ended, parser
from songkin.training.robustness import PARTS, Setting, quick, robustness

RECIPE = Path(__file__).with_name("regression.toml")
QUICK = "few songs and strengths: it tests the code, its figures are no results"


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    if options.data:
        os.environ["SONGKIN_DATA"] = str(options.data)
    end = ended(lambda: _run(options), options.out)
    if end.page:
        print(end.page)
    if end.said:
        print(end.said, file=sys.stderr)
    return end.status


def _run(options: Namespace) -> Report:
    own = Setting(
        recipe=RECIPE,
        parts=tuple(options.only or PARTS),
        judged=options.judged,
        known=options.known,
        network=options.network,
        music=options.music,
        tracks=options.tracks,
        seconds=options.seconds,
        threads=options.threads,
    )
    return robustness(quick(own) if options.quick else own, options.out)


def _options() -> Namespace:
    own = parser(__doc__, quick=QUICK)
    own.add_argument("--only", action="append", choices=tuple(PARTS), help="one part of it")
    own.add_argument("--judged", type=int, default=600, help="songs that are asked for and looked through, at most")
    own.add_argument("--known", type=int, default=2400, help="songs of other artists to learn from, at most")
    own.add_argument("--network", type=Path, help='a trained network of lyrics: the folder of a training of "pairs"')
    own.add_argument("--music", type=Path, help="a folder of sound files")
    own.add_argument("--tracks", type=int, default=40, help="recordings at most")
    own.add_argument("--seconds", type=float, default=60.0, help="of each recording, from its middle")
    own.add_argument("--threads", type=int, help="CPU threads of the encoder")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
