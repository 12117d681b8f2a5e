"""Shards of timbre and chroma: written as songs come, streamed a few rows at a time, asked by song."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.errors import TrainingError
from songkin.training.pairs.shards import Shards, stream_shards, write_shards

Row = tuple[str, np.ndarray, np.ndarray]


def songs(*lengths: int, seed: int = 0) -> list[Row]:
    rng = np.random.default_rng(seed)
    return [
        (f"s{at}", rng.normal(size=(n, 12)).astype(np.float32), rng.random((n, 12), np.float32))
        for at, n in enumerate(lengths)
    ]


def streamed(folder: Path, **options: object) -> list[Row]:
    found = []
    for batch in stream_shards(folder, **options):  # type: ignore[arg-type]
        for at, own in enumerate(batch.ids):
            rows = slice(batch.starts[at], batch.starts[at + 1])
            found.append((own, batch.timbre[rows], batch.chroma[rows]))
    return found


def same(found: list[Row], wanted: list[Row]) -> bool:
    return [row[0] for row in found] == [row[0] for row in wanted] and all(
        (one[at] == other[at]).all() for one, other in zip(found, wanted, strict=True) for at in (1, 2)
    )


@given(st.lists(st.integers(0, 9), min_size=1, max_size=12), st.integers(1, 5), st.integers(1, 20))
def test_songs_come_back_as_they_were_few_rows_at_a_time(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], each: int, most: int
) -> None:
    folder = tmp_path_factory.mktemp("shards")
    rows = songs(*lengths)
    files = write_shards(folder, iter(rows), songs_each=each)
    assert [file.name for file in files] == [f"shard-{at:05d}.safetensors" for at in range(-(-len(rows) // each))]
    assert same(streamed(folder, rows_at_once=most), rows)
    for batch in stream_shards(folder, rows_at_once=most):
        assert len(batch.timbre) == len(batch.chroma) == batch.starts[-1]
        assert len(batch.timbre) <= most or len(batch.ids) == 1


def test_a_song_is_asked_for_by_its_id(tmp_path: Path) -> None:
    rows = songs(3, 0, 7, 2)
    write_shards(tmp_path, rows, songs_each=2)
    own = Shards(tmp_path)
    assert (own.ids, len(own), "s2" in own, "x" in own) == (("s0", "s1", "s2", "s3"), 4, True, False)
    assert same([tuple(own.song(name)) for name in own.ids], rows)  # type: ignore[misc]
    with pytest.raises(TrainingError, match="no shard holds the song 'x'"):
        own.song("x")


@pytest.mark.parametrize("damage", ["cut", "noise", "empty", "other"])
def test_a_damaged_shard_is_told_by_name_and_the_rest_comes(tmp_path: Path, damage: str) -> None:
    from safetensors.numpy import save_file

    rows = songs(3, 4, 5, 6)
    second = write_shards(tmp_path, rows, songs_each=1)[1]
    whole = second.read_bytes()
    second.write_bytes({"cut": whole[:-20], "noise": b"\xff" * 100, "empty": b"", "other": b""}[damage])
    if damage == "other":
        save_file({"timbre": np.zeros((2, 12), np.float32)}, second)
    told: list[str] = []
    assert same(streamed(tmp_path, told=told.append), [rows[0], *rows[2:]])
    assert [line.split(":")[0] for line in told] == ["shard-00001.safetensors"]
    told.clear()
    assert Shards(tmp_path, told=told.append).ids == ("s0", "s2", "s3")
    assert len(told) == 1


def test_parts_that_do_not_fit_each_other_are_damage(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    zeros = np.zeros((4, 12), np.float32)
    for at, (chroma, starts, ids) in enumerate(
        [(zeros[:3], [0, 4], '["a"]'), (zeros, [0, 5], '["a"]'), (zeros, [0, 4], '["a", "b"]'), (zeros, [0, 4], "{")]
    ):
        arrays = {"timbre": zeros, "chroma": chroma, "starts": np.array(starts, np.int64)}
        save_file(arrays, tmp_path / f"shard-{at:05d}.safetensors", metadata={"ids": ids})
    told: list[str] = []
    assert streamed(tmp_path, told=told.append) == []
    assert len(told) == 4


def test_no_shard_is_left_in_part_by_a_run_that_breaks(tmp_path: Path) -> None:
    def breaking() -> object:
        yield from songs(2, 2, 2)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_shards(tmp_path, breaking(), songs_each=2)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["shard-00000.safetensors"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (("b", np.zeros((2, 12)), np.zeros((3, 12))), r"b: timbre \(2, 12\) and chroma \(3, 12\) are not"),
        (("b", np.zeros((2, 11)), np.zeros((2, 11))), r"not \(segments, 12\) each"),
        (("b", np.full((2, 12), np.nan), np.zeros((2, 12))), "b: a segment holds a value that is no number"),
        (("s0", np.zeros((2, 12)), np.zeros((2, 12))), "the song 's0' comes twice"),
    ],
)
def test_what_is_no_song_is_an_error(tmp_path: Path, row: Row, fault: str) -> None:
    with pytest.raises(TrainingError, match=fault):
        write_shards(tmp_path, [*songs(2), row])


def test_folders_that_hold_shards_are_not_written_and_those_without_not_read(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="there are no shards"):
        next(stream_shards(tmp_path))
    with pytest.raises(TrainingError, match="there are no shards"):
        Shards(tmp_path / "absent")
    assert write_shards(tmp_path, []) == []
    write_shards(tmp_path, songs(2))
    with pytest.raises(TrainingError, match="shards are there already"):
        write_shards(tmp_path, songs(2))
    with pytest.raises(TrainingError, match="songs_each is 0"):
        write_shards(tmp_path / "other", songs(2), songs_each=0)
