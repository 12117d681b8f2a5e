"""A listening that commits every song alone and kills itself after some; run by test_library_listen."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from library_songs import load_toys

from songkin.library import Library, encoding, listening


def main(place: str, after: int) -> None:
    listening.CHUNK = 1
    encoding.load = load_toys
    committed = listening.Hearing._commit

    def commit(self: listening.Hearing, *chunk: object) -> None:
        committed(self, *chunk)  # type: ignore[arg-type]
        if self.done.heard >= after:
            os.kill(os.getpid(), signal.SIGKILL)

    listening.Hearing._commit = commit  # type: ignore[method-assign, assignment]
    Library.open(place).listen(workers=2)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
