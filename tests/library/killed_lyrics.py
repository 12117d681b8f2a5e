"""Find missing words with the toy encoder, in a process of its own that a test kills: LIBRARY SERVER CACHE."""

from __future__ import annotations

import sys
from pathlib import Path

from songkin.library import Library, missing_lyrics
from songkin.remote.lrclib import Lrclib
from songkin.testing import ToyEncoder

if __name__ == "__main__":
    place, server, cache = sys.argv[1:]
    missing_lyrics.CHUNK = 2
    library = Library.open(place, encoder=ToyEncoder())
    library.find_lyrics(Lrclib(server, cache=Path(cache), pause_s=0.05))
