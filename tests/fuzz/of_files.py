"""Targets: files of songs and lyrics in every format, playlists, files of pairs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import file_seeds
from laws import STEERS_A_TEXT, arrived, refused
from targets import Target

from songkin import sources
from songkin.serve.pair_files import pairs_in
from songkin.sources import encoding, sidecars
from songkin.sources.playlist_files import KINDS, decoded, entries

MEMORY = Path("/dev/shm")
FOLDER = tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None, prefix="songkin-fuzz-")
PLACE = Path(FOLDER.name)


def written(name: str, content: bytes) -> Path:
    """Put bytes into a file of ours."""
    path = PLACE / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def catalogue(name: str, content: bytes) -> None:
    """Read a catalogue, and guess and count it, which a person sees first."""
    path = written(name, content)
    arrived(lambda lost: sources.read(path, lost=lost))
    for first in (sources.guess, sources.count, lambda one: list(sources.files(one))):
        with refused():
            first(path)


def jsonl(content: bytes) -> None:
    """Every line that is not blank is a song or a loss, and no line is both."""
    path = written("songs.jsonl", content)
    catalogue("songs.jsonl", content)
    songs, losses, error = arrived(lambda lost: sources.read(path, lost=lost, format="jsonl"))
    lines = [line.strip("\ufeff\0 \t\r\n") for line in encoding.lines(path, lost=lambda _: None)]
    refusals = [loss for loss in losses if not loss.kept]
    if not error:
        assert len(songs) + len(refusals) == sum(map(bool, lines)), "a line is neither a song nor told"


def words_beside(content: bytes) -> None:
    """Read lyrics beside a song; what comes is text without signs that steer."""
    ending = list(sidecars.ORDER)[content[0] % len(sidecars.ORDER)] if content else ".lrc"
    for file in PLACE.glob("song.*"):
        file.unlink()
    written(f"song{ending}", content[1:])
    song = written("song.flac", file_seeds.FLAC)
    (found,) = arrived(lambda lost: sources.read(song, lost=lost)).songs
    assert found.lyrics is None or not STEERS_A_TEXT.search(found.lyrics.text)


def music(content: bytes) -> None:
    """Read the tags of a music file, whatever it is by its bytes."""
    for file in PLACE.glob("song.*"):
        file.unlink()
    path = written("song.mp3", content)
    arrived(lambda lost: sources.read(path, lost=lost))


def playlist(content: bytes) -> None:
    """Read a playlist of any kind: bounded entries of text."""
    kind = KINDS[content[0] % len(KINDS)] if content else KINDS[0]
    with refused():
        for entry in entries(decoded(content[1:]), kind):
            assert all(isinstance(field, str) for field in entry)


def pairs(content: bytes) -> None:
    """Read a file of pairs."""
    ending = (".csv", ".tsv", ".jsonl", ".parquet")[content[0] % 4] if content else ".csv"
    path = written(f"pairs{ending}", content[1:])
    with refused():
        for pair in pairs_in(path):
            assert isinstance(pair.a, str)
            assert isinstance(pair.b, str)


def _table(name: str) -> Callable[[bytes], None]:
    return partial(catalogue, name)


TARGETS = (
    Target("csv", _table("songs.csv"), file_seeds.csvs, file_seeds.CSV_WORDS),
    Target("tsv", _table("songs.tsv"), file_seeds.tsvs, file_seeds.CSV_WORDS),
    Target("jsonl", jsonl, file_seeds.jsonls, file_seeds.JSON_WORDS),
    Target("json", _table("songs.json"), file_seeds.jsons, file_seeds.JSON_WORDS),
    Target("parquet", _table("songs.parquet"), file_seeds.parquets, (), 1 << 14),
    Target("sidecars", words_beside, file_seeds.sidecars, file_seeds.LRC_WORDS),
    Target("music", music, file_seeds.music, file_seeds.TAG_WORDS, 1 << 14),
    Target("playlists", playlist, file_seeds.playlists, file_seeds.PLAYLIST_WORDS),
    Target("pairs", pairs, file_seeds.pairs, ("a,b\n", '"', "\t", '{"a":', '"b":', "null", "NaN")),
)
