"""A little of the Million Song Dataset's corpora in their own formats: similar tracks, bags, and files about tracks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

__all__ = ["SIMILAR", "TRACKS", "WORDS", "bags", "database", "facts", "tree"]

TRACKS = tuple(f"TRAA{'ABCDEFGHIJ'[at]}{at}128F92F42{at}A" + "0" for at in range(10))
WORDS = ("i", "the", "happi", "sea", "road", "tram")
STEMS = {"happi": "happy"}
Scores = Sequence[tuple[int, float]]
SIMILAR: Mapping[int, Scores] = {
    0: [(1, 1.0), (2, 0.25), (8, 0.5)],
    1: [(0, 0.75), (3, 0.0625)],
    3: [(4, 0.5), (3, 1.0), (9, 0.9)],
    4: [(5, 0.125)],
}  # 8 has no bag, 9 is mismatched, 3 names itself, 4 and 5 are one song


def tree(folder: Path, similar: Mapping[int, Scores] = SIMILAR) -> Path:
    """A/A/A/TRAAA....json, a record a track, with its tags and times as the corpus has them."""
    for own, track in enumerate(TRACKS):
        place = folder / track[2] / track[3] / track[4] / f"{track}.json"
        place.parent.mkdir(parents=True, exist_ok=True)
        record = {
            "artist": f"Artist {own}",
            "timestamp": "2011-08-09 01:59:41.352247",
            "similars": [[TRACKS[other], score] for other, score in similar.get(own, ())],
            "tags": [["folk", "100"], ["sea shanty", "60"]],
            "track_id": track,
            "title": f"Title {own}",
        }
        place.write_text(json.dumps(record), encoding="utf-8")
    return folder


def database(folder: Path, similar: Mapping[int, Scores] = SIMILAR) -> Path:
    """lastfm_similars.db: by source, and the same by target."""
    path = folder / "lastfm_similars.db"
    turned: dict[int, list[tuple[int, float]]] = {}
    for own, listed in similar.items():
        for other, score in listed:
            turned.setdefault(other, []).append((own, score))
    with closing(sqlite3.connect(path)) as own_database, own_database:
        for table, lists in (("similars_src", similar), ("similars_dest", turned)):
            own_database.execute(f"CREATE TABLE {table} (tid TEXT, target TEXT)")
            for own, listed in lists.items():
                said = ",".join(f"{TRACKS[other]},{score:g}" for other, score in listed)
                own_database.execute(f"INSERT INTO {table} VALUES (?, ?)", (TRACKS[own], said))
    return path


def bags(folder: Path, tracks: Sequence[int] = (0, 1, 2, 3, 4, 5, 9), *, cut: int = 0) -> Path:
    """mxm_dataset_train.txt and mxm_dataset_test.txt, the last track in the latter, and the mapping of stems."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [f"{TRACKS[at]},{1000 + at},1:{at + 1},3:2,{4 + at % 3}:1" for at in tracks]
    for name, own in (("train", rows[:-1]), ("test", rows[-1:])):
        text = "\n".join([f"# {name.upper()}ING SET", f"%{','.join(WORDS)}", *own, ""])
        (folder / f"mxm_dataset_{name}.txt").write_text(text[: len(text) - cut], encoding="utf-8")
    mapping = "".join(f"{word}<SEP>{STEMS.get(word, word)}\n" for word in WORDS)
    (folder / "mxm_reverse_mapping.txt").write_text(mapping, encoding="utf-8")
    return folder


def facts(folder: Path) -> Path:
    """unique_tracks.txt, where tracks 4 and 5 are one song, and sid_mismatches.txt, which names track 9."""
    folder.mkdir(parents=True, exist_ok=True)
    songs = [f"SOAAAAA12A8C13F{5 if at == 4 else at:03d}" for at in range(10)]
    rows = (f"{track}<SEP>{songs[at]}<SEP>Artist {at}<SEP>Title {at}\n" for at, track in enumerate(TRACKS))
    (folder / "unique_tracks.txt").write_text("".join(rows), encoding="utf-8")
    line = f"ERROR: <{songs[9]} {TRACKS[9]}> Artist 9  -  Title 9  !=  Other  -  Song\n"
    (folder / "sid_mismatches.txt").write_text(line, encoding="utf-8")
    return folder
