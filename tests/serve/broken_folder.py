"""Two hundred broken files of every kind that `songkin add` reads, with one whole song in each that can hold one."""

from __future__ import annotations

import json
import random
import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "fuzz"))
import file_seeds

__all__ = ["FILES", "WHOLE", "broken_folder"]

FILES = 200
WHOLE = "id,title,artist\n{0},Whole {0},Ada\n"
ENDINGS = (
    "csv",
    "tsv",
    "jsonl",
    "json",
    "parquet",
    "mp3",
    "flac",
    "ogg",
    "m4a",
    "wav",
    "wma",
    "lrc",
    "srt",
    "ttml",
    "txt",
)


def broken_folder(folder: Path, *, seed: int = 7) -> set[str]:
    """Fill a folder; return the ids of the songs that are whole in it and must arrive."""
    chosen, ids = random.Random(seed), set()
    kinds: tuple[Callable[[Path, random.Random, str], bool], ...] = (
        _stray,
        _cut,
        _flipped,
        _nested,
        _empty,
        _binary,
        _wrong_kind,
        _half,
        _huge_numbers,
        _database,
    )
    for number in range(FILES):
        place = folder / f"shelf {number % 7}"
        place.mkdir(parents=True, exist_ok=True)
        own = f"whole-{number}"
        if kinds[number % len(kinds)](place / f"{number:03}", chosen, own):
            ids.add(own)
    return ids


def _stray(path: Path, chosen: random.Random, own: str) -> bool:
    """A table with stray quotes, rows too short and too long, NULs and bytes that are no text, and a whole row."""
    rows = ['2,"stray', "3", "4,a,b,c,d", "5,nul\0,x", '6,say "hi" now,y']
    chosen.shuffle(rows)
    path.with_suffix(".csv").write_bytes((WHOLE.format(own) + "\n".join(rows)).encode() + b"\n7,caf\xff,z\n")
    return True


def _cut(path: Path, chosen: random.Random, own: str) -> bool:
    """Lines of JSON that end in the middle of a word."""
    text = "\n".join(json.dumps(row) for row in ({"id": own, "title": "Whole"}, *file_seeds.LIKE_JSON))
    path.with_suffix(".jsonl").write_text(text[: -chosen.randrange(5, 30)])
    return True


def _flipped(path: Path, chosen: random.Random, own: str) -> bool:
    """A music file or a Parquet file with bytes that turned over."""
    content = bytearray(chosen.choice([*file_seeds.music(), *file_seeds.parquets()]))
    for _ in range(chosen.randrange(1, 9)):
        content[chosen.randrange(len(content))] ^= 1 << chosen.randrange(8)
    path.with_suffix(f".{chosen.choice(('mp3', 'flac', 'parquet', 'm4a', 'ogg'))}").write_bytes(bytes(content))
    return False


def _nested(path: Path, chosen: random.Random, own: str) -> bool:
    """JSON nested deeper than anything reads, behind a whole song."""
    text = json.dumps([{"id": own, "title": "Whole"}])[:-1] + ', {"id": ' + chosen.choice('[{"a":').strip() * 50_000
    path.with_suffix(".json").write_text(text)
    return True


def _empty(path: Path, chosen: random.Random, own: str) -> bool:
    """Nothing, or next to nothing."""
    path.with_suffix(f".{chosen.choice(ENDINGS)}").write_bytes(
        chosen.choice((b"", b"\n\n", b"\xef\xbb\xbf", b"\0" * 40))
    )
    return False


def _binary(path: Path, chosen: random.Random, own: str) -> bool:
    """Noise under any name."""
    path.with_suffix(f".{chosen.choice(ENDINGS)}").write_bytes(chosen.randbytes(chosen.randrange(1, 5000)))
    return False


def _wrong_kind(path: Path, chosen: random.Random, own: str) -> bool:
    """A web page, a picture, a program, under the name of a catalogue or a song."""
    content = chosen.choice(
        (b"<!doctype html><title>404</title>", b"\x89PNG\r\n\x1a\n" + bytes(200), b"\x7fELF" + bytes(99))
    )
    path.with_suffix(f".{chosen.choice(ENDINGS)}").write_bytes(content)
    return False


def _half(path: Path, chosen: random.Random, own: str) -> bool:
    """Half of a music file, with half of its lyrics beside it."""
    content = chosen.choice(file_seeds.music())
    path.with_suffix(".mp3").write_bytes(content[: len(content) // 2])
    path.with_suffix(".lrc").write_bytes(b"[00:01.00]Rain on the tin\n[00:0")
    return False


def _huge_numbers(path: Path, chosen: random.Random, own: str) -> bool:
    """Numbers beyond anything, text that steers a terminal or turns its direction, halves of characters."""
    odd = {
        "id": f"odd-{path.name}",
        "title": "\x1b[31mred\x07\u202e\ufeff",
        "year": 10**40,
        "duration": -1,
        "tempo": 1e308,
        "tags": {"a": 1e999, "b": -5},
        "bag": {"sea": 10**30},
        "links": {"x" * 5000: "y"},
        "artist": ["\ud800"],
    }
    lines = [json.dumps({"id": own, "title": "Whole"}), json.dumps(odd), '{"id": "digits", "x": ' + "9" * 6000 + "}"]
    path.with_suffix(".jsonl").write_text("\n".join(lines))
    return True


def _database(path: Path, chosen: random.Random, own: str) -> bool:
    """A SQLite file of another program, under the name of lyrics or of nothing that is read."""
    file = path.with_suffix(".db")
    with sqlite3.connect(file) as database:
        database.execute("CREATE TABLE things (id TEXT)")
    database.close()
    file.write_bytes(file.read_bytes()[: chosen.randrange(100, 4000)])
    return False
