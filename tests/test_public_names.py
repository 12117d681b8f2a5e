"""What the house promises by name: every `__all__` holds, every public name is explained, the door opens at once."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

import songkin

ROOT = Path(songkin.__file__).parent
SCRIPTS = {"songkin.__main__"}
MODULES = sorted({"songkin", *(m.name for m in pkgutil.walk_packages([str(ROOT)], "songkin."))} - SCRIPTS)
HEAVY = {"torch", "lancedb", "pyarrow", "numpy", "onnxruntime", "tokenizers", "pandas", "pydantic", "typer", "rich"}


def unexplained(module: ModuleType) -> list[str]:
    """Return the public classes and functions that say nothing, or only what Python generates for them."""
    public = {name: getattr(module, name) for name in getattr(module, "__all__", ())}
    spoken = {name: thing for name, thing in public.items() if inspect.isclass(thing) or inspect.isroutine(thing)}
    return [name for name, thing in spoken.items() if not thing.__doc__ or thing.__doc__.startswith(f"{name}(")]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_name_is_there_and_explained(name: str) -> None:
    module = importlib.import_module(name)
    public = getattr(module, "__all__", ())
    assert [own for own in public if not hasattr(module, own)] == []
    assert len(set(public)) == len(public)
    assert unexplained(module) == []


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_begins_by_saying_what_lives_there(path: Path) -> None:
    said = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert said.partition("\n\n")[0].rstrip().endswith((".", "?", ":")), "the first paragraph is a sentence"


def test_every_room_is_a_shop_window() -> None:
    for init in sorted(ROOT.glob("*/__init__.py")):
        kinds = {type(statement).__name__ for statement in ast.parse(init.read_text(encoding="utf-8")).body}
        assert kinds <= {"Expr", "Import", "ImportFrom", "Assign"}, f"{init}: a docstring, imports, __all__, no more"


def test_importing_songkin_loads_nothing_heavy() -> None:
    code = f"import sys, songkin; print(*sorted({HEAVY} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split() == []


def test_importing_songkin_takes_little_more_than_starting_python() -> None:
    """The contract is 0.2 s; a ratio of best times is what a busy machine can still tell. Bare Python: 10-30 ms."""
    bare, ours = (min(seconds(code) for _ in range(7)) for code in ("pass", "import songkin"))
    assert ours < 4 * bare


def seconds(code: str) -> float:
    """Return how long a fresh Python takes to run `code`."""
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began
