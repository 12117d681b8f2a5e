"""Write timbre and chroma of audio files as shards, which audio.toml and joint.toml read.

python recipes/deepplaylist/shards.py MUSIC --out shards       a song's id is its file's name without the ending
"""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from songkin.errors import SongkinError
from songkin.training.deepplaylist.recorded import shard_folder

log = logging.getLogger("shards")


def main() -> int:
    """Run by the command line; return 0, or 1 where no file could be read."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    options = _options()
    try:
        own = shard_folder(options.music, options.out, songs_each=options.songs_each, lost=log.warning, tell=_tell)
    except (SongkinError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{own.songs:,} songs in {len(own.shards)} shards of {options.out}; {own.lost:,} files could not be read")
    return 0 if own.songs else 1


def _tell(done: int, files: int) -> None:
    if done % max(1, files // 20) == 0:
        log.info("%d of %d files", done, files)


def _options() -> argparse.Namespace:
    own = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    own.add_argument("music", type=Path, help="a folder of audio files")
    own.add_argument("--out", type=Path, required=True, help="an empty folder for the shards")
    own.add_argument("--songs-each", type=int, default=1000, help="songs a shard")
    return own.parse_args()


if __name__ == "__main__":
    sys.exit(main())
