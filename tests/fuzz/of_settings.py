"""Targets: files by which a person sets things: songkin.toml, recipes."""

from __future__ import annotations

from pathlib import Path

from laws import refused
from of_files import PLACE, written
from targets import Target

from songkin import settings
from songkin.training import recipes

RECIPES = Path(__file__).parents[2] / "recipes"


def songkin_toml(content: bytes) -> None:
    """Read a songkin.toml; every setting is of its type, or one legible error."""
    path = written("songkin.toml", content)
    with refused():
        read = {given.name: settings._read(given) for given in settings._in_file(path)}
        settings.Settings(**read)


def recipe(content: bytes) -> None:
    """Read a recipe."""
    path = written("recipe.toml", content)
    with refused():
        found = recipes.read(path)
        assert found.task in recipes.TASKS
        assert found.batches.size >= 1


def _settings_seeds() -> list[bytes]:
    return [
        b'library = "music"\nencoder = "x"\ndim = 128\nthreads = 2\nruntime = "onnxruntime"\nseed = 7\n',
        b'data = "../data"\nuser = "anna"\nsubsonic_password = "sesame"\n',
    ]


def _recipe_seeds() -> list[bytes]:
    assert PLACE.is_dir()
    return [path.read_bytes() for path in sorted(RECIPES.rglob("*.toml"))[::3]]


WORDS = (
    "library",
    "dim = ",
    "seed = ",
    "[network]",
    "[[source]]",
    "start = ",
    "nan",
    "inf",
    "1e308",
    '"""',
    "'''",
    "[[[[[[[[",
    "{a={a={a=",
    "0x",
    "9" * 400,
    "1979-05-27",
    "true",
    "\\ud800",
    "\\u0000",
    "= [",
    "a.b.c = 1",
)
TARGETS = (
    Target("settings", songkin_toml, _settings_seeds, WORDS),
    Target("recipes", recipe, _recipe_seeds, WORDS),
)
