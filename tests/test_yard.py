"""The yard holds: the Makefile's promises, CI, what songkin declares it needs, and what the wheel carries."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import songkin

ROOT = Path(__file__).parent.parent
SOURCE = Path(songkin.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
TARGETS = ("demo", "test", "test-slow", "check", "licences", "audit", "bench", "wheel", "clean", "help")
WHEEL_LIMIT_MB = 60
IMPORTED_BY_OTHERS = {
    "python-multipart",
    "pystemmer",
}  # by starlette, for the page's forms; by snowballstemmer, for speed
MACHINE_PATH = re.compile(r"(?<![\w.\"/])/(?!dev/null|bin/|usr/bin/env|path/to)\w+/")


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(requirement).name) for requirement in requirements}


def third_party_imports(path: Path) -> Iterator[str]:
    """Give the top-level packages a module imports that are neither Python's nor songkin's."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        found = [str(node.module)] if isinstance(node, ast.ImportFrom) else found
        tops = {name.partition(".")[0] for name in found}
        yield from tops - sys.stdlib_module_names - {"songkin"}


def wanted_extras(path: Path) -> Iterator[str]:
    """Give the extras that calls of `need(..., extra=...)` name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "need":
            yield from (k.value.value for k in node.keywords if k.arg == "extra" and isinstance(k.value, ast.Constant))


# -- what songkin needs ------------------------------------------------------------------------------------------------


def test_every_package_that_is_imported_is_required() -> None:
    required, homes = names(PROJECT["dependencies"]), packages_distributions()
    testing = names(EXTRAS["test"])
    missing = set()
    for path in SOURCE.rglob("*.py"):
        allowed = required | testing if path.name == "testing.py" else required
        allowed |= names(EXTRAS["train"]) if path.parts[len(SOURCE.parts)] == "training" else set()
        for top in third_party_imports(path):
            if not allowed & {canonicalize_name(home) for home in homes.get(top, [top])}:
                missing.add(f"{path.relative_to(SOURCE)} imports {top}")
    assert missing == set()


def test_every_required_package_is_imported() -> None:
    homes = packages_distributions()
    used = {top for path in SOURCE.rglob("*.py") for top in third_party_imports(path)}
    found = {canonicalize_name(home) for top in used for home in homes.get(top, [])}
    assert names(PROJECT["dependencies"]) <= found | IMPORTED_BY_OTHERS


def test_every_extra_that_an_error_names_exists() -> None:
    assert {extra for path in SOURCE.rglob("*.py") for extra in wanted_extras(path)} <= set(EXTRAS)


def test_the_quick_tests_need_no_heavy_package() -> None:
    assert not {"torch", "sentence-transformers"} & names(EXTRAS["test"])


# -- the wheel ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel once; nothing is fetched."""
    pytest.importorskip("hatchling", reason="hatchling builds the wheel; it comes with: pip install 'songkin[test]'")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PYTHONWARNINGS": ""})
    return next(folder.glob("songkin-*.whl"))


def test_the_wheel_carries_the_whole_package_and_nothing_else(wheel: Path) -> None:
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    folders = (SOURCE, SOURCE.parent / "beetsplug")
    every = (path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts)
    assert packed == {path.relative_to(SOURCE.parent).as_posix() for path in every if path.is_file()}
    assert "beetsplug/__init__.py" not in packed  # beets' own folder of plugins and ours are one


@pytest.mark.parametrize("part", ["py.typed", "encoders/models/", "datasets/demo_songs"])
def test_the_wheel_carries_what_songkin_works_with_offline(wheel: Path, part: str) -> None:
    assert any(name.startswith(f"songkin/{part}") for name in zipfile.ZipFile(wheel).namelist())


def test_the_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size <= WHEEL_LIMIT_MB * 1_000_000


def test_the_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    zipfile.ZipFile(wheel).extractall(tmp_path)
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import songkin; from songkin.encoders import load; "
        "print(songkin.__file__, load().encode_songs(['a song about rain']).shape[0])"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(tmp_path / "songkin" / "__init__.py"), "1"]


# -- make and CI -------------------------------------------------------------------------------------------------------


def test_make_alone_lists_the_targets() -> None:
    listed = subprocess.run(
        ["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert {line.split()[1] for line in listed.splitlines()} == set(TARGETS)


def test_ci_runs_every_proof() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "set -euo pipefail" in script
    assert re.search(r"for target in test check test-slow licences audit demo;", script)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    subprocess.run(["bash", "-n", str(ROOT / ".ci" / "run")], check=True)


@pytest.mark.parametrize("name", ["Makefile", ".ci/run", "pyproject.toml", "CONTRIBUTING.md"])
def test_the_yard_knows_no_machine_by_name(name: str) -> None:
    assert MACHINE_PATH.findall((ROOT / name).read_text(encoding="utf-8")) == []


def test_what_readers_are_told_to_open_is_there() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))):
        links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text(encoding="utf-8"))
        assert [link for link in links if not (page.parent / link).exists()] == [], page.name


def test_the_plan_of_the_house_names_every_room() -> None:
    table = [
        line for line in (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").splitlines() if "|" in line
    ]
    drawn = {name for line in table for name in re.findall(r"`(\w+)`", line.split("|")[1])}
    modules = (path for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists())
    assert {path.stem for path in modules if not path.stem.startswith("__")} <= drawn
