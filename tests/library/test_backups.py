"""A library as one file: whole, checked, and put in place in one step; or refused with one line and nothing left."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from library_songs import add, song

from songkin.errors import LockedError, SchemaError, SourceError, StoreError
from songkin.library import Library, Reading
from songkin.library.backups import check, export, export_songs, restore, swapping
from songkin.library.preparing import digest
from songkin.store import Store, snapshot, writing
from songkin.store.lock import writer_lock
from songkin.store.migrations import SCHEMA
from songkin.types import Lyrics, Song

Entries = dict[str, bytes]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Songs, and something of everything that is decided about songs."""
    place = tmp_path / "library"
    add(place, [song(number) for number in range(12)])
    opened = Library.open(place)
    opened.exclude("artist:nobody", user="anna")
    opened.opinions.tell("s3", "like", user="anna")
    opened.edit("s4", lyrics="Altogether other words\nabout a lantern", user="anna")
    opened.tokens.create("phone", user="anna", players=True)
    return place


@pytest.fixture
def archive(library: Path, tmp_path: Path) -> Path:
    export(library, tmp_path / "library.songkin")
    return tmp_path / "library.songkin"


def rows(place: Path, table: str) -> list[str]:
    tables = Store.open(place).tables
    own = {"songs": tables.songs, "passages": tables.passages, "facts": tables.facts_table}
    found = own.get(table) or tables.beside(table)
    return sorted(map(repr, tables.run(found.query().to_arrow()).to_pylist()))


def entries_of(archive: Path) -> Entries:
    with tarfile.open(archive) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]


def write(archive: Path, entries: Entries, *more: tarfile.TarInfo) -> None:
    with tarfile.open(archive, "w") as tar:
        for name, content in entries.items():
            about = tarfile.TarInfo(name)
            about.size = len(content)
            tar.addfile(about, io.BytesIO(content))
            if name == "manifest.json":
                for one in more:
                    tar.addfile(one)


def refused(archive: Path, place: Path) -> str:
    """Return what is said of an archive that may not be imported; nothing is left of it."""
    before = {path.name for path in place.parent.iterdir()}
    with pytest.raises(StoreError) as told:
        restore(archive, place)
    assert {path.name for path in place.parent.iterdir()} == before
    assert "\n" not in str(told.value)
    assert str(archive) in str(told.value)
    return str(told.value)


# -- there and back ----------------------------------------------------------------------------------------------------


def test_a_library_comes_back_row_by_row_and_answers_as_before(library: Path, archive: Path, tmp_path: Path) -> None:
    done = restore(archive, tmp_path / "new")
    assert (done.songs, done.schema, done.place) == (12, SCHEMA, str(tmp_path / "new"))
    for table in ("songs", "passages", "facts", "edits"):
        assert rows(tmp_path / "new", table) == rows(library, table)
    both = [Library.open(place) for place in (library, tmp_path / "new")]
    for ask in (lambda one: one.search("ocean", k=5), lambda one: one.line("lantern", k=3)):
        first, second = (ask(one).hits for one in both)
        assert [hit.song.id for hit in first] == [hit.song.id for hit in second]
        assert [hit.score for hit in first] == pytest.approx(
            [hit.score for hit in second], abs=2e-3
        )  # BM25 counts anew
    assert both[1].edits() == both[0].edits()
    assert [one.where for one in both[1].exclusions(user="anna")] == ["artist:nobody"]
    assert both[1].opinions.all(user="anna") == both[0].opinions.all(user="anna")


def test_tokens_stay_behind(archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "new")
    assert not Library.open(tmp_path / "new").tokens.any()
    assert b"sha256" not in entries_of(archive)["tables/state/00000.arrow"]


def test_an_imported_library_goes_on_growing_and_adds_nothing_twice(archive: Path, tmp_path: Path) -> None:
    restore(archive, tmp_path / "new")
    again = add(tmp_path / "new", [song(number) for number in range(14)])
    assert (again.added, again.changed, again.unchanged, again.encoded) == (2, 0, 12, 2)


