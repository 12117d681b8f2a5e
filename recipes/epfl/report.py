"""Re-run Bezzam and Vidit 2022 by report.toml: one experiment, or all of them, and one report.

python recipes/epfl/report.py --out runs/epfl                          all of it; not run whole yet, not timed
python recipes/epfl/report.py --out runs/epfl-quick --quick            few songs, minutes: proves the chain
python recipes/epfl/report.py --out runs/epfl --only cleaning          one experiment; the report shows what is there
python recipes/epfl/report.py --out runs/epfl --base mpnet=FOLDER      with all-mpnet-base-v2 too
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from songkin.errors import SongkinError
from songkin.training.epfl.agenda import Base, hurried, read_agenda
from songkin.training.epfl.cells import Stand
from songkin.training.epfl.experiments import EXPERIMENTS
from songkin.training.epfl.rerun import rerun
from songkin.training.loop import Step

log = logging.getLogger("epfl")
AGENDA = Path(__file__).with_name("report.toml")


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    try:
        agenda = read_agenda(options.agenda, bases=tuple(options.base))
        stand = Stand(
            agenda=hurried(agenda) if options.quick else agenda,
            place=options.agenda,
            out=options.out,
            data=options.data,
            threads=options.threads,
            tell=_tell,
        )
        written = rerun(stand, options.only)
    except (SongkinError, OSError) as error:  # such as --out within a file
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on in {options.out}", file=sys.stderr)
        return 1
    print(written.read_text(encoding="utf-8"))
    print("written:", written, file=sys.stderr)
    return 0


def _tell(name: str, step: Step) -> None:
    """Log every fifth of a training."""
    if step.step % max(1, step.steps // 5) == 0:
        best = "" if step.score is None else f", best {step.score:.3f}"
        log.info("%s: step %d of %d, loss %.3f%s", name, step.step, step.steps, step.loss, best)


def _base(said: str) -> Base:
    """Read NAME=FOLDER or NAME=FOLDER:TOKENS."""
    name, _, rest = said.partition("=")
    folder, _, tokens = rest.partition(":")
    if not name or not folder or (tokens and not tokens.isdigit()):
        raise argparse.ArgumentTypeError(f"'{said}' is no NAME=FOLDER; an example is mpnet=../all-mpnet-base-v2")
    return Base(name=name, start=str(Path(folder).resolve()), max_tokens=int(tokens or 384))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is run: report.toml")
    parser.add_argument("--out", type=Path, required=True, help="where everything goes; the same again goes on")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=" | ".join(EXPERIMENTS))
    parser.add_argument(
        "--quick", action="store_true", help="the small run of [quick]: it proves the chain, no figures"
    )
    parser.add_argument("--base", action="append", type=_base, default=[], metavar="NAME=FOLDER[:TOKENS]")
    parser.add_argument("--data", type=Path, help="the folder of the public corpora; SONGKIN_DATA otherwise")
    parser.add_argument("--threads", type=int, help="CPU threads")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
