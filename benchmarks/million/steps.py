"""Where an add's time goes: processor time a song of each step, one process, one step after the other.

python benchmarks/million/steps.py [--songs 3000]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).parent))
from songs import parts

from songkin import sources
from songkin.encoders import load, student_of
from songkin.filters import columns
from songkin.library.preparing import digest, encoded, prepared
from songkin.store import writing
from songkin.text import fold, lines, passages

T = TypeVar("T")


def main() -> None:
    """Print a row a step."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=3000)
    count = parser.parse_args().songs
    encoder = load(threads=1)
    student = student_of(encoder)
    took: dict[str, float] = {}

    def step(name: str, work: Callable[[], T]) -> T:
        began = time.process_time()
        done = work()
        took[name] = (time.process_time() - began) * 1000 / count
        return done

    with tempfile.TemporaryDirectory() as folder:
        [file] = parts(Path(folder), count)
        songs = step("reading records", lambda: list(sources.read(file, lost=print)))
        step("digests", lambda: [digest(song) for song in songs])
        words = [song.lyrics.text for song in songs if song.lyrics]
        step("cleaning, folding, cutting", lambda: [passages(fold(lines(text))) for text in words])
        rows = step("the same, and words, stems, sounds, descriptions", lambda: [prepared(song) for song in songs])
        step("filter columns", lambda: [columns(song) for song in songs])
        sung = [passage.text for row in rows for passage in row.passages]
        step("the student reads passages", lambda: student.encode_songs(sung))
        step("the encoder reads descriptions", lambda: encoder.encode_songs([row.about for row in rows if row.about]))
        full = encoded(rows, encoder, student)
        with writing(Path(folder) / "L", dim=encoder.dim) as writer:
            step("filter columns, Arrow, Lance", lambda: writer.upsert(full))
            step("indexes and merging", writer.finish)
    for name, spent in took.items():
        print(f"{name:52} {spent:6.3f} ms")


if __name__ == "__main__":
    main()
