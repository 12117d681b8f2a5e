"""The libraries that the tests of search share, each made once."""

from __future__ import annotations

import pytest
from search_songs import FILLERS, STEPS, TOLD, Shelf, shelved


@pytest.fixture(scope="session")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Forty songs: ten told by hand, thirty made by rule."""
    return shelved(tmp_path_factory.mktemp("shelf") / "library", (*TOLD, *FILLERS))


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """No songs."""
    return shelved(tmp_path_factory.mktemp("empty") / "library", ())


@pytest.fixture(scope="session")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """One song."""
    return shelved(tmp_path_factory.mktemp("alone") / "library", TOLD[:1])


@pytest.fixture(scope="session")
def unread(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """The ten songs told by hand, without vectors."""
    return shelved(tmp_path_factory.mktemp("unread") / "library", TOLD, encode=False)


@pytest.fixture(scope="session")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    """Six songs whose tempo and likeness one can work out by hand."""
    return shelved(tmp_path_factory.mktemp("steps") / "library", STEPS)
