"""Last.fm's tags and similarities of the Million Song Dataset: the tree of JSON files and the SQLite files."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from songkin.errors import SourceError
from songkin.sources import Loss, count, files, guess, read
from songkin.sources.lastfm import LAYOUTS, Similar, official, similars
from songkin.testing import SourceContract
from songkin.types import Song

ONE, TWO, THREE = (f"TRAAAA{letter}128F92F423A" for letter in "ABC")
RECORD: dict[str, Any] = {
    "artist": "Mara Lind feat. Jo",
    "timestamp": "2011-08-09 01:59:41.352247",
    "similars": [[TWO, 1], [THREE, 0.0739269]],
    "tags": [["folk", "100"], ["sea shanty", "60"], ["Folk", "4"], ["seen live", "0"]],
    "track_id": ONE,
    "title": "Salt Road",
}


def tree(root: Path, *records: Any) -> Path:
    """Write records as the corpus does: three folders of one letter, then a file named after the track."""
    for record in records or (RECORD, {**RECORD, "track_id": TWO, "title": "Night Tram", "tags": []}):
        own = record["track_id"]
        file = root / own[2] / own[3] / own[4] / f"{own}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(record))
    return root


def tags_database(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE tids (tid TEXT)")
        database.execute("CREATE TABLE tags (tag TEXT)")
        database.execute("CREATE TABLE tid_tag (tid INT, tag INT, val FLOAT)")
        database.executemany("INSERT INTO tids VALUES (?)", [(ONE,), (TWO,), (THREE,)])
        database.executemany("INSERT INTO tags VALUES (?)", [("folk",), ("sea shanty",)])
        database.executemany("INSERT INTO tid_tag VALUES (?, ?, ?)", [(1, 2, 60.0), (1, 1, 100.0), (3, 1, 5.0)])
    return path


def similars_database(path: Path) -> Path:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE similars_src (tid TEXT, target TEXT)")
        database.execute("CREATE TABLE similars_dest (tid TEXT, target TEXT)")
        database.execute("INSERT INTO similars_src VALUES (?, ?)", (ONE, f"{TWO},1,{THREE},0.5"))
        database.execute("INSERT INTO similars_src VALUES (?, ?)", (TWO, f"{ONE},high"))
        database.execute("INSERT INTO similars_dest VALUES (?, ?)", (TWO, f"{ONE},1"))
    return path


def told(path: Path) -> tuple[list[Song], list[Loss]]:
    losses: list[Loss] = []
    return list(read(path, lost=losses.append)), losses


def pairs(path: Path) -> tuple[list[Similar], list[Loss]]:
    losses: list[Loss] = []
    return list(similars(path, lost=losses.append)), losses


class TestLastfm(SourceContract):
    read = LAYOUTS[0].read

    @pytest.fixture(autouse=True)
    def trees(self, tmp_path: Path) -> None:
        self.path = tree(tmp_path / "whole")
        self.damaged = tree(tmp_path / "cut")
        (self.damaged / "A" / "A" / "A" / f"{TWO}.json").write_text(json.dumps(RECORD)[:80])


def test_a_record_gives_title_artists_and_weighted_tags(tmp_path: Path) -> None:
    (first, second), losses = told(tree(tmp_path))
    assert losses == []
    assert (first.id, first.title, first.artists) == (ONE, "Salt Road", ("Mara Lind", "Jo"))
    assert first.tags == {"folk": 1.0, "sea shanty": 0.6}
    assert first.links == {"msd": ONE}
    assert (second.title, second.tags) == ("Night Tram", {})


def test_weights_do_not_grow_when_the_foremost_tag_counts_less(tmp_path: Path) -> None:
    assert told(tree(tmp_path, {**RECORD, "tags": [["folk", "20"], ["sea", 150]]}))[0][0].tags == {
        "sea": 1.0,
        "folk": 0.2,
    }


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"track_id": 7}', '{"track_id": ""}', "\0", "null"])
def test_a_damaged_record_is_named_by_its_file_and_the_others_arrive(tmp_path: Path, text: str) -> None:
    tree(tmp_path)
    (tmp_path / "A" / "A" / "A" / f"{THREE}.json").write_text(text)
    found, losses = told(tmp_path)
    assert len(found) == 2
    assert [loss.place for loss in losses] == [f"A/A/A/{THREE}.json"]


def test_fields_of_other_kinds_are_passed_over(tmp_path: Path) -> None:
    odd = {**RECORD, "artist": None, "title": 7, "tags": [["folk"], [None, 1], "x", ["sea", "many"]], "similars": None}
    (only,), losses = told(tree(tmp_path, odd))
    assert (only.title, only.artists, only.tags, losses) == ("7", (), {}, [])
    assert pairs(tmp_path) == ([], [])


def test_one_id_in_two_files_is_lost_the_second_time(tmp_path: Path) -> None:
    tree(tmp_path)
    (tmp_path / "A" / "A" / "A" / f"{THREE}.json").write_text(json.dumps(RECORD))
    found, losses = told(tmp_path)
    assert len(found) == 2
    assert "was read already from A/A/A/" in losses[0].reason


def test_the_tree_is_one_source_and_a_single_record_another(tmp_path: Path) -> None:
    root = tree(tmp_path / "lastfm_train")
    (tmp_path / "own.csv").write_text("id\n1\n")
    assert list(files(tmp_path)) == [root, tmp_path / "own.csv"]
    assert list(files(root)) == [root]
    assert (guess(root).format, count(root)) == ("Last.fm", None)
    single = root / "A" / "A" / "A" / f"{ONE}.json"
    assert list(files(single)) == [single]
    assert told(single)[0][0].tags["sea shanty"] == 0.6


def test_folders_of_other_json_files_are_not_claimed(tmp_path: Path) -> None:
    (tmp_path / "A").mkdir()
    (tmp_path / "A" / "songs.json").write_text('[{"id": 1}]')
    assert list(files(tmp_path)) == [tmp_path / "A" / "songs.json"]


def test_the_database_of_tags_gives_every_track(tmp_path: Path) -> None:
    found, losses = told(tags_database(tmp_path / "lastfm_tags.db"))
    assert [(song.id, dict(song.tags)) for song in found] == [
        (ONE, {"folk": 1.0, "sea shanty": 0.6}),
        (TWO, {}),
        (THREE, {"folk": 0.05}),
    ]
    assert [(loss.place, loss.kept) for loss in losses] == [("lastfm_tags.db", True)]


def test_titles_of_the_database_come_from_beside_it(tmp_path: Path) -> None:
    database = tags_database(tmp_path / "lastfm_tags.db")
    (tmp_path / "unique_tracks.txt").write_text(f"{ONE}<SEP>SOX<SEP>Mara Lind<SEP>Salt Road\n")
    found, losses = told(database)
    assert (found[0].title, found[0].artists, found[1].title, losses) == ("Salt Road", ("Mara Lind",), "", [])
    similars_database(tmp_path / "lastfm_similars.db")
    assert list(files(tmp_path)) == [database]
    assert (guess(database).because, count(database)) == ("a database of tracks and their tags", 3)


def test_a_database_is_opened_for_reading_only(tmp_path: Path) -> None:
    database = tags_database(tmp_path / "lastfm_tags.db")
    before = database.read_bytes()
    told(database)
    assert database.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["lastfm_tags.db"]


def test_a_cut_database_gives_what_is_whole_or_is_no_source(tmp_path: Path) -> None:
    database = tags_database(tmp_path / "lastfm_tags.db")
    for size in (100, 5000, 9000):
        (tmp_path / "cut.db").write_bytes(database.read_bytes()[:size])
        try:
            _, losses = told(tmp_path / "cut.db")
        except SourceError:
            continue
        assert losses


@pytest.mark.parametrize("form", ["tree", "record", "database"])
def test_pairs_of_similar_tracks_arrive_from_every_form(tmp_path: Path, form: str) -> None:
    if form == "database":
        path = similars_database(tmp_path / "lastfm_similars.db")
    else:
        path = tree(tmp_path, RECORD)
        path = path / "A" / "A" / "A" / f"{ONE}.json" if form == "record" else path
    found, _ = pairs(path)
    assert found == [Similar(ONE, TWO, 1.0), Similar(ONE, THREE, 0.5 if form == "database" else 0.0739269)]


def test_a_score_that_is_none_is_told(tmp_path: Path) -> None:
    _, losses = pairs(similars_database(tmp_path / "lastfm_similars.db"))
    assert [loss.place for loss in losses] == ["lastfm_similars.db:2"]
    found, losses = pairs(tree(tmp_path, {**RECORD, "similars": [[TWO, 1.5], [TWO], [TWO, 0.0]]}))
    assert found == [Similar(ONE, TWO, 0.0)]
    assert len(losses) == 2


def test_pairs_of_a_file_that_holds_none_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"not the similarities of Last\.fm"):
        pairs(tags_database(tmp_path / "lastfm_tags.db"))
    with pytest.raises(SourceError, match="no such file"):
        pairs(tmp_path / "absent.db")


def test_a_title_that_is_no_text_loses_its_record(tmp_path: Path) -> None:
    found, losses = told(tree(tmp_path, {**RECORD, "title": "Salt \ud800"}, {**RECORD, "track_id": TWO}))
    assert [song.id for song in found] == [TWO]
    assert "the record cannot be read" in losses[0].reason


def test_the_table_by_target_gives_the_same_pairs_where_the_one_by_source_is_absent(tmp_path: Path) -> None:
    path = similars_database(tmp_path / "lastfm_similars.db")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE similars_src")
        database.execute("INSERT INTO similars_dest VALUES (?, ?)", (THREE, f"{ONE},0.5"))
    assert pairs(path) == ([Similar(ONE, TWO, 1.0), Similar(ONE, THREE, 0.5)], [])


@pytest.mark.parametrize("listed", [f"{TWO},1,{THREE}", f"{TWO},1,{THREE},", f"{TWO},1,TRAAA,0.4", f"{TWO},1,,"])
def test_a_cut_or_odd_list_is_told_and_its_whole_pairs_arrive(tmp_path: Path, listed: str) -> None:
    path = tmp_path / "lastfm_similars.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE similars_src (tid TEXT, target TEXT)")
        database.executemany("INSERT INTO similars_src VALUES (?, ?)", [(ONE, listed), (TWO, ""), (THREE, None)])
    found, losses = pairs(path)
    assert found == [Similar(ONE, TWO, 1.0)]
    assert [loss.place for loss in losses] == ["lastfm_similars.db:1"]


def test_a_database_damaged_in_the_middle_gives_what_is_before(tmp_path: Path) -> None:
    path = tmp_path / "lastfm_similars.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE similars_src (tid TEXT, target TEXT)")
        rows = [(ONE, ",".join(f"{TWO},0.5" for _ in range(40))) for _ in range(200)]
        database.executemany("INSERT INTO similars_src VALUES (?, ?)", rows)
    whole = path.read_bytes()
    half = len(whole) // 2
    path.write_bytes(whole[:half] + bytes(len(whole) - half))
    found, losses = pairs(path)
    assert 0 < len(found) < 8000
    assert "damaged from here on" in losses[0].reason
    path.write_bytes(whole[:half])
    with pytest.raises(SourceError, match=r"the database cannot be read: .*; get it again"):
        pairs(path)


def test_pairs_come_one_by_one(tmp_path: Path) -> None:
    tree(tmp_path, RECORD, {**RECORD, "track_id": TWO})
    stream = similars(tmp_path, lost=lambda loss: None)
    next(stream)
    (tmp_path / "A" / "A" / "A" / f"{TWO}.json").unlink()
    (tmp_path / "A" / "A" / "A" / f"{THREE}.json").write_text(json.dumps({**RECORD, "track_id": THREE}))
    assert len(list(stream)) == 1  # the second of the first file: nothing was read ahead but names


def test_the_official_sides_come_from_folders_and_from_lists(tmp_path: Path) -> None:
    tree(tmp_path / "lastfm_train", RECORD)
    tree(tmp_path / "lastfm_test", {**RECORD, "track_id": TWO})
    assert official(tmp_path) == {ONE: "train", TWO: "test"}
    assert official(tmp_path / "lastfm_train") == {ONE: "train"}
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "lastfm_train.txt").write_text(f"{ONE}\n{THREE}\n\nno track\n")
    (lists / "lastfm_test.txt").write_text(f"{TWO}\n{THREE}\n")
    assert official(similars_database(lists / "lastfm_similars.db")) == {ONE: "train", THREE: "test", TWO: "test"}
    assert official(tree(tmp_path / "plain")) == {}
