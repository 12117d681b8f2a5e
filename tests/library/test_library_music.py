"""Music folders in a library: what is read again, the ids songs go by, vanished files, links, broken-off adds."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "sources"))
import tagged
from library_songs import song as toy_song
from tagged import OTHER_RECORDING, RECORDING

from songkin.errors import SourceError
from songkin.library import Added, Library, Reading
from songkin.library import reading as reading_module
from songkin.sources import music
from songkin.sources.music import path_id
from songkin.store import Store, Writer
from songkin.store.files import Files
from songkin.types import Song


def file(path: Path, title: str, *more: tuple[str, str], recording: str = "") -> Path:
    """Write a tagged FLAC."""
    path.parent.mkdir(parents=True, exist_ok=True)
    stated = (("MUSICBRAINZ_TRACKID", recording),) if recording else ()
    path.write_bytes(tagged.flac(("TITLE", title), *stated, *more))
    return path


def add(*paths: Path, encode: bool = False, **how: bool) -> Added:
    """Add to the library L."""
    return Library.add(Reading.of(paths, may_be_empty=how.get("prune", False)), "L", encode=encode, **how)


def counts(done: Added) -> tuple[int, int, int, int, int]:
    return done.read, done.added, done.changed, done.unchanged, done.pruned


def held() -> dict[str, Song]:
    """The songs of the library L, by title."""
    store = Store.open("L")
    keys = store.read(["key"])["key"].to_pylist()
    return {song.title: song for song in store.songs(keys, lyrics=True) if song}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, title in enumerate(("Ebb", "Flow", "Slack"), 1):
        file(tmp_path / "Music" / "Tides" / f"0{number} {title}.flac", title, ("LYRICS", f"{title} of the salt road"))
    return tmp_path / "Music"


@pytest.fixture
def tags_read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files whose tags were read, as they are."""
    read: list[Path] = []
    real = music.songs

    def noting(path: Path, **how: object) -> Iterator[Song]:
        read.append(path)
        return real(path, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(reading_module.music, "songs", noting)
    return read


# -- again -------------------------------------------------------------------------------------------------------------


def test_a_folder_arrives_and_a_second_time_no_tag_is_read(folder: Path, tags_read: list[Path]) -> None:
    assert counts(add(folder)) == (3, 3, 0, 0, 0)
    assert len(tags_read) == 3
    assert counts(add(folder)) == (3, 0, 0, 3, 0)
    assert len(tags_read) == 3


def test_only_a_changed_file_is_read_again(folder: Path, tags_read: list[Path]) -> None:
    add(folder)
    tags_read.clear()
    changed = file(folder / "Tides" / "02 Flow.flac", "Flow and More")
    os.utime(folder / "Tides" / "03 Slack.flac", ns=(1, 1))
    assert counts(add(folder)) == (3, 0, 1, 2, 0)
    assert tags_read == [changed, folder / "Tides" / "03 Slack.flac"]
    assert set(held()) == {"Ebb", "Flow and More", "Slack"}
    tags_read.clear()
    assert counts(add(folder)) == (3, 0, 0, 3, 0)
    assert tags_read == []


def test_lyrics_that_come_change_or_go_beside_a_file_are_noticed(folder: Path) -> None:
    add(folder)
    beside = folder / "Tides" / "01 Ebb.lrc"
    for words in ("[00:01.00]first words", "[00:01.00]other words"):
        beside.write_text(words)
        assert counts(add(folder)) == (3, 0, 1, 2, 0)
        lyrics = held()["Ebb"].lyrics
        assert lyrics
        assert (lyrics.text, lyrics.source) == (words, "01 Ebb.lrc")
    beside.unlink()
    add(folder)
    lyrics = held()["Ebb"].lyrics
    assert lyrics
    assert lyrics.source == "embedded tag"


def test_a_file_that_is_not_read_still_gets_its_vectors(folder: Path) -> None:
    add(folder)
    done = add(folder, encode=True)
    assert (counts(done), done.filled) == ((3, 0, 0, 3, 0), 3)
    assert Store.open("L").lacking("encoder") == 0


def test_a_removed_song_comes_back(folder: Path) -> None:
    add(folder)
    Library.remove([path_id(folder / "Tides" / "01 Ebb.flac")], "L")
    assert counts(add(folder)) == (3, 1, 0, 2, 0)


def test_music_and_catalogues_arrive_together(folder: Path, tmp_path: Path) -> None:
    (folder / "more.csv").write_text("id,title\n1,Salt Road\n", encoding="utf-8")
    reading = Reading.of([folder])
    assert (len(reading.files), reading.music, reading.expected()) == (4, 3, 4)
    assert reading.guesses()[0].startswith("3 music files")
    assert counts(Library.add(reading, "L", encode=False)) == (4, 4, 0, 0, 0)
    assert {song.title for song in Reading.of([folder]).songs()} == {"Ebb", "Flow", "Slack", "Salt Road"}


# -- ids ---------------------------------------------------------------------------------------------------------------


def test_two_files_of_one_recording_both_arrive_and_keep_their_ids(tmp_path: Path) -> None:
    first = file(tmp_path / "Music" / "a.flac", "One", recording=RECORDING)
    second = file(tmp_path / "Music" / "b.flac", "Two", recording=RECORDING)
    done = add(tmp_path / "Music")
    assert (done.added, done.lost) == (2, [])
    assert done.kept == [f"{second}: {first} has the id {RECORDING} already; this song goes by {path_id(second)}"]
    ids = {title: song.id for title, song in held().items()}
    assert ids == {"One": RECORDING, "Two": path_id(second)}
    file(first, "One", ("BPM", "99"), recording=RECORDING)
    file(second, "Two", ("BPM", "99"), recording=RECORDING)
    done = add(second, first)
    assert (done.changed, done.kept) == (2, [])
    assert {title: song.id for title, song in held().items()} == ids


def test_songs_keep_their_ids_where_the_table_of_files_was_lost(tmp_path: Path) -> None:
    file(tmp_path / "Music" / "a.flac", "One", recording=RECORDING)
    file(tmp_path / "Music" / "b.flac", "Two")
    add(tmp_path / "Music")
    before = {title: song.id for title, song in held().items()}
    shutil.rmtree("L/files.lance")
    done = add(tmp_path / "Music")
    assert (done.unchanged, done.kept) == (2, [])
    assert {title: song.id for title, song in held().items()} == before


def test_a_copy_in_a_later_add_goes_by_its_path(tmp_path: Path) -> None:
    add(file(tmp_path / "a.flac", "One", recording=RECORDING))
    copy = file(tmp_path / "b.flac", "Two", recording=RECORDING)
    assert counts(add(copy)) == (1, 1, 0, 0, 0)
    assert held()["Two"].id == path_id(copy)
    assert held()["Two"].links["mbid"] == RECORDING


def test_a_file_keeps_its_id_when_its_tags_state_another(tmp_path: Path) -> None:
    path = file(tmp_path / "a.flac", "One")
    add(path)
    for recording in (RECORDING, OTHER_RECORDING):
        file(path, "One", recording=recording)
        assert counts(add(path)) == (1, 0, 1, 0, 0)
        assert held()["One"].id == path_id(path)
        assert held()["One"].links["mbid"] == recording


def test_a_moved_file_keeps_its_recording_id_and_a_pathed_one_gets_another(tmp_path: Path) -> None:
    named = file(tmp_path / "Music" / "a.flac", "Named", recording=RECORDING)
    plain = file(tmp_path / "Music" / "b.flac", "Plain")
    add(tmp_path / "Music")
    for path in (named, plain):
        path.rename(path.with_name(f"moved {path.name}"))
    assert counts(add(tmp_path / "Music")) == (2, 1, 1, 0, 0)
    assert held()["Named"].id == RECORDING
    assert counts(add(tmp_path / "Music", prune=True)) == (2, 0, 0, 2, 1)
    assert {song.id for song in held().values()} == {RECORDING, path_id(plain.with_name("moved b.flac"))}
    shutil.copy(named.with_name("moved a.flac"), named)
    assert held()["Named"].audio == named.with_name("moved a.flac")
    done = add(tmp_path / "Music")
    assert (done.added, done.lost) == (1, [])


def test_a_catalogues_song_keeps_its_id_before_a_file(tmp_path: Path) -> None:
    Library.add([toy_song(1, id=RECORDING, title="Catalogued")], "L", encode=False)
    path = file(tmp_path / "a.flac", "Filed", recording=RECORDING)
    done = add(path)
    assert done.kept == [f"{path}: another song has the id {RECORDING} already; this song goes by {path_id(path)}"]
    assert {title: song.id for title, song in held().items()} == {"Catalogued": RECORDING, "Filed": path_id(path)}


def test_a_name_in_no_encoding_arrives_again_and_again(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Music/Caf\xe9.flac"))
    file(path, "Strange")
    assert counts(add(tmp_path / "Music")) == (1, 1, 0, 0, 0)
    assert held()["Strange"].audio == path
    assert counts(add(tmp_path / "Music")) == (1, 0, 0, 1, 0)
    path.unlink()
    file(tmp_path / "Music" / "b.flac", "Plain")
    assert counts(add(tmp_path / "Music")) == (1, 1, 0, 0, 0)
    assert counts(add(tmp_path / "Music", prune=True)) == (1, 0, 0, 1, 1)


# -- vanished files ----------------------------------------------------------------------------------------------------


def test_vanished_files_are_counted_where_nobody_asked_to_prune(folder: Path) -> None:
    add(folder)
    assert add(folder).missed == 0
    music = (".flac", ".mp3", ".ogg", ".m4a", ".opus", ".wav")
    min(path for path in folder.rglob("*") if path.suffix in music).unlink()
    assert add(folder).missed == 1
    assert add(folder, prune=True).missed == 0


def test_pruning_removes_only_what_vanished_below_the_folders(folder: Path, tmp_path: Path) -> None:
    elsewhere = file(tmp_path / "Else" / "away.flac", "Away")
    Library.add([toy_song(1)], "L", encode=False)
    add(folder, elsewhere)
    gone = folder / "Tides" / "01 Ebb.flac"
    gone.unlink()
    elsewhere.unlink()
    assert counts(add(folder)) == (2, 0, 0, 2, 0)
    done = add(folder, prune=True)
    assert (counts(done), done.vanished) == ((2, 0, 0, 2, 1), [str(gone)])
    assert set(held()) == {"Flow", "Slack", "Away", toy_song(1).title}
    assert done.as_json().keys() == {"read", "added", "changed", "unchanged", "lost"}
    assert counts(add(folder, prune=True)) == (2, 0, 0, 2, 0)


def test_a_folder_within_that_was_deleted_is_pruned(folder: Path) -> None:
    file(folder / "Else" / "a.flac", "Stays")
    add(folder)
    shutil.rmtree(folder / "Tides")
    assert counts(add(folder, prune=True)) == (1, 0, 0, 1, 3)


@pytest.mark.parametrize("left", ["nothing", "another file", "other music"])
def test_where_all_vanished_nothing_is_pruned_and_the_drive_is_asked_for(folder: Path, left: str) -> None:
    add(folder)
    shutil.rmtree(folder / "Tides")
    if left == "another file":
        (folder / "cover.txt").write_text("no music")
    if left == "other music":
        file(folder / "new.flac", "New")
    with pytest.raises(SourceError, match=r"Music: all 3 music files known below it vanished; is the drive mounted\?"):
        add(folder, prune=True)
    assert len(held()) == 3


def test_all_files_renamed_are_added_first_and_pruned_then(folder: Path) -> None:
    add(folder)
    (folder / "Tides").rename(folder / "Tides (2)")
    assert counts(add(folder)) == (3, 3, 0, 0, 0)
    assert counts(add(folder, prune=True)) == (3, 0, 0, 3, 3)
    assert len(held()) == 3


def test_what_cannot_be_looked_for_is_not_pruned(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file(folder / "Else" / "a.flac", "Stays")
    add(folder)
    shutil.rmtree(folder / "Tides")
    real = os.lstat

    def closed(path: str | Path, *args: object, **how: object) -> os.stat_result:
        if "Tides" in os.fspath(path):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return real(path, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "lstat", closed)
    assert counts(add(folder, prune=True)) == (1, 0, 0, 1, 0)


def test_a_song_that_another_file_took_over_is_not_pruned(tmp_path: Path) -> None:
    path = file(tmp_path / "Music" / "a.flac", "One", recording=RECORDING)
    file(tmp_path / "Music" / "b.flac", "Two")
    add(tmp_path / "Music")
    path.rename(tmp_path / "Music" / "c.flac")
    assert counts(add(tmp_path / "Music", prune=True)) == (2, 0, 1, 1, 0)
    assert held()["One"].id == RECORDING


# -- ways through a folder ---------------------------------------------------------------------------------------------


def test_links_are_followed_and_every_real_file_is_read_once(folder: Path, tmp_path: Path) -> None:
    drive = tmp_path / "drive"
    file(drive / "deep" / "far.flac", "Far")
    (folder / "to drive").symlink_to(drive)
    (folder / "to drive again").symlink_to(drive)
    (drive / "back").symlink_to(folder)
    (folder / "Tides" / "loop").symlink_to(folder)
    (folder / "up").symlink_to(tmp_path)
    (folder / "same.flac").symlink_to(folder / "Tides" / "01 Ebb.flac")
    (folder / "dangling").symlink_to(tmp_path / "nowhere")
    (folder / "dangling.flac").symlink_to(tmp_path / "nowhere.flac")
    reading = Reading.of([folder, folder / "Tides"])
    assert counts(Library.add(reading, "L", encode=False)) == (4, 4, 0, 0, 0)
    assert reading.lost == [f"{folder / 'dangling.flac'}: cannot be read: No such file or directory"]
    assert held()["Far"].audio == drive / "deep" / "far.flac"


def test_a_folder_behind_a_link_is_guarded_like_one_that_was_named(folder: Path, tmp_path: Path) -> None:
    file(tmp_path / "drive" / "far.flac", "Far")
    (folder / "linked").symlink_to(tmp_path / "drive")
    add(folder)
    shutil.rmtree(tmp_path / "drive")
    assert counts(add(folder, prune=True)) == (3, 0, 0, 3, 0)
    (tmp_path / "drive").mkdir()
    with pytest.raises(SourceError, match="the one music file known below it vanished"):
        add(folder, prune=True)


def test_lyrics_alone_are_told_where_they_belong(tmp_path: Path) -> None:
    (tmp_path / "song.lrc").write_text("words")
    with pytest.raises(SourceError, match=r"song\.lrc: lyrics come in with the music file beside them"):
        Reading.of([tmp_path / "song.lrc"])


def test_files_that_are_no_music_are_lost_and_make_no_library(tmp_path: Path) -> None:
    (tmp_path / "Music").mkdir()
    (tmp_path / "Music" / "empty.mp3").write_bytes(b"")
    (tmp_path / "Music" / "page.ogg").write_bytes(b"<html>")
    reading = Reading.of([tmp_path / "Music"])
    assert Library.add(reading, "L").read == 0
    assert reading.lost[0].endswith("empty.mp3: the file is empty")
    assert len(reading.lost) == 2
    assert not Path("L").exists()


# -- ends in the middle ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["upsert", "keep"])
def test_an_add_that_dies_goes_on_under_the_same_ids(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    file(folder / "z.flac", "Named", recording=RECORDING)

    class Death(BaseException):
        pass

    def die(*args: object) -> None:
        raise Death

    keep, turns = Files.keep, iter(range(9))
    with monkeypatch.context() as dying:
        if at == "upsert":
            dying.setattr(Writer, "upsert", die)
        else:  # the claims are committed, and so are the songs; the stamps are not
            dying.setattr(Files, "keep", lambda self, rows: die() if next(turns) else keep(self, rows))
        with pytest.raises(Death):
            add(folder)
    assert {row.stamp for row in Files(Store.open("L").tables).rows.values()} == {""}
    done = add(folder)
    assert counts(done) == ((4, 4, 0, 0, 0) if at == "upsert" else (4, 0, 0, 4, 0))
    assert (done.kept, done.lost) == ([], [])
    assert held()["Named"].id == RECORDING
