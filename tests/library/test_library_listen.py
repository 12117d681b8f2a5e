"""Listening to a library: what is measured and kept, what stays as given, what is heard again, damaged files."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from heard_music import clicks, folder, here, recording
from library_songs import CountingToy, use

from songkin.audio import FINGERPRINT
from songkin.errors import LockedError, QueryError
from songkin.library import Library, Reading, listening
from songkin.library.listening import Listened, with_measured
from songkin.store import Store, writing
from songkin.store.heard import HeardRows
from songkin.store.kept_vectors import KeptVectors
from songkin.types import Song

HERE = Path(__file__).parent


@pytest.fixture(autouse=True)
def _ear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "listen_to_each", here)


@pytest.fixture
def files_heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that were listened to."""
    names: list[str] = []

    def noting(jobs: Any, *, workers: int | None = None) -> Iterator[Any]:
        for job, path in jobs:
            names.append(path.name)
            yield from here([(job, path)])

    monkeypatch.setattr(listening, "listen_to_each", noting)
    return names


def add(*paths: Path) -> None:
    Library.add(Reading.of(paths), "L")


def listen() -> Listened:
    return Library.open("L").listen()


def songs() -> dict[str, Song]:
    """The songs of the library L, by title."""
    store = Store.open("L")
    return {song.title: song for song in store.songs(store.catalogue()[0]) if song}


def rows() -> Any:
    return HeardRows(Store.open("L").tables).read()


def told(done: Listened) -> tuple[int, int, int, int]:
    return done.heard, done.known, done.silent, len(done.lost)


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_songs_gain_the_features_of_their_sound(tmp_path: Path) -> None:
    add(folder(tmp_path / "Music"))
    assert told(listen()) == (3, 0, 0, 0)
    for title, song in songs().items():
        bpm = float(title.split()[1])
        octaves = math.log2(song.features["tempo_bpm"] / bpm)
        assert abs(octaves - round(octaves)) < 0.06, (bpm, song.features["tempo_bpm"])
        assert {"loudness_db", "energy", "danceability", "brightness_hz"} <= song.features.keys()
        assert rows()[song.id].by_ear(song.features) == song.features.keys()


def test_what_is_given_stays_and_what_is_measured_is_known_apart(tmp_path: Path) -> None:
    [path] = folder(tmp_path / "Music", (120,)).iterdir()
    Library.add([Song("a", "A", features={"energy": 0.123, "valence": 0.5, "key": math.nan}, audio=path)], "L")
    listen()
    song = songs()["A"]
    assert (song.features["energy"], song.features["valence"]) == (0.123, 0.5)
    assert {"energy", "valence"}.isdisjoint(rows()["a"].by_ear(song.features))
    assert "tempo_bpm" in rows()["a"].by_ear(song.features)
    assert all(math.isfinite(value) for value in song.features.values())


def test_a_unit_vector_is_kept_with_a_mark_of_ear_and_file(tmp_path: Path) -> None:
    [path] = folder(tmp_path / "Music", (120,)).iterdir()
    Library.add([Song("a", "A", audio=path)], "L")
    listen()
    kept = KeptVectors(Store.open("L").tables, "sound").read()
    assert kept.ids.to_pylist() == ["a"]
    assert kept.marks.to_pylist() == [f"{FINGERPRINT}/{path.stat().st_size}/{path.stat().st_mtime_ns}"]
    assert np.linalg.norm(kept.vectors[0].astype(float)) == pytest.approx(1, abs=1e-2)


def test_songs_without_a_music_file_are_counted_and_stay(tmp_path: Path) -> None:
    Library.add([Song("a", "A"), Song("b", "B", features={"energy": 0.5})], "L")
    done = listen()
    assert told(done) == (0, 0, 2, 0)
    assert done.as_json() == {"heard": 0, "unheard": 2}
    assert songs()["B"].features == {"energy": 0.5}
    assert Library.open("L").info()["heard"] == 0


