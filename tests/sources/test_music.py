"""Music files: what their tags mean, what their names say, and what becomes of damaged ones."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import tagged
from hypothesis import given
from hypothesis import strategies as st
from tagged import RECORDING, custom, itunes, mp3, text, ufid, unsynced

from songkin.sources import Loss
from songkin.sources.music import ENDINGS, named, path_id, songs, stamp
from songkin.types import Song

TRAP = "aaaaaaaa-1111-4222-8333-0123456789ab"


def read(path: Path, content: bytes) -> tuple[Song, list[Loss]]:
    losses: list[Loss] = []
    path.write_bytes(content)
    (song,) = songs(path, lost=losses.append)
    return song, losses


def lost(path: Path, content: bytes) -> str:
    losses: list[Loss] = []
    path.write_bytes(content)
    assert list(songs(path, lost=losses.append)) == []
    (loss,) = losses
    assert not loss.kept
    assert loss.place == str(path)
    return loss.reason


FULL = {
    "full.mp3": mp3(
        ("TIT2", text("Salt Road")),
        ("TPE1", text("Mara Lind\0The Kerbs")),
        ("TALB", text("Ebb")),
        ("TDRC", text("1994-05-01")),
        ("TCON", text("Folk\0Sea Song")),
        ("TLAN", text("eng")),
        ("TBPM", text("92")),
        ("TMOO", text("calm; salty/slow")),
        ("TSRC", text("ZZ-A00-94-00001")),
        ("TXXX", custom("ITUNESADVISORY", "1")),
        ("TXXX", custom("MusicBrainz Release Track Id", TRAP)),
        ("UFID", ufid("http://www.cddb.com/id3", "no recording")),
        ("UFID", ufid("http://musicbrainz.org", RECORDING)),
        ("USLT", unsynced("We took the salt road down")),
        seconds=2.0,
    ),
    "full.flac": tagged.flac(
        ("TITLE", "Salt Road"),
        ("ARTIST", "Mara Lind"),
        ("ARTIST", "The Kerbs"),
        ("ALBUM", "Ebb"),
        ("DATE", "1994-05-01"),
        ("GENRE", "Folk"),
        ("GENRE", "Sea Song"),
        ("LANGUAGE", "English"),
        ("BPM", "92"),
        ("MOOD", "calm"),
        ("MOOD", "salty, slow"),
        ("ISRC", "zza009400001"),
        ("ITUNESADVISORY", "1"),
        ("MUSICBRAINZ_RELEASETRACKID", TRAP),
        ("MUSICBRAINZ_TRACKID", RECORDING.upper()),
        ("UNSYNCEDLYRICS", "We took the salt road down"),
    ),
    "full.m4a": tagged.mp4(
        tagged.atom(b"\xa9nam", tagged.value("Salt Road")),
        tagged.atom(b"\xa9ART", tagged.value("Mara Lind feat. The Kerbs")),
        tagged.atom(b"\xa9alb", tagged.value("Ebb")),
        tagged.atom(b"\xa9day", tagged.value("1994-05-01T00:00:00Z")),
        tagged.atom(b"\xa9gen", tagged.value("Folk; Sea Song")),
        tagged.atom(b"\xa9lyr", tagged.value("We took the salt road down")),
        tagged.atom(b"tmpo", tagged.value(92)),
        tagged.atom(b"rtng", tagged.value(4)),
        itunes("LANGUAGE", "eng"),
        itunes("MOOD", "calm", "salty", "slow"),
        itunes("ISRC", "ZZA009400001"),
        itunes("MusicBrainz Release Track Id", TRAP),
        itunes("MusicBrainz Track Id", RECORDING),
        seconds=2,
    ),
    "full.wma": tagged.wma(
        "Salt Road",
        "Mara Lind / The Kerbs",
        {
            **{"WM/AlbumTitle": "Ebb", "WM/Year": "1994", "WM/Genre": "Folk, Sea Song", "WM/Language": "en-GB"},
            **{"WM/BeatsPerMinute": "92", "WM/Mood": "calm;salty;slow", "WM/ISRC": "ZZA009400001"},
            **{"MusicBrainz/Track Id": RECORDING, "MusicBrainz/Release Track Id": TRAP, "ITUNESADVISORY": "1"},
            "WM/Lyrics": "We took the salt road down",
        },
    ),
}
FULL["full.ogg"] = tagged.ogg(("title", "Salt Road"), ("artists", "Mara Lind"), ("artist", "Mara Lind x The Kerbs"))
FULL["full.opus"] = tagged.opus(("TITLE", "Salt Road"), ("ARTIST", "Mara Lind; The Kerbs"))
FULL["full.wav"] = tagged.wav(("TIT2", text("Salt Road")), ("TPE1", text("Mara Lind vs. The Kerbs")))
FULL["full.aiff"] = tagged.aiff(("TIT2", text("Salt Road")), ("TPE1", text("Mara Lind ft. The Kerbs")))
LONG = ["full.mp3", "full.flac", "full.m4a", "full.wma"]


@pytest.mark.parametrize("name", sorted(FULL))
def test_title_and_artists_are_read_in_every_container(tmp_path: Path, name: str) -> None:
    song, losses = read(tmp_path / name, FULL[name])
    assert (song.title, song.artists, song.audio) == ("Salt Road", ("Mara Lind", "The Kerbs"), tmp_path / name)
    assert losses == []
    assert Path(name).suffix in ENDINGS


@pytest.mark.parametrize("name", LONG)
def test_every_field_is_read_in_the_containers_that_can_hold_it(tmp_path: Path, name: str) -> None:
    song, losses = read(tmp_path / name, FULL[name])
    assert (song.album, song.year, song.language, song.explicit) == ("Ebb", 1994, "en", True)
    assert song.genres == ("Folk", "Sea Song")
    assert song.tags == {"calm": 1.0, "salty": 1.0, "slow": 1.0}
    assert song.features == {"tempo_bpm": 92.0}
    assert song.links == {"mbid": RECORDING, "isrc": "ZZA009400001"}
    assert song.id == RECORDING
    assert song.lyrics
    assert (song.lyrics.text, song.lyrics.source) == ("We took the salt road down", "embedded tag")
    assert losses == []


@pytest.mark.parametrize(
    ("name", "seconds"), [("full.mp3", 2), ("full.flac", 2), ("full.m4a", 2), ("full.ogg", 3), ("full.opus", 3)]
)
def test_the_length_is_read_in_seconds(tmp_path: Path, name: str, seconds: int) -> None:
    assert read(tmp_path / name, FULL[name])[0].duration_s == pytest.approx(seconds, abs=0.05)


def test_old_id3_with_utf_16_text_is_read(tmp_path: Path) -> None:
    frames = [("TIT2", text("Ślad 海", version=3)), ("TYER", text("2001", version=3))]
    song, _ = read(tmp_path / "a.mp3", mp3(*frames, version=3))
    assert (song.title, song.year) == ("Ślad 海", 2001)


def test_a_credit_that_strings_the_listed_artists_together_is_left_out(tmp_path: Path) -> None:
    frames = [("TPE1", text("Mara Lind & The Kerbs")), ("TXXX", custom("ARTISTS", "Mara Lind\0The Kerbs"))]
    assert read(tmp_path / "a.mp3", mp3(*frames))[0].artists == ("Mara Lind", "The Kerbs")
    assert read(tmp_path / "b.mp3", mp3(("TPE1", text("Simon & Garfunkel"))))[0].artists == ("Simon & Garfunkel",)


def test_the_year_is_that_of_the_first_release_where_the_file_knows_it(tmp_path: Path) -> None:
    song, _ = read(tmp_path / "a.flac", tagged.flac(("DATE", "2011"), ("ORIGINALDATE", "1975-11-21")))
    assert song.year == 1975


@pytest.mark.parametrize(("said", "explicit"), [("0", None), ("1", True), ("2", False), ("4", True), ("12", None)])
def test_the_advisory_says_whether_a_song_is_explicit(tmp_path: Path, said: str, explicit: bool | None) -> None:
    assert read(tmp_path / "a.mp3", mp3(("TXXX", custom("ITUNESADVISORY", said))))[0].explicit is explicit


def test_a_tag_that_means_nothing_is_told_and_left_out(tmp_path: Path) -> None:
    song, losses = read(tmp_path / "a.flac", tagged.flac(("TITLE", "A"), ("DATE", "long ago"), ("BPM", "0")))
    assert (song.year, song.features) == (None, {})
    assert losses == [
        Loss(str(tmp_path / "a.flac"), "tag 'year': year long ago is not a year; the song is kept without it", True)
    ]


def test_a_release_track_id_is_no_recording_and_the_path_is_the_id(tmp_path: Path) -> None:
    song, _ = read(tmp_path / "a.flac", tagged.flac(("MUSICBRAINZ_RELEASETRACKID", TRAP)))
    assert "mbid" not in song.links
    assert song.id == path_id(tmp_path / "a.flac") != path_id(tmp_path / "b.flac")


# -- names -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "title", "artist", "album"),
    [
        ("Salt Road.mp3", "Salt Road", "", ""),
        ("salt_road.mp3", "salt road", "", ""),
        ("01 Salt Road.mp3", "Salt Road", "", ""),
        ("07. Salt Road.mp3", "Salt Road", "", ""),
        ("2-07 Salt Road.mp3", "Salt Road", "", ""),
        ("01 - Salt Road.mp3", "Salt Road", "", ""),
        ("01 - Mara Lind - Salt Road.mp3", "Salt Road", "Mara Lind", ""),
        ("Mara Lind - Salt Road.mp3", "Salt Road", "Mara Lind", ""),
        ("Mara Lind - 01 - Salt Road.mp3", "Salt Road", "Mara Lind", ""),
        ("Mara Lind - Ebb - 01 - Salt Road.mp3", "Salt Road", "Mara Lind", "Ebb"),
        ("Mara Lind - Ebb/01 Salt Road.mp3", "Salt Road", "Mara Lind", "Ebb"),
        ("Mara Lind - 1994 - Ebb/01 Salt Road.mp3", "Salt Road", "Mara Lind", "Ebb"),
        ("Mara Lind - Ebb/Salt Road.mp3", "Salt Road", "", ""),
        ("99 Buoys.mp3", "99 Buoys", "", ""),
        ("1999.mp3", "1999", "", ""),
        ("01.mp3", "01", "", ""),
        ("A-ha.mp3", "A-ha", "", ""),
    ],
)
def test_a_file_without_tags_goes_by_its_name(path: str, title: str, artist: str, album: str) -> None:
    assert named(Path("/Music") / path) == (title, artist, album)


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=()), min_size=1, max_size=40))
def test_any_name_gives_a_title_that_can_be_written(stem: str) -> None:
    try:
        os.fsencode(stem)
    except UnicodeEncodeError:
        return  # half a character that no file system gives
    assert named(Path("/Music") / f"{stem}.mp3").title.encode("utf-8")


def test_a_name_in_no_encoding_arrives_and_stays_the_file_it_names(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/Caf\xe9 Tide.mp3"))
    song, _ = read(path, mp3())
    assert song.title == "Café Tide"
    assert song.audio
    assert os.fsencode(song.audio) == os.fsencode(tmp_path) + b"/Caf\xe9 Tide.mp3"
    assert song.audio.exists()


# -- damage ------------------------------------------------------------------------------------------------------------


def test_music_without_tags_is_fine(tmp_path: Path) -> None:
    song, losses = read(tmp_path / "01 - Tide.mp3", tagged.MP3_FRAME * 20)
    assert (song.title, song.artists, song.lyrics, losses) == ("Tide", (), None, [])


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.flac", FULL["full.flac"][:60]),
        ("cut.ogg", FULL["full.ogg"][:40]),
        (
            "cut.m4a",
            tagged.mp4()[:30] + b"\0\0\0\x40moov\0\0\0\x38udta\0\0\0\x30meta\0\0\0\0\0\0\0\x24ilst\0\0\0\x1ctrkn",
        ),
        ("head.flac", b"fLaC"),
        ("bad.wav", b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\1\0"),
    ],
)
def test_a_damaged_file_that_is_music_arrives_under_its_name(tmp_path: Path, name: str, content: bytes) -> None:
    song, losses = read(tmp_path / name, content)
    assert song.title == Path(name).stem
    assert all(loss.kept for loss in losses)


def test_what_could_not_be_read_of_a_file_is_told(tmp_path: Path) -> None:
    _, (loss,) = read(tmp_path / "a.wav", b"RIFF\0\0\0\0WAVEfmt \x02\0\0\0\1\0")
    assert loss == Loss(str(tmp_path / "a.wav"), "this WAV is damaged; its tags are read, its length is not", True)
    _, (loss,) = read(tmp_path / "a.flac", FULL["full.flac"][:60])
    assert "the tags of this FLAC cannot be read" in loss.reason


def test_tags_without_sound_are_read_and_told(tmp_path: Path) -> None:
    song, losses = read(tmp_path / "a.mp3", tagged.id3([("TIT2", text("Tide"))]) + b"no sound at all" * 100)
    assert (song.title, song.duration_s) == ("Tide", None)
    assert [loss.reason for loss in losses] == ["this MP3 is damaged; its tags are read, its length is not"]


def test_a_format_whose_tags_are_not_read_arrives_under_its_name(tmp_path: Path) -> None:
    song, losses = read(tmp_path / "Tide.wv", b"wvpk" + bytes(40))
    assert song.title == "Tide"
    assert "the tags of WavPack files are not read" in losses[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (bytes(5000), "only zeros"),
        (b"<html>404 Not Found</html>", "there is no music in it; it begins with b'<html>404"),
        ("﻿a text of words".encode("utf-16"), "there is no music in it"),
        (bytes(range(256)) * 300, "there is no music in it"),
    ],
)
def test_what_is_no_music_is_lost_whatever_its_ending_says(tmp_path: Path, content: bytes, reason: str) -> None:
    assert reason in lost(tmp_path / "a.mp3", content)


def test_what_the_bytes_are_counts_and_not_the_ending(tmp_path: Path) -> None:
    assert read(tmp_path / "really.mp3", FULL["full.flac"])[0].title == "Salt Road"
    assert read(tmp_path / "really.ogg", FULL["full.mp3"])[0].title == "Salt Road"


def test_a_file_that_is_gone_or_closed_is_lost_with_its_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    losses: list[Loss] = []
    assert list(songs(tmp_path / "gone.mp3", lost=losses.append)) == []
    assert losses[0].reason == "cannot be read: No such file or directory"
    os.mkfifo(tmp_path / "pipe.mp3")
    assert list(songs(tmp_path / "pipe.mp3", lost=losses.append)) == []
    assert losses[1].reason == "is no file"

    def closed(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "closed.mp3").write_bytes(mp3())
    monkeypatch.setattr(Path, "open", closed)
    assert list(songs(tmp_path / "closed.mp3", lost=losses.append)) == []
    assert losses[2].reason == "cannot be read: Permission denied"


@given(st.binary(max_size=400), st.sampled_from([b"", b"ID3\x04\0\0\0\0\x02\0", b"fLaC", b"OggS\0", b"\xff\xfb\x90\0"]))
def test_no_bytes_stop_the_reader(content: bytes, start: bytes) -> None:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"songkin-{os.getpid()}.mp3"
    path.write_bytes(start + content)
    try:
        losses: list[Loss] = []
        found = list(songs(path, lost=losses.append))
        assert len(found) == 1 or not losses[-1].kept
    finally:
        path.unlink()


# -- stamps ------------------------------------------------------------------------------------------------------------


def test_the_stamp_changes_with_the_file_and_with_the_lyrics_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(mp3())
    stamps = [stamp(path)]
    assert stamp(path) == stamps[0]
    (tmp_path / "a.lrc").write_text("words")
    stamps.append(stamp(path))
    (tmp_path / "a.lrc").write_text("other words")
    stamps.append(stamp(path))
    (tmp_path / "b.lrc").write_text("not mine")
    assert stamp(path) == stamps[-1]
    os.utime(path, ns=(1, 1))
    stamps.append(stamp(path))
    assert len(set(stamps)) == 4
    with pytest.raises(FileNotFoundError):
        stamp(tmp_path / "gone.mp3")
