"""One vector a song: the mean direction of its passages; and what a store keeps of one version."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from store_rows import DIM, row, unit

from songkin.filters import parse
from songkin.store import Store, writing
from songkin.types import Where


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


@pytest.mark.parametrize("where", [None, parse("year:1990..1999")])
def test_a_large_library_finds_wholes_by_their_index(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: Where | None
) -> None:
    monkeypatch.setattr("songkin.store.indexes.EXACT_ROWS", 100)
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number, passages=1 + number % 3) for number in range(400)])
        writer.finish()
    small = Store.open(tmp_path).nearest_wholes(unit(7), where=where, limit=10)
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    store = Store.open(tmp_path)
    assert store.tables.run(store.tables.songs.index_stats("whole_idx")).num_indexed_rows == 400
    large = store.nearest_wholes(unit(7), where=where, limit=10)
    assert large.keys.tolist() == small.keys.tolist()
    assert large.scores.tolist() == pytest.approx(small.scores.tolist(), abs=1e-5)


def test_a_song_that_changed_is_another_whole(place: Path, tmp_path: Path) -> None:
    own = Path(shutil.copytree(place, tmp_path / "L"))
    before = Store.open(own).lyric_vectors()
    with writing(own, dim=DIM) as writer:
        writer.upsert([row(1, passages=1, digest="new")])
        writer.remove(["s3"])
    store = Store.open(own)
    songs = store.lyric_vectors()
    assert store.ids(songs.keys) == ["s1"]
    np.testing.assert_allclose(songs.vectors[0], unit(11), atol=2e-3)
    assert not np.allclose(songs.vectors[0], before.vectors[0], atol=2e-3)


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


def test_what_a_song_sings_is_there_once_a_passage(place: Path) -> None:
    store = Store.open(place)
    sung = store.song_stems()
    told = dict(zip(store.ids(sung["key"].to_numpy()), sung["sung_stems"].to_pylist(), strict=True))
    assert told == {"s1": "all n1 all n1", "s3": "all n3 all n3 all n3", "s4": "all n4 all n4"}  # s2 sings nothing
    some = store.song_stems(store.keys(["s2", "s3"]))
    assert some["sung_stems"].to_pylist() == [told["s3"]]
    assert store.song_stems(store.keys(["s2"])).num_rows == 0


def test_songs_are_found_by_all_they_sing(place: Path) -> None:
    store = Store.open(place)
    found = store.match("sung_stems", ["n3", "n4"], where=None, limit=5)
    assert store.ids(found.keys) == ["s3", "s4"]
