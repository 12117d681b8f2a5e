"""What a user may set once: defaults < songkin.toml < SONGKIN_* < flags. The only reader of the environment.

Conventions
-----------
`songkin.toml` is looked for in the working folder, then in the platform's configuration folder; the first one counts,
and its relative paths start at its own folder. An empty variable and a flag that is None are not given.
pydantic, platformdirs and tomllib are imported on `load`, so that importing this module costs nothing.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from songkin.errors import SettingsError

__all__ = ["Settings", "default_library", "settings_file"]

log = logging.getLogger(__name__)
PREFIX = "SONGKIN_"
FILE = "songkin.toml"
PATHS = ("library", "data")
TAKES = {
    "library": "a folder or an object-store address such as s3://bucket/songs",
    "encoder": "the name of an encoder or its folder",
    "threads": "a whole number from 1",
    "data": "the folder of the data sets",
    "seed": "a whole number from 0",
}


def default_library() -> str:
    """Return the library used when none is named: a folder in the platform's data folder."""
    from platformdirs import user_data_path

    return str(user_data_path("songkin", appauthor=False) / "library")


def settings_file() -> Path | None:
    """Return the songkin.toml that counts, None where there is none."""
    from platformdirs import user_config_path

    places = (Path(FILE), user_config_path("songkin", appauthor=False) / FILE)
    return next((place for place in places if place.is_file()), None)


class Given(NamedTuple):
    """One value and where it stands, for the error that may name it."""

    value: Any
    place: str


class _AtLeast(NamedTuple):
    """The lowest value a number may have, in the form pydantic understands."""

    ge: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force.

    `library` is a folder or an object-store URI; `encoder` None is the shipped one; `threads` None leaves the number to
    the machine; `data` is the folder of the public corpora; `seed` starts everything random.
    """

    library: str = field(default_factory=default_library)
    encoder: str | None = None
    threads: Annotated[int, _AtLeast(1)] | None = None
    data: Path | None = None
    seed: Annotated[int, _AtLeast(0)] = 0

    @classmethod
    def load(cls, **flags: Any) -> Settings:
        """Read file, environment and flags, the later winning; SettingsError names the place, the value and the cure."""
        given = {**dict(_from_file(settings_file())), **dict(_from_environment(os.environ)), **dict(_from_flags(flags))}
        return _checked(given)


NAMES = tuple(setting.name for setting in fields(Settings))