def test_descriptions_speak_of_what_was_heard_and_only_they_are_encoded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    [path] = folder(tmp_path / "Music", (120,)).iterdir()
    path.with_suffix(".lrc").write_text("[00:01.00]Salt road down to the bay\n", encoding="utf-8")
    add(tmp_path / "Music")
    toy = CountingToy()
    monkeypatch.setattr("songkin.library.encoding.load", use(toy))
    monkeypatch.setattr(listening, "rounded", lambda features: {"tempo_bpm": 171.0, "energy": 0.1})
    listen()
    assert toy.read == ["calm, quiet, fast tempo"]
    library = Library.open("L")
    assert [hit.song.title for hit in library.search("fast tempo").hits] == ["At 120"]
    assert library.line("salt road down to the bay").hits, "its words are there as before"
    assert library.store.filled()["toy-1/2"].passages == 1


def test_without_encoding_the_next_add_fills_the_vectors(tmp_path: Path) -> None:
    add(folder(tmp_path / "Music", (120,)))
    Library.open("L").listen(encode=False)
    assert Library.add(Reading.of([tmp_path / "Music"]), "L").encoded == 1
    assert songs()["At 120"].features["loudness_db"] < 0


# -- conditions, wishes, similarity: end to end ------------------------------------------------------------------------


@pytest.fixture
def heard_library(tmp_path: Path) -> Library:
    """Songs with nothing but their sound: three that are struck, loud and soft, and noise."""
    place = tmp_path / "Music"
    recording(place / "Loud.flac", clicks(120, gain=0.9))
    recording(place / "Soft.flac", clicks(120, gain=0.02))
    recording(place / "Near.flac", clicks(124, gain=0.8))
    noise = np.random.default_rng(3).normal(0, 0.2, 8 * 11_025).astype(np.float32)
    recording(place / "Noise.flac", noise)
    Library.add(Reading.of([place]), "L")
    listen()
    return Library.open("L")


def test_conditions_hold_what_was_heard_against_them(heard_library: Library) -> None:
    loudness = {song.title: song.features["loudness_db"] for song in songs().values()}
    assert loudness["Soft"] < loudness["Loud"] - 20
    found = heard_library.similar("Loud", where="loudness_db:..-25", k=10)
    assert {hit.song.title for hit in found.hits} == {title for title, db in loudness.items() if db <= -25}
    tempo = songs()["Near"].features["tempo_bpm"]
    found = heard_library.similar("Loud", where=f"tempo_bpm:{tempo - 1}..{tempo + 1}")
    assert "Near" in {hit.song.title for hit in found.hits}


def test_a_wish_for_more_starts_at_what_was_heard_of_the_seed(heard_library: Library) -> None:
    found = heard_library.similar("Soft", targets={"loudness_db": 1.0})
    assert {hit.song.title for hit in found.hits} >= {"Loud", "Near"}
    soft = songs()["Soft"].features["loudness_db"]
    assert found.hits[0].song.features["loudness_db"] > soft


def test_songs_with_only_sound_are_alike_by_it_and_reasons_compare_them(heard_library: Library) -> None:
    found = heard_library.similar("Loud")
    assert found.hits[0].song.title == "Near"
    assert any(reason.words.startswith("sounds like it: ") for reason in found.hits[0].reasons)
    assert "sound" in {reason.channel for reason in found.hits[0].reasons}
    assert found.hits[-1].song.title != "Near"


# -- again -------------------------------------------------------------------------------------------------------------


def test_a_second_time_nothing_is_heard(tmp_path: Path, files_heard: list[str]) -> None:
    add(folder(tmp_path / "Music"))
    listen()
    before = songs()
    assert told(listen()) == (0, 3, 0, 0)
    assert len(files_heard) == 3
    assert songs() == before


def test_only_new_and_changed_files_are_heard(tmp_path: Path, files_heard: list[str]) -> None:
    place = folder(tmp_path / "Music")
    add(place)
    listen()
    files_heard.clear()
    recording(place / "At 90.flac", clicks(150, gain=0.05))
    os.utime(place / "At 120.flac", ns=(1, 1))
    folder(place, (80,))
    add(place)
    assert told(listen()) == (3, 1, 0, 0)
    assert sorted(files_heard) == ["At 120.flac", "At 80.flac", "At 90.flac"]


