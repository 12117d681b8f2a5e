"""The ground plan of docs/architecture.md, enforced: which room may import which."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import songkin

ROOT = Path(songkin.__file__).parent
CORE = "errors extras"
MAY_IMPORT = {
    "errors": "",
    "extras": "errors",
    "memory": "",
    "workers": "",
    "types": "errors",
    "filters": "types errors",
    "settings": "errors",
    "text": "types errors extras",
    "audio": "types errors extras workers",
    "sources": "types errors extras text audio",
    "remote": "types errors extras settings text",
    "store": "types filters errors extras memory text",
    "encoders": "types errors extras text audio",
    "annotate": "types errors extras text encoders",
    "search": "types filters errors text store encoders",
    "atlas": "types errors extras text store evaluation",
    "library": "errors extras workers types filters settings text audio sources remote store encoders annotate search "
    "atlas",
    "datasets": "types errors sources settings text",
    "evaluation": "types errors extras text datasets",
    "training": "types errors extras settings text audio encoders annotate search datasets evaluation",
    "serve": "library types filters errors settings extras memory",
    "scale": "library types errors extras settings",
}
GARDEN = {f"serve/cli/{name}" for name in ("train", "evaluate", "datasets", "serve", "demo", "add")}  # files or folders


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """The rooms a module imports; `from songkin import x` counts as x. Imports for type checking count as well."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names = [f"{node.module}.{a.name}" if node.module == "songkin" else str(node.module) for a in node.names]
        found |= {name.split(".")[1] for name in names if name.startswith("songkin.")}
    return found & (set(MAY_IMPORT) | {"testing"})


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda p: str(p.relative_to(ROOT)))
def test_a_room_imports_only_what_the_ground_plan_allows(path: Path) -> None:
    own = room(path)
    if own in ("__init__", "__main__", "testing"):
        return
    assert own in MAY_IMPORT, f"{path}: no such room in the ground plan"
    allowed = {own, *MAY_IMPORT[own].split()}
    if "/".join(path.relative_to(ROOT).with_suffix("").parts[:3]) in GARDEN:
        allowed |= {"datasets", "evaluation", "training", "scale"}
    assert imported_rooms(path) <= allowed


def test_no_two_rooms_import_each_other() -> None:
    edges = {(own, other) for own, others in MAY_IMPORT.items() for other in others.split()}
    assert not [(a, b) for a, b in edges if (b, a) in edges]
