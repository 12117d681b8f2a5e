"""Targets: corpora in their own layouts, databases, and what beets hands over.

Conventions
-----------
An input for corpora is a byte that says which layout, then its files in order, with `PART` between them.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "sources"))
import test_musicoset as musicoset_songs
import test_wasabi as wasabi_songs
from laws import arrived, refused
from of_files import PLACE, written
from targets import Target

from songkin import sources
from songkin.sources import beets, lastfm

PART = b"\x1d"
TRACK = "TRAAAAB128F92F423A"
LAYOUTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "",
        tuple(f"musicoset_metadata/{name}.csv" for name in ("songs", "artists", "tracks"))
        + tuple(f"musicoset_songfeatures/{name}.csv" for name in ("acoustic_features", "lyrics")),
    ),
    (
        "mxm_dataset_train.txt",
        (
            "mxm_dataset_train.txt",
            "mxm_reverse_mapping.txt",
            "unique_tracks.txt",
            "tracks_per_year.txt",
            "MSD_track_id_and_year.txt",
        ),
    ),
    ("", (f"A/A/B/{TRACK}.json", "A/A/C/TRAAAAC128F92F423A.json")),
    ("wasabi_songs.json", ("wasabi_songs.json", "social_tags.json", "emotion_tags.csv")),
    ("wasabi_songs.csv", ("wasabi_songs.csv", "emotion_tags.json")),
    ("captions.csv", ("captions.csv",)),
)


def corpora(content: bytes) -> None:
    """Lay a corpus out and read it."""
    named, names = LAYOUTS[content[0] % len(LAYOUTS)] if content else LAYOUTS[0]
    shutil.rmtree(PLACE / "corpus", ignore_errors=True)
    for name, part in zip(names, content[1:].split(PART), strict=False):
        written(f"corpus/{name}", part)
    path = PLACE / "corpus" / named
    if not path.exists():
        return
    arrived(lambda lost: sources.read(path, lost=lost))
    with refused():
        for one in (*sources.files(path), path):
            sources.guess(one)
            sources.count(one)
    if names[0].startswith("A/"):
        with refused():
            assert all(0 <= pair.score <= 1 for pair in lastfm.similars(path, lost=lambda _: None))


def databases(content: bytes) -> None:
    """Read a SQLite file that may be beets' or Last.fm's."""
    path = written("songs.db", content)
    arrived(lambda lost: sources.read(path, lost=lost))
    with refused():
        sources.count(path)


def items(content: bytes) -> None:
    """Take over what beets hands over: JSON lines of an item's fields; bytes that are no text stand for a path."""
    found: list[Mapping[str, Any]] = []
    for line in content.split(b"\n"):
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            item = {"id": len(found), "title": "by its path", "path": line}
        if isinstance(item, dict):
            found.append({**item, "path": str(item.get("path") or "").encode("utf-8", "surrogatepass") or None})
    arrived(lambda lost: beets.of_items(found, "beets", lost=lost))


def _corpus_seeds() -> list[bytes]:
    own = musicoset_songs
    said = "song_id\tlyrics\ns1\t['Salt road\\\\nhome']\n"
    parts: tuple[tuple[str, ...], ...] = (
        (own.SONGS, own.ARTISTS, own.TRACKS, own.MEASURED, said),
        (
            "# words\n%sea,happi,road\n" + f"{TRACK},1,1:2,2:1\n",
            "happi<SEP>happy\n",
            f"{TRACK}<SEP>SOAAAAA12A8C13AAAA<SEP>Ada<SEP>Tide\n",
            f"1994<SEP>{TRACK}<SEP>Ada<SEP>Tide\n",
            "1\t1994\n",
        ),
        (
            json.dumps(
                {"track_id": TRACK, "title": "T", "artist": "A", "tags": [["folk", "100"]], "similars": [[TRACK, 1]]}
            ),
            "{}",
        ),
        (
            json.dumps([wasabi_songs.EXPORTED]),
            json.dumps([{"song_id": wasabi_songs.OID, "socials": [{"social_tag": "sea", "nbr_tags": 90}]}]),
            "song_id,emotion_tag,nbr_tags\n1,sad,10\n",
        ),
        ("\t".join(wasabi_songs.COLUMNS) + "\n" + "\t".join("1" for _ in wasabi_songs.COLUMNS) + "\n", "[]"),
        ("track_id,tag,caption_writing\none,\"['folk', 'slow']\",A calm song\n",),
    )
    return [bytes([at]) + PART.join(part.encode() for part in some) for at, some in enumerate(parts)]


def _database_seeds() -> list[bytes]:
    found = []
    for script in (
        "CREATE TABLE items (id INTEGER PRIMARY KEY, path BLOB, title TEXT, artist TEXT, lyrics TEXT);"
        "INSERT INTO items VALUES (1, x'2f6d2f612e6d7033', 'Tide', 'Ada', 'Rain');"
        "CREATE TABLE item_attributes (id INTEGER PRIMARY KEY, entity_id INT, key TEXT, value TEXT);"
        "INSERT INTO item_attributes VALUES (1, 1, 'bpm', '120');",
        "CREATE TABLE tids (tid TEXT); CREATE TABLE tags (tag TEXT);"
        "CREATE TABLE tid_tag (tid INT, tag INT, val FLOAT);"
        f"INSERT INTO tids VALUES ('{TRACK}'); INSERT INTO tags VALUES ('folk');"
        "INSERT INTO tid_tag VALUES (1, 1, 50);",
    ):
        path = PLACE / "seed.db"
        path.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as database:
            database.executescript(script)
        found.append(path.read_bytes())
    return found


def _item_seeds() -> list[bytes]:
    own = {"id": 1, "path": "/m/a.mp3", "title": "Tide", "artists": ["A", "B"], "genres": "folk; sea", "length": 200.5}
    more = {
        "id": 2,
        "path": "/m/b.mp3",
        "mb_trackid": "C0A7F1D2-1111-4222-8333-0123456789AB",
        "lyrics": "Rain",
        "bpm": 9,
    }
    return [b"\n".join(json.dumps(one).encode() for one in (own, more)), b"/m/\xff.mp3"]


WORDS = (
    "\x1d",
    "<SEP>",
    "%",
    "#",
    "TR",
    TRACK,
    '"track_id":',
    '"tags":',
    '"similars":',
    "1:2",
    ":",
    "999999999999",
    '"$oid":',
    "ObjectId('5714')",
    '"song_id":',
    '"socials":',
    "unk",
    "\t",
    "\\n",
    "['",
    "{'a1': 'A'}",
    "items",
    "path",
    "mb_trackid",
    "lyrics_instrumental",
    "0",
    "␀",
)
TARGETS = (
    Target("corpora", corpora, _corpus_seeds, WORDS),
    Target("databases", databases, _database_seeds, WORDS, 1 << 15),
    Target("beets", items, _item_seeds, WORDS),
)