def test_clusters_are_not_found_again(library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = Library.open(library).similar("s1", strategy="clusters=3", k=4).hits
    assert list((library / "clusters").glob("*.npz"))
    export(library, tmp_path / "a.songkin")
    restore(tmp_path / "a.songkin", tmp_path / "new")

    def never(*args: object, **more: object) -> None:
        raise AssertionError("they are there already")

    monkeypatch.setattr("songkin.library.clustering.keep", never)
    again = Library.open(tmp_path / "new").similar("s1", strategy="clusters=3", k=4).hits
    assert [hit.song.id for hit in again] == [hit.song.id for hit in found]


def test_an_empty_library_comes_back_empty(tmp_path: Path) -> None:
    with writing(tmp_path / "library", dim=8):
        pass
    export(tmp_path / "library", tmp_path / "a.songkin")
    assert check(tmp_path / "a.songkin").songs == 0
    restore(tmp_path / "a.songkin", tmp_path / "new")
    assert Store.open(tmp_path / "new").counts() == (0, 0)


def test_an_export_beside_a_writer_is_of_one_moment(library: Path, tmp_path: Path) -> None:
    """While songs are changed without end, every export holds whole songs only."""
    ended, failures = threading.Event(), list[BaseException]()

    def change() -> None:
        try:
            turn = 0
            while not ended.is_set():
                turn += 1
                words = Lyrics(text=f"Turn {turn} goes by\nand nobody knows", language="en")
                add(library, [song(number, lyrics=words) for number in range(12)], encode=False)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for turn in range(3):
            done = export(library, tmp_path / f"{turn}.songkin")
            assert (done.songs, check(tmp_path / f"{turn}.songkin").passages) == (12, done.passages)
    finally:
        ended.set()
        thread.join()
    assert not failures


# -- what is refused ---------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_not_written_over_unasked(library: Path, archive: Path) -> None:
    with pytest.raises(StoreError, match="is there already; name another file, or write over it with --replace"):
        export(library, archive)
    assert export(library, archive, replace=True).bytes == archive.stat().st_size
    with pytest.raises(SourceError, match="is a folder; name a file"):
        export(library, archive.parent)
    for write_to in (export, export_songs):
        with pytest.raises(SourceError, match=r"there is no folder .*none; make it"):
            write_to(library, archive.parent / "none" / "songs.songkin")


@pytest.mark.skipif(not Path("/dev/null").is_char_device(), reason="there is no such device here")
def test_a_device_is_written_to_and_never_replaced(library: Path, tmp_path: Path) -> None:
    (tmp_path / "nothing").symlink_to("/dev/null")
    for write_to in (export, export_songs):
        write_to(library, tmp_path / "nothing", replace=True)
        assert Path("/dev/null").is_char_device()
        assert (tmp_path / "nothing").is_symlink()


def test_two_exports_at_once_write_two_drafts(library: Path, tmp_path: Path) -> None:
    place, began = tmp_path / "one.songkin", list[int]()

    code = f"from songkin.library.backups import export; export({str(library)!r}, {str(place)!r}, replace=True)"

    def program(rows: int) -> None:
        began.append(rows)
        if len(began) == 1:
            subprocess.run([sys.executable, "-c", code], check=True)
            assert check(place).songs == 12

    export(library, place, replace=True, progress=program)
    assert check(place).songs == 12
    assert [path.name for path in tmp_path.glob(".one*")] == []


def test_wherever_it_is_cut_short_nothing_is_left(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    with tarfile.open(archive) as tar:
        last = tar.getmembers()[-1]
    end = last.offset_data + last.size
    for cut in (0, 100, 700, end // 3, end // 2, last.offset, last.offset_data, end - 1):
        archive.write_bytes(whole[:cut])
        refused(archive, tmp_path / "new")
        with pytest.raises(StoreError):
            check(archive)


def test_wherever_a_byte_is_changed_it_is_told_in_which_part(archive: Path, tmp_path: Path) -> None:
    for name, content in entries_of(archive).items():
        changed = bytearray(content)
        changed[len(changed) // 2] ^= 0x40
        write(archive, entries_of(archive) | {name: bytes(changed)})
        refused(archive, tmp_path / "new")
        write(archive, entries_of(archive) | {name: content})
    assert restore(archive, tmp_path / "new").songs == 12


@pytest.mark.parametrize("name", ["../../evil", "/etc/evil", "tables/songs/../../evil.arrow", "files/write.lock"])
def test_no_name_leads_out_of_the_folder(archive: Path, tmp_path: Path, name: str) -> None:
    entries = entries_of(archive)
    write(archive, {"manifest.json": entries["manifest.json"], name: b"evil", **entries})
    assert "which songkin never wrote" in refused(archive, tmp_path / "new")
    assert not list(tmp_path.rglob("evil*"))


def test_links_are_refused(archive: Path, tmp_path: Path) -> None:
    link = tarfile.TarInfo("files/map.parquet")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
    write(archive, entries_of(archive), link)
    assert "which songkin never wrote" in refused(archive, tmp_path / "new")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"title,artist\nRain,Ada\n" * 60])
def test_another_kind_of_file_is_no_library(tmp_path: Path, content: bytes) -> None:
    other = tmp_path / "songs.csv"
    other.write_bytes(content)
    assert "no library that songkin exported" in refused(other, tmp_path / "new")


def changed_manifest(archive: Path, change: Callable[[dict[str, object]], object]) -> None:
    """Change the manifest as somebody would who knows how, with its checksum."""
    entries = entries_of(archive)
    said = json.loads(entries["manifest.json"])
    change(said)
    before = hashlib.sha256(entries["manifest.json"]).hexdigest()
    entries["manifest.json"] = json.dumps(said).encode()
    after = hashlib.sha256(entries["manifest.json"]).hexdigest()
    entries["SHA256SUMS"] = entries["SHA256SUMS"].replace(before.encode(), after.encode())
    write(archive, entries)


def test_a_newer_schema_is_refused_with_the_cure(archive: Path, tmp_path: Path) -> None:
    changed_manifest(archive, lambda said: said.update(schema=SCHEMA + 1))
    with pytest.raises(SchemaError, match=r"made by a newer songkin .*pip install -U songkin"):
        restore(archive, tmp_path / "new")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("change", [{"songs": 13}, {"passages": 1}, {"form": 2}, {"schema": "three"}, {"songs": None}])
def test_a_manifest_that_does_not_hold_is_told(archive: Path, tmp_path: Path, change: dict[str, object]) -> None:
    changed_manifest(archive, lambda said: said.update(change))
    refused(archive, tmp_path / "new")


def test_an_older_library_is_brought_up_to_date(library: Path, tmp_path: Path) -> None:
    with writing(library, dim=64) as writer:
        writer.tables.run(writer.tables.songs.drop_columns(["passage_encoder"]))
        writer.tell("schema", "2")
    older = tmp_path / "older.songkin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(snapshot.Tables, "open", snapshot.Tables._opened)
        export(library, older)
    assert restore(older, tmp_path / "new").schema == 2
    assert Store.open(tmp_path / "new").facts()["schema"] == str(SCHEMA)
    assert Store.open(tmp_path / "new").counts().songs == 12


# -- putting it in place -----------------------------------------------------------------------------------------------


def test_a_library_that_is_there_stays_unless_it_is_to_be_replaced(archive: Path, tmp_path: Path) -> None:
    add(tmp_path / "new", [song(50)])
    reader = Library.open(tmp_path / "new")
    with pytest.raises(StoreError, match=r"a library is there already; .*--replace"):
        restore(archive, tmp_path / "new")
    assert reader.store.counts().songs == 1
    restore(archive, tmp_path / "new", replace=True)
    reader.refresh()
    assert Library.open(tmp_path / "new").store.counts().songs == 12
    assert [path.name for path in tmp_path.glob(".*")] == []


def test_where_no_system_call_swaps_folders_two_steps_do(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(swapping, "_exchanged", lambda one, other: False)
    add(tmp_path / "new", [song(50)])
    restore(archive, tmp_path / "new", replace=True)
    assert Library.open(tmp_path / "new").store.counts().songs == 12


def test_what_was_there_comes_back_after_a_kill_between_those_two_steps(archive: Path, tmp_path: Path) -> None:
    add(tmp_path / "new", [song(50)])
    (tmp_path / ".new.import").mkdir()
    (tmp_path / "new").rename(tmp_path / ".new.import" / swapping.BEFORE)
    with pytest.raises(StoreError, match="what was there before is back; try again"):
        restore(archive, tmp_path / "new", replace=True)
    assert Library.open(tmp_path / "new").store.counts().songs == 1
    assert restore(archive, tmp_path / "new", replace=True).songs == 12


def test_a_library_in_a_writers_hands_is_not_replaced(archive: Path, tmp_path: Path) -> None:
    add(tmp_path / "new", [song(50)])
    with writer_lock(tmp_path / "new"), pytest.raises(LockedError):
        restore(archive, tmp_path / "new", replace=True)
    assert Library.open(tmp_path / "new").store.counts().songs == 1


def test_a_folder_of_something_else_is_left_alone(archive: Path, tmp_path: Path) -> None:
    other = tmp_path / "photos"
    other.mkdir()
    (other / "me.jpg").write_bytes(b"x")
    with pytest.raises(StoreError, match="holds something else"):
        restore(archive, other, replace=True)
    assert [path.name for path in other.iterdir()] == ["me.jpg"]


def test_what_lies_beside_a_library_is_not_thrown_away_with_it(archive: Path, tmp_path: Path) -> None:
    home = tmp_path / "new"
    add(home, [song(50)])
    shutil.copy(archive, home / "backup.songkin")
    with pytest.raises(StoreError, match=r"new: holds backup\.songkin too, which would go with the library; move it"):
        restore(home / "backup.songkin", home, replace=True)
    assert Library.open(home).store.counts().songs == 1
    (home / "backup.songkin").rename(tmp_path / "backup.songkin")
    assert restore(tmp_path / "backup.songkin", home, replace=True).songs == 12


def test_a_link_to_a_library_stays_one_and_the_working_folder_is_replaced_too(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path / "disk" / "new", [song(50)])
    (tmp_path / "link").symlink_to(tmp_path / "disk" / "new")
    restore(archive, tmp_path / "link", replace=True)
    assert (tmp_path / "link").is_symlink()
    assert Library.open(tmp_path / "disk" / "new").store.counts().songs == 12
    monkeypatch.chdir(tmp_path / "disk" / "new")
    assert restore(archive, ".", replace=True).place == str(tmp_path / "disk" / "new")
    assert sorted(path.name for path in (tmp_path / "disk").iterdir()) == ["new"]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place, mount = tmp_path / "small", shutil.which("mount")
    place.mkdir()
    options = ["-t", "tmpfs", "-o", "size=16k", "tmpfs", str(place)]
    if not mount or subprocess.run([mount, *options], capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a file system")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], capture_output=True, check=True)


def test_a_full_disk_is_told_and_leaves_nothing(library: Path, archive: Path, small_disk: Path) -> None:
    for attempt in (lambda: export(library, small_disk / "a.songkin"), lambda: restore(archive, small_disk / "new")):
        with pytest.raises(StoreError, match="the disk is full"):
            attempt()
        assert list(small_disk.iterdir()) == []


# -- songs as lines ----------------------------------------------------------------------------------------------------


def test_songs_as_lines_are_read_back_as_they_were(tmp_path: Path) -> None:
    whole = Song(
        **{"id": "ä-1", "title": "Über allem", "artists": ("Ada", "Bo"), "album": "One", "year": 1999},
        **{"duration_s": 201.5, "language": "de", "explicit": False, "genres": ("folk", "R&B/Soul")},
        tags={"calm": 0.25},
        features={"tempo_bpm": 92.5, "my_own": -3.0},
        links={"isrc": "DEA000000001"},
        description="leise",
        lyrics=Lyrics(text="[00:01.00]Erste Zeile\n[00:02.00]Zweite", language="de"),
    )
    songs = [whole, Song("bag", title="Bag", lyrics=Lyrics(bag={"rain": 2})), Song("bare", title="Bare")]
    songs.append(Song("still", title="Still", lyrics=Lyrics(instrumental=True)))
    add(tmp_path / "library", songs)
    done = export_songs(tmp_path / "library", tmp_path / "songs.jsonl")
    assert done.songs == 4
    reading = Reading.of([tmp_path / "songs.jsonl"])
    assert {one.id: digest(one) for one in reading.songs()} == {one.id: digest(one) for one in songs}
    assert (reading.lost, reading.kept) == ([], [])
