"""Connections outward are opened in one room alone, and only when somebody asks for them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import songkin

OUTWARD = re.compile(
    r"^\s*(?:import|from) (?:httpx2?|requests|urllib\.request|urllib3|aiohttp|http\.client)\b", re.MULTILINE
)


def test_no_other_room_imports_what_opens_a_connection() -> None:
    root = Path(songkin.__file__).parent
    found = {path.relative_to(root).parts[0] for path in root.rglob("*.py") if OUTWARD.search(path.read_text("utf-8"))}
    assert found <= {"remote"}


def test_adding_files_loads_nothing_that_speaks_to_servers() -> None:
    told = "import sys; from songkin.library import Library, Reading; Library.players; print('httpx2' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, timeout=60, check=True)
    assert ran.stdout.strip() == "False"
