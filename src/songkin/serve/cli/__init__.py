"""The command line: one command a file."""

from songkin.serve.cli.app import main

__all__ = ["main"]