def test_a_changed_file_brings_its_new_sound_and_the_old_one_is_not_taken_for_given(tmp_path: Path) -> None:
    [path] = folder(tmp_path / "Music", (120,)).iterdir()
    Library.add([Song("a", "A", audio=path)], "L")
    listen()
    loud = songs()["A"].features["loudness_db"]
    recording(path, clicks(120, gain=0.02))
    assert told(listen()) == (1, 0, 0, 0)
    assert songs()["A"].features["loudness_db"] < loud - 20


def test_a_record_that_changes_keeps_what_was_heard_while_its_file_stays(tmp_path: Path) -> None:
    [path] = folder(tmp_path / "Music", (120,)).iterdir()
    Library.add([Song("a", "A", audio=path)], "L")
    listen()
    heard = songs()["A"].features
    done = Library.add([Song("a", "B", features={"energy": 0.111}, audio=path)], "L")
    assert done.changed == 1
    assert songs()["B"].features == {**heard, "energy": 0.111}
    assert Library.add([Song("a", "B", features={"energy": 0.111}, audio=path)], "L").unchanged == 1
    recording(path, clicks(120, gain=0.02))
    Library.add([Song("a", "C", audio=path)], "L")
    assert songs()["C"].features == {}, "of another file nothing is known until it is heard"


def test_another_ear_hears_everything_again_and_old_vectors_do_not_mix(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder(tmp_path / "Music", (90, 120)))
    listen()
    recording(tmp_path / "Music" / "At 90.flac", np.zeros(0, np.float32))
    monkeypatch.setattr(listening, "FINGERPRINT", "another-ear")
    assert told(listen()) == (1, 0, 0, 1)
    kept = KeptVectors(Store.open("L").tables, "sound").read()
    assert [mark.split("/")[0] for mark in kept.marks.to_pylist()] == ["another-ear"]


def test_what_was_heard_of_songs_that_are_gone_goes_with_the_next_listening(tmp_path: Path) -> None:
    place = folder(tmp_path / "Music", (90, 120))
    add(place)
    listen()
    Library.remove([songs()["At 90"].id], "L")
    assert Library.open("L").info()["heard"] == 1
    folder(place, (140,))
    add(place / "At 140.flac")
    listen()
    assert len(rows()) == 2
    assert KeptVectors(Store.open("L").tables, "sound").count() == 2


def test_a_file_whose_drive_is_missing_stays_heard(tmp_path: Path) -> None:
    place = folder(tmp_path / "Music", (90, 120))
    add(place)
    listen()
    place.rename(tmp_path / "away")
    assert told(listen()) == (0, 2, 0, 0)
    assert all(song.features for song in songs().values())


def test_a_file_that_is_gone_before_it_was_heard_is_told(tmp_path: Path) -> None:
    Library.add([Song("a", "A", audio=tmp_path / "gone.flac")], "L")
    done = listen()
    assert told(done) == (0, 0, 0, 1)
    assert "gone.flac: cannot be opened (No such file or directory); is the drive mounted?" in done.lost[0]
    assert done.as_json() == {"heard": 0, "unheard": 1}


def test_labels_of_heads_that_were_replaced_do_not_pass_for_new(tmp_path: Path) -> None:
    place = folder(tmp_path / "Music", (90, 120))
    old, new = sorted(place.iterdir())
    Library.add([Song("a", "A", audio=old, predicted={"valence": 0.5})], "L")
    with writing("L", dim=64) as writer:
        writer.tell("heads_since", str(writer.next_key))
    Library.add([Song("b", "B", audio=new, predicted={"valence": 0.5})], "L")
    listen()
    assert not songs()["A"].predicted
    assert songs()["B"].predicted == {"valence": 0.5}


# -- broken off --------------------------------------------------------------------------------------------------------


