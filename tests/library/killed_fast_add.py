"""A fast add that says each song chunk once it is committed, until it is killed; run by test_library_fast."""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from library_songs import FastToy, load_toys, song

from songkin.library import Added, Library, adding, encoding, importing


def told(done: Added) -> None:
    print(done.added, flush=True)
    time.sleep(0.02)


def main(place: str, songs: int) -> None:
    adding.FAST_CHUNK = 3
    encoding.load = load_toys
    importing.student_of = lambda encoder: FastToy()
    Library.add([song(number) for number in range(songs)], place, fast=True, progress=told)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
