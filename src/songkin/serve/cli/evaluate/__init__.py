"""songkin evaluate: the command, and what it does for each make of task."""

from songkin.serve.cli.evaluate.command import EXAMPLES, run

__all__ = ["EXAMPLES", "run"]
