"""Files that would never end, or that no reader foresaw, are passed in bounded time and told."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import tagged

from songkin import sources
from songkin.errors import SourceError
from songkin.sources import Loss, music


@pytest.mark.parametrize("garbage", [b"\xff", b"\xff\xfb", b"\0", b"\xff\xe0\x10ab"])
def test_an_mp3_followed_by_garbage_is_read_in_bounded_time_without_its_length(tmp_path: Path, garbage: bytes) -> None:
    path = tmp_path / "long.mp3"
    path.write_bytes(tagged.MP3_FRAME + garbage * (8_000_000 // len(garbage)))
    lost: list[Loss] = []
    begun = time.perf_counter()
    (song,) = music.songs(path, lost=lost.append)
    assert time.perf_counter() - begun < 3
    assert song.title == "long"
    assert song.duration_s is None
    assert [loss.kept for loss in lost] == [True]


def test_a_pipe_called_csv_is_told_and_never_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "songs.csv"
    os.mkfifo(path)
    with pytest.raises(SourceError, match="is no file but a pipe"):
        list(sources.read(path, lost=lambda _: None))
