"""The clusters of a library: found once, kept beside it, found again when it changes, done without where it must."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import numpy as np
import pytest
from library_songs import add, song

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.clustering import partition
from songkin.store import Store
from songkin.types import Query

CALLS = "songkin.library.clustering.clusters"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    add(tmp_path / "L", [song(number) for number in range(24)])
    return tmp_path / "L"


def test_the_clusters_are_kept_for_the_next_process(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = partition(Store.open(place), 3)
    monkeypatch.setattr(CALLS, None)  # a second time nothing is clustered
    again = partition(Store.open(place), 3)
    for one, other in zip(first[:3], again[:3], strict=True):
        np.testing.assert_array_equal(one, other)
    assert len(first.centroids) == 3
    assert len(first.keys) == 24


def test_the_clusters_are_found_again_when_the_library_changed(place: Path) -> None:
    partition(Store.open(place), 3)
    add(place, [song(30)])
    assert len(partition(Store.open(place), 3).keys) == 25


def test_a_damaged_file_of_clusters_is_told_and_made_again(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    partition(Store.open(place), 3)
    kept = next((place / "clusters").glob("*.npz"))
    kept.write_bytes(kept.read_bytes()[:40])
    with caplog.at_level(logging.WARNING):
        assert len(partition(Store.open(place), 3).keys) == 24
    assert "found again" in caplog.text
    assert len(kept.read_bytes()) > 40


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_library_that_may_only_be_read_does_without_by_rights(place: Path) -> None:
    place.chmod(0o555)
    try:
        assert len(partition(Store.open(place), 3).keys) == 24
    finally:
        place.chmod(0o755)


def test_a_library_that_may_only_be_read_does_without(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("numpy.savez", refused)
    assert len(partition(Store.open(place), 3).keys) == 24
    assert not list((place / "clusters").glob("*"))


def test_the_library_answers_by_clusters_and_by_cosine(place: Path) -> None:
    library = Library.open(place)
    ways = ("clusters", "clusters=2", "cosine", "keywords", "keywords=2")
    for strategy, channel in ((way, way.partition("=")[0]) for way in ways):
        hits = library.similar("s8", strategy=strategy, k=3).hits
        assert [hit.song.id for hit in hits[:2]] == ["s16", "s0"] or {hit.song.id for hit in hits[:2]} == {"s0", "s16"}
        assert {reason.channel for hit in hits for reason in hit.reasons} == {channel}


def test_a_batch_takes_strategies_row_by_row(place: Path) -> None:
    asked = [Query(like=("s8",), strategy="cosine", k=3), Query(like=("s8",), k=3), Query(like=("s8",), strategy="no")]
    cosine, own, unknown = Library.open(place).batch(asked)
    assert not isinstance(cosine, QueryError)
    assert {hit.id for hit in cosine[:2]} == {"s0", "s16"}
    assert not isinstance(own, QueryError)
    assert isinstance(unknown, QueryError)


@pytest.mark.parametrize(
    "strategy", ["clusters=0", "clusters=many", "clusters=-1", "clusters=9999999", "cosine=3", "keywords=0"]
)
def test_a_number_of_clusters_that_means_nothing_is_an_error(place: Path, strategy: str) -> None:
    with pytest.raises(QueryError, match="clusters"):
        Library.open(place).similar("s8", strategy=strategy)


def test_more_clusters_than_songs_leave_each_song_alone(place: Path) -> None:
    answer = Library.open(place).similar("s8", strategy="clusters=1000", k=3)
    assert answer.hits == ()


def test_kept_clusters_that_do_not_fit_together_are_found_again(place: Path) -> None:
    answer = Library.open(place).similar("s0", strategy="clusters=2")
    (file,) = (place / "clusters").glob("2.npz")
    with np.load(file) as kept:
        parts = dict(kept)
    np.savez(file, **{**parts, "labels": parts["labels"][:1]})
    assert Library.open(place).similar("s0", strategy="clusters=2").hits == answer.hits


def test_a_file_where_the_folder_of_what_is_kept_should_be_changes_no_answer(place: Path) -> None:
    (place / "clusters").write_text("no folder")
    assert len(partition(Store.open(place), 3).keys) == 24
    assert (place / "clusters").read_text() == "no folder"
