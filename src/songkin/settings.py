"""What a user may set once: defaults < songkin.toml < SONGKIN_* < flags. The only reader of the environment.

Conventions
-----------
`songkin.toml` is looked for in the working folder, then in the platform's configuration folder; the first one counts,
and its relative paths start at its own folder. An empty variable and a flag that is None are not given.
Ten settings are read by hand: importing pydantic-settings takes 150 ms, a third of what `songkin --help` may.
"""

from __future__ import annotations

import difflib
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from songkin.errors import SettingsError

__all__ = ["Settings", "default_library", "settings_file"]

log = logging.getLogger(__name__)
PREFIX = "SONGKIN_"
FILE = "songkin.toml"


def default_library() -> str:
    """Return the library used when none is named: a folder in the platform's data folder."""
    from platformdirs import user_data_path

    return str(user_data_path("songkin", appauthor=False) / "library")


def settings_file() -> Path | None:
    """Return the songkin.toml that counts, None where there is none."""
    from platformdirs import user_config_path

    places = (Path(FILE), user_config_path("songkin", appauthor=False) / FILE)
    return next((place for place in places if place.is_file()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings in force.

    `library` is a folder or s3://bucket/path; `encoder` None is the shipped one; `dim` (from 1) keeps so many numbers
    of its vectors, None = all; `threads` (from 1) None leaves the number to the machine; `runtime` is
    "onnxruntime", "openvino" or None, the best there is; `data` is the folder of the public corpora; `seed` (from
    0) starts everything random; `user` is who asks, "" = nobody in particular; `slack` (from 0) is how much
    versions of a library that are out of date may take on the disk, as a share of what it needs, until they are
    dropped sooner; `subsonic_password` and `subsonic_key` (an API key) sign in at a player's server, None = it is
    asked for.
    """

    library: str = field(default_factory=default_library)
    encoder: str | None = None
    dim: int | None = None
    threads: int | None = None
    runtime: str | None = None
    data: Path | None = None
    seed: int = 0
    user: str = ""
    slack: float = 0.5
    subsonic_password: str | None = field(default=None, repr=False)
    subsonic_key: str | None = field(default=None, repr=False)

    @classmethod
    def load(cls, **flags: Any) -> Settings:
        """Read file, environment and flags, the later winning; SettingsError names the place, value and cure."""
        given: dict[str, _Given] = {}
        for setting in (*_in_file(settings_file()), *_in_environment(os.environ), *_in_flags(flags)):
            given[setting.name] = setting
        return cls(**{name: _read(setting) for name, setting in given.items()})


class _Given(NamedTuple):
    """One value, the place it stands in, and the folder its relative path starts at."""

    name: str
    value: Any
    place: str
    folder: Path = Path()


class _Setting(NamedTuple):
    """How a setting's value is read, and what it takes, in words."""

    read: Callable[[Any, Path], Any]
    takes: str


def _in_file(path: Path | None) -> Iterator[_Given]:
    """Yield what a songkin.toml says; no file says nothing."""
    if path is None:
        return
    import tomllib

    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: cannot be read as TOML: {' '.join(str(error).split())}") from error
    for name, value in table.items():
        if name not in SETTINGS:
            raise SettingsError(f"{path}: there is no setting '{name}'; {_meant(name)}")
        yield _Given(name, value, f"{path}: {name}", path.parent)


def _in_environment(environment: Mapping[str, str]) -> Iterator[_Given]:
    """Yield the SONGKIN_* variables that are settings; others are other programs' business and only logged."""
    for variable, value in environment.items():
        name = variable.removeprefix(PREFIX).lower()
        if not variable.startswith(PREFIX) or not value:
            continue
        if name in SETTINGS:
            yield _Given(name, value, variable)
        else:
            log.warning("%s is no setting; %s", variable, _meant(name))


def _in_flags(flags: Mapping[str, Any]) -> Iterator[_Given]:
    """Yield the flags that were given; an unknown one is a mistake in the program."""
    for name, value in flags.items():
        assert name in SETTINGS, name
        if value is not None:
            yield _Given(name, value, f"--{name}")


def _read(given: _Given) -> Any:
    """Bring a value into its setting's type."""
    setting = SETTINGS[given.name]
    try:
        return setting.read(given.value, given.folder)
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{given.place} is {given.value!r}; it takes {setting.takes}") from error


def _meant(name: str) -> str:
    near = difflib.get_close_matches(name.lower(), SETTINGS, n=1, cutoff=0.5)
    return (f"did you mean '{near[0]}'? " if near else "") + f"Settings: {', '.join(SETTINGS)}"


def _words(value: Any, folder: Path) -> str:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise ValueError
    return str(value)


def _place(value: Any, folder: Path) -> Path:
    return folder / Path(_words(value, folder)).expanduser()


def _address(value: Any, folder: Path) -> str:
    """Return a folder's path, or the address of an object store as it is."""
    if isinstance(value, str) and value.startswith("s3://"):
        return value
    if (isinstance(value, str) and "://" in value) or str(value).startswith("s3:/"):
        raise ValueError
    return str(_place(value, folder))


def _whole(low: int) -> Callable[[Any, Path], int]:
    """Return a reader of whole numbers from `low`."""

    def read(value: Any, folder: Path) -> int:
        if not isinstance(value, int | str) or isinstance(value, bool) or int(value) < low:
            raise ValueError
        return int(value)

    return read


def _share(value: Any, folder: Path) -> float:
    """Read a number from 0."""
    if not isinstance(value, int | float | str) or isinstance(value, bool) or not 0 <= float(value) < float("inf"):
        raise ValueError
    return float(value)


def _one_of(*names: str) -> Callable[[Any, Path], str]:
    """Return a reader of one of a few names."""

    def read(value: Any, folder: Path) -> str:
        if value not in names:
            raise ValueError
        return str(value)

    return read


SETTINGS: Mapping[str, _Setting] = {
    "library": _Setting(_address, "a folder on this machine, or the text s3://BUCKET/PATH"),
    "encoder": _Setting(_words, "the name of an encoder or its folder"),
    "dim": _Setting(_whole(1), "a whole number from 1"),
    "threads": _Setting(_whole(1), "a whole number from 1"),
    "runtime": _Setting(_one_of("onnxruntime", "openvino"), "onnxruntime or openvino"),
    "data": _Setting(_place, "the folder of the public corpora"),
    "seed": _Setting(_whole(0), "a whole number from 0"),
    "user": _Setting(_words, "a name"),
    "slack": _Setting(_share, "a number from 0, such as 0.5"),
    "subsonic_password": _Setting(_words, "the password of the user that a subsonic:// address names"),
    "subsonic_key": _Setting(_words, "an API key of a player's server"),
}
