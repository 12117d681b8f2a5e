"""One vector a song: the mean direction of its passages; and what a store keeps of one version."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from store_rows import DIM, row, unit

from songkin.store import Store, writing


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("lyric-vectors") / "L"
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(1), row(2, passages=0), row(3, passages=3), row(4, vectors=False)])
        writer.finish()
    return place


def test_a_songs_lyrics_are_the_mean_direction_of_its_passages(place: Path) -> None:
    store = Store.open(place)
    songs = store.lyric_vectors()
    assert store.ids(songs.keys) == ["s1", "s3"]  # no passages and passages without vectors take no part
    for vector, number, passages in zip(songs.vectors, (1, 3), (2, 3), strict=True):
        mean = np.mean([unit(10 * number + part + 1) for part in range(passages)], axis=0)
        np.testing.assert_allclose(vector, mean / np.linalg.norm(mean), atol=2e-3)  # they rest as float16


def test_a_large_library_gives_the_same_vectors_in_parts(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = Store.open(place).lyric_vectors()
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    monkeypatch.setattr("songkin.store.nearness.SONGS_AT_ONCE", 1)
    large = Store.open(place).lyric_vectors()
    np.testing.assert_array_equal(small.keys, large.keys)
    np.testing.assert_allclose(small.vectors, large.vectors, atol=1e-6)


def test_no_songs_have_no_vectors(tmp_path: Path) -> None:
    with writing(tmp_path / "L", dim=DIM) as writer:
        writer.finish()
    songs = Store.open(tmp_path / "L").lyric_vectors()
    assert songs.vectors.shape == (0, DIM)
    assert songs.keys.shape == (0,)


def test_what_is_derived_is_made_once_until_the_next_refresh(place: Path) -> None:
    store, numbers = Store.open(place), iter(range(9))
    assert [store.kept("what", lambda: next(numbers)) for _ in range(3)] == [0, 0, 0]
    store.refresh()
    assert store.kept("what", lambda: next(numbers)) == 1
