"""Re-run the melscribe paper by report.toml: train the teacher and the students, judge them, write one report.

python recipes/melscribe/report.py --out runs/melscribe            a night on a CPU, minutes on a GPU
python recipes/melscribe/report.py --out runs/quick --quick        under ten minutes on two cores
python recipes/melscribe/report.py --out runs/quick --quick --show "sad cello"     the top five, of what is trained
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from songkin.errors import SongkinError
from songkin.training.loop import Step
from songkin.training.melscribe import page
from songkin.training.melscribe.agenda import read_agenda
from songkin.training.melscribe.rerun import rerun, top

log = logging.getLogger("melscribe")
AGENDA = Path(__file__).with_name("report.toml")


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    try:
        agenda = read_agenda(options.agenda)
        common = {"quick": options.quick, "data": options.data}
        if options.show:
            print(page.listed(top(agenda, options.agenda, options.out, options.show, **common)))
            return 0
        own = {"steps": options.steps, "threads": options.threads, "tell": _tell}
        found = rerun(agenda, options.agenda, options.out, **own, **common)
        written = page.write(found)
    except SongkinError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on in {options.out}", file=sys.stderr)
        return 1
    print(page.page(found))
    print("written:", ", ".join(map(str, written)), file=sys.stderr)
    return 0


def _tell(name: str, step: Step) -> None:
    """Log every tenth of a training."""
    if step.step % max(1, step.steps // 10) == 0:
        best = "" if step.score is None else f", best {step.score:.3f}"
        log.info("%s: step %d of %d, loss %.3f%s", name, step.step, step.steps, step.loss, best)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is trained and judged: report.toml")
    parser.add_argument("--out", type=Path, required=True, help="where everything goes; the same again goes on")
    parser.add_argument(
        "--quick", action="store_true", help="the small run of [quick]: it proves the chain, no figures"
    )
    parser.add_argument("--steps", type=int, help="so many steps for teacher and students")
    parser.add_argument("--data", type=Path, help="the folder of the public corpora; SONGKIN_DATA otherwise")
    parser.add_argument("--threads", type=int, help="CPU threads")
    parser.add_argument("--show", metavar="REQUEST", help="print the first documents for any request instead")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
