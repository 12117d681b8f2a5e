"""Train a tiny recipe in a process of its own, slowly, so that a test can kill it."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from songkin.training.run import run

if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]), threads=1, tell=lambda step: time.sleep(0.1))
