"""A corpus file cut anywhere: what is whole before the cut arrives as it was, and only SourceError is raised."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songkin.errors import SourceError
from songkin.sources import Loss, lastfm, lpmusiccaps, musicoset, musixmatch, wasabi
from songkin.sources.records import Layout
from songkin.types import Song

TRACKS = [f"TRAAAA{letter}128F42A421A" for letter in "ABCDEF"]
FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def bags() -> str:
    return "%the,sea,salt\n" + "".join(f"{track},{i},1:{i + 1},3:2\n" for i, track in enumerate(TRACKS, 10))


def captions() -> str:
    rows = (f'{i},"[\'folk\', \'slow\']","A calm, ""salty"" song\nof number {i}."\n' for i in range(6))
    return "track_id,tag,caption_writing\n" + "".join(rows)


def charts() -> str:
    rows = (f"s{i}\tSong {i}\t{{'a{i}': 'Mara'}}\t{i}\tFalse\n" for i in range(6))
    return "song_id\tsong_name\tartists\tpopularity\texplicit\n" + "".join(rows)


def exports() -> str:
    record = {"albumTitle": "Ebb", "publicationDateAlbum": "1994", "title": "Salt", "lyrics": "tide\nroad \u00e9"}
    return "".join(json.dumps({"_id": {"$oid": f"{i:024x}"}, **record}) + "\n" for i in range(6))


FORMS: dict[str, tuple[Layout, Callable[[], str], str]] = {
    "bags": (musixmatch.LAYOUT, bags, "mxm.txt"),
    "captions": (lpmusiccaps.LAYOUT, captions, "msd.csv"),
    "charts": (musicoset.LAYOUT, charts, "musicoset_metadata/songs.csv"),
    "exports": (wasabi.LAYOUT, exports, "song.jsonl"),
}


def read(form: str, folder: Path, size: int | None = None) -> tuple[list[Song], list[Loss]]:
    layout, text, name = FORMS[form]
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(text().encode()[:size])
    losses: list[Loss] = []
    return list(layout.read(folder if "/" in name else file, lost=losses.append)), losses


@pytest.mark.parametrize("form", FORMS)
@FEW
@given(st.integers(0, 400))
def test_what_is_whole_before_the_cut_arrives_unchanged(form: str, tmp_path: Path, size: int) -> None:
    whole, _ = read(form, tmp_path)
    try:
        found, losses = read(form, tmp_path, size)
    except SourceError:
        return
    assert len(whole) == 6
    known = {song.id: song for song in whole}
    changed = [song for song in found if known.get(song.id) != song]
    assert len(changed) <= 1
    assert changed in ([], found[-1:])
    cut = len(FORMS[form][1]().encode()) > size
    assert len(found) == 6 or cut
    assert all(loss.place and loss.reason for loss in losses)


@FEW
@given(st.integers(0, 8192))
def test_a_database_cut_anywhere_is_told_or_refused(tmp_path: Path, size: int) -> None:
    file = tmp_path / "lastfm_tags.db"
    if not file.exists():
        with closing(sqlite3.connect(file)) as database, database:
            for table in ("tids (tid TEXT)", "tags (tag TEXT)", "tid_tag (tid INT, tag INT, val FLOAT)"):
                database.execute(f"CREATE TABLE {table}")
            database.executemany("INSERT INTO tids VALUES (?)", [(track,) for track in TRACKS])
    cut = tmp_path / "cut.db"
    cut.write_bytes(file.read_bytes()[:size])
    losses: list[Loss] = []
    found = list(lastfm.songs(cut, lost=losses.append))
    assert found or losses
    assert {song.id for song in found} <= set(TRACKS)
