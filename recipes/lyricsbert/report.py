"""Re-run LyricsBERT by report.toml: train both architectures over the sweep, measure them, write one report.

python recipes/lyricsbert/report.py --out runs/lyricsbert            all of it: not run whole yet, not timed
python recipes/lyricsbert/report.py --out runs/quick --quick         few songs, minutes: proves the chain
python recipes/lyricsbert/report.py --out runs/distil --start models/distilbert-base-uncased     with its own encoder
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from songkin.errors import SongkinError
from songkin.training.loop import Step
from songkin.training.lyricsbert import page
from songkin.training.lyricsbert.agenda import read_agenda
from songkin.training.lyricsbert.sweep import sweep

log = logging.getLogger("lyricsbert")
AGENDA = Path(__file__).with_name("report.toml")


def main() -> int:
    """Run by the command line; return 0, or 1 where it could not be done."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    try:
        own = {"quick": options.quick, "data": options.data, "threads": options.threads, "tell": _tell}
        start = str(options.start.resolve()) if options.start else ""
        found = sweep(read_agenda(options.agenda), options.agenda, options.out, start=start, **own)
        written = page.write(found)
    except (SongkinError, OSError) as error:  # such as --out within a file
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(f"stopped; the same command goes on in {options.out}", file=sys.stderr)
        return 1
    print(page.page(found))
    print("written:", ", ".join(map(str, written)), file=sys.stderr)
    return 0


def _tell(name: str, step: Step) -> None:
    """Log every fifth of a training."""
    if step.step % max(1, step.steps // 5) == 0:
        log.info("%s: step %d of %d, loss %.3f", name, step.step, step.steps, step.loss)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("agenda", nargs="?", type=Path, default=AGENDA, help="what is trained and drawn: report.toml")
    parser.add_argument("--out", type=Path, required=True, help="where everything goes; the same again goes on")
    parser.add_argument(
        "--quick", action="store_true", help="the small run of [quick]: it proves the chain, no figures"
    )
    parser.add_argument("--start", type=Path, metavar="FOLDER", help="an encoder in the place of the recipes' own")
    parser.add_argument("--data", type=Path, help="the folder of the public corpora; SONGKIN_DATA otherwise")
    parser.add_argument("--threads", type=int, help="CPU threads")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
