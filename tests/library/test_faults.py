"""Killed at random moments of everything that writes, a library opens with all that was acknowledged."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "benchmarks" / "faults" / "run.py"


def killed(kills: int, seed: int) -> dict[str, object]:
    command = [sys.executable, str(RUN), "--kills", str(kills), "--seed", str(seed), "--json"]
    told = subprocess.run(command, capture_output=True, text=True, check=False)
    report: dict[str, object] = json.loads(told.stdout)
    assert (told.returncode, report["faults"]) == (0, []), report
    return report


@pytest.mark.slow
def test_thirty_kills_of_every_work_lose_nothing() -> None:
    report = killed(30, seed=5)
    assert report["kills"] == 30
    assert len(report["by_work"]) == 7  # type: ignore[arg-type]