def test_a_listening_broken_off_between_its_commits_lays_over_what_it_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files_heard: list[str]
) -> None:
    add(folder(tmp_path / "Music"))
    with monkeypatch.context() as patch:
        patch.setattr(listening.Hearing, "_lay_over", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            listen()
    assert not any(song.features for song in songs().values())
    assert told(listen()) == (0, 3, 0, 0)
    assert len(files_heard) == 3
    assert all("loudness_db" in song.features for song in songs().values())


@pytest.mark.slow
def test_kill_dash_nine_costs_only_what_was_not_committed(tmp_path: Path, files_heard: list[str]) -> None:
    add(folder(tmp_path / "Music", (70, 80, 90, 100, 110, 120)))
    killed = subprocess.run([sys.executable, HERE / "killed_listening.py", "L", "3"], check=False)
    assert killed.returncode == -9
    there = Library.open("L").info()["heard"]
    assert 3 <= there < 6
    assert told(listen()) == (6 - there, there, 0, 0)
    assert len(files_heard) == 6 - there
    assert all("loudness_db" in song.features for song in songs().values())


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    add(folder(tmp_path / "Music", (90,)))
    library = Library.open("L")
    with writing("L", dim=64), pytest.raises(LockedError):
        library.listen()


# -- odd and damaged files ---------------------------------------------------------------------------------------------


def test_damaged_files_are_told_by_name_and_the_rest_is_heard(tmp_path: Path) -> None:
    place = folder(tmp_path / "Music", (120,))
    whole = (place / "At 120.flac").read_bytes()
    (place / "cut.flac").write_bytes(whole[: len(whole) // 2])
    (place / "empty.flac").write_bytes(b"")
    (place / "text.flac").write_bytes(b"these are words\n" * 99)
    recording(place / "nothing.wav", np.zeros(0, np.float32))
    names = ("At 120", "cut", "empty", "text", "nothing")
    files = [next(place.glob(f"{name}.*")) for name in names]
    Library.add([Song(path.stem, path.stem, audio=path) for path in files], "L")
    done = listen()
    assert told(done) == (1, 0, 0, 4)
    for name in names[1:]:
        assert any(f"{os.sep}{name}." in loss for loss in done.lost), name
    assert all(";" in loss or "?" in loss for loss in done.lost), "each says the cure"
    assert songs()["At 120"].features
    assert told(listen()) == (0, 1, 0, 4), "they are tried again"


def test_eight_bits_high_rates_and_silence_are_heard(tmp_path: Path) -> None:
    place = tmp_path / "Music"
    recording(place / "eight.wav", clicks(120), subtype="PCM_U8")
    recording(place / "high.wav", np.repeat(clicks(120, seconds=2.0), 17), rate=192_000)
    recording(place / "silence.wav", np.zeros(5 * 11_025, np.float32))
    recording(place / "blink.wav", clicks(120, seconds=0.01))
    add(place)
    assert told(listen()) == (4, 0, 0, 0)
    library = Library.open("L")
    assert library.info()["heard"] == 4
    answer = library.similar("silence", channels=("sound",))
    assert answer.hits == ()
    assert any("is silent" in note for note in answer.notes)


def test_a_fifo_is_no_file_to_wait_for(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "pipe.flac")
    Library.add([Song("a", "A", audio=tmp_path / "pipe.flac")], "L")
    assert "it is no file" in listen().lost[0]


def test_measured_features_stand_in_only_where_nothing_is_given() -> None:
    song = Song("a", features={"energy": 0.4, "tempo_bpm": 120.0})
    assert with_measured(song, {"energy": 0.9, "key": 2.0}).features == {"energy": 0.4, "tempo_bpm": 120.0, "key": 2.0}
    again = with_measured(song, {"energy": 0.9}, {"energy": 0.4, "tempo_bpm": 119.0})
    assert again.features == {"energy": 0.9, "tempo_bpm": 120.0}


def test_an_empty_library_has_nothing_to_hear(tmp_path: Path) -> None:
    Library.add([Song("a", "A")], "L")
    Library.remove(["a"], "L")
    assert told(listen()) == (0, 0, 0, 0)
    with pytest.raises(QueryError):
        Library.open("L").similar("A")
