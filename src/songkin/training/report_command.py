"""The command that runs a paper again, as every recipes/*/report.py has it: its options, what it logs, how it ends."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from songkin.errors import SongkinError
from songkin.training.checkpoints import plainly
from songkin.training.loop import Step

__all__ = ["End", "Report", "ended", "log_step", "parser"]

QUICK = "the small run of [quick]: it proves the chain, no figures"


class Report(NamedTuple):
    """What a re-run has to show: a page, and the files it lies in; none where it is only shown."""

    page: str
    written: Iterable[Path] = ()


class End(NamedTuple):
    """How a command ended: what goes to stdout and to stderr, "" = nothing, and its exit status."""

    page: str
    said: str
    status: int


def parser(about: str | None, *, quick: str = QUICK) -> argparse.ArgumentParser:
    """Return a parser of the options that all of them have: --out, --quick, --data."""
    own = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    own.add_argument("--out", type=Path, required=True, help="where everything goes; the same again goes on")
    own.add_argument("--quick", action="store_true", help=quick)
    own.add_argument("--data", type=Path, help="the folder of the public corpora; SONGKIN_DATA otherwise")
    return own


def ended(work: Callable[[], Report], out: Path) -> End:
    """Run what makes the report; what cannot be done, or is stopped, ends in one line and status 1."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    try:
        report = work()
    except (SongkinError, OSError) as error:  # such as --out within a file
        return End("", plainly(error, out), 1)
    except KeyboardInterrupt:
        return End("", f"stopped; the same command goes on in {out}", 1)
    written = ", ".join(map(str, report.written))
    return End(report.page, f"written: {written}" if written else "", 0)


def log_step(log: logging.Logger, name: str, step: Step, *, times: int) -> None:
    """Log a training so many times, with its loss and the best score so far."""
    if step.step % max(1, step.steps // times) == 0:
        best = "" if step.score is None else f", best {step.score:.3f}"
        log.info("%s: step %d of %d, loss %.3f%s", name, step.step, step.steps, step.loss, best)
