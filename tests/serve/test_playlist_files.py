"""Playlist files: what is written is read again, whatever the songs are called, and hostile files do no harm."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from songkin.errors import QueryError, SourceError
from songkin.serve.playlist_files import KINDS, homeless, kind_of, why, write
from songkin.sources.playlist_files import MOST_ENTRIES, Entry, decoded, entries, text_of
from songkin.sources.playlist_files import kind_of as kind_read
from songkin.sources.values import unknown
from songkin.types import Hit, Playlist, Reason, Song

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=12).filter(str.strip)
NAME = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
ARTIST = NAME.filter(lambda name: not set(name) & set(";|[](){}'\"") and name != "?" and not unknown(name))
MBID = st.uuids().map(str)
SONG = st.builds(
    Song,
    id=TEXT,
    title=NAME,
    artists=st.lists(ARTIST, min_size=1, max_size=2, unique=True).map(tuple),
    album=st.one_of(st.none(), NAME),
    duration_s=st.one_of(st.none(), st.integers(1, 10_000).map(float)),
    links=st.fixed_dictionaries({}, optional={"mbid": MBID, "subsonic": NAME}),
    audio=st.one_of(
        st.none(),
        st.lists(NAME.filter(lambda n: "/" not in n and n not in (".", "..")), min_size=1, max_size=3).map(
            lambda parts: Path("/music", *parts)
        ),
    ),
)
HIT = st.builds(Hit, SONG, st.floats(0, 1), st.just((Reason("words", 1.0, "sings: rain", "A line & <more>", 61_000),)))
QUICK = settings(max_examples=25, deadline=None)
PLAYLIST = st.builds(Playlist, NAME, st.lists(HIT, max_size=4).map(tuple))
RAIN = Song(
    "r/1", "Rain & <Shine>", ("Ada, Moss", "Bo"), "Weather", 1994, 200.4,
    links={"mbid": "6b9b4c1c-0e4c-4c0c-8a69-1f6f5a0d2b11", "isrc": "XXABC2600001", "subsonic": "tr 7"},
    audio=Path("/music/Ada Moss/01 Rain #1?.flac"),
)  # fmt: skip
BARE = Song("bare", "Sketch")
MIX = Playlist(
    "Mix",
    (Hit(RAIN, 0.5, (Reason("path", 1.0, "it begins here"), Reason("words", 0.0, "sings", "Rain!"))), Hit(BARE, 0.25)),
)


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(playlist=PLAYLIST)
def test_what_is_written_is_read_again(kind: str, playlist: Playlist) -> None:
    read = list(entries(write(playlist, kind, relative_to=Path("/music")), kind))
    assert [entry.id for entry in read] == [
        hit.song.id.strip() if kind == "csv" else hit.song.id for hit in playlist.hits
    ]
    for entry, hit in zip(read, playlist.hits, strict=True):
        if kind != "m3u8":
            assert entry.title == hit.song.title.strip()
        if kind == "csv":
            assert entry.artist == ", ".join(hit.song.artists)
        if kind in ("xspf", "jspf"):
            assert entry.artist == hit.song.artist
            assert entry.mbid == hit.song.links.get("mbid", "")
        if kind in ("jspf", "xspf"):
            assert entry.subsonic == hit.song.links.get("subsonic", "")
        if hit.song.audio and kind in ("xspf", "jspf"):
            assert entry.path == str(hit.song.audio.relative_to("/music"))


@QUICK
@given(playlist=PLAYLIST)
def test_xspf_is_well_formed_and_has_one_track_list(playlist: Playlist) -> None:
    root = ET.fromstring(write(playlist, "xspf").encode())
    lists = root.findall("{http://xspf.org/ns/0/}trackList")
    assert len(lists) == 1
    assert len(lists[0]) == len(playlist.hits)


@given(text=st.text(max_size=200), kind=st.sampled_from(KINDS))
def test_any_text_is_read_or_refused_in_one_line(text: str, kind: str) -> None:
    try:
        read = list(entries(text, kind))
    except SourceError as error:
        read, said = [], str(error)
        assert "\n" not in said
    assert all(isinstance(entry, Entry) for entry in read)


def test_m3u8_has_names_lengths_and_relative_paths() -> None:
    assert write(MIX, "m3u8", relative_to=Path("/music/lists")).splitlines() == [
        "#EXTM3U",
        "#PLAYLIST:Mix",
        "#EXTINF:200,Ada, Moss, Bo - Rain & <Shine>",
        "#SONGKIN-ID:r%2F1",
        "../Ada Moss/01 Rain #1?.flac",
        "#EXTINF:-1,Sketch",
        "#SONGKIN-ID:bare",
        "songkin:song/bare",
    ]


def test_jspf_names_the_recording_the_server_and_the_reason() -> None:
    whole = json.loads(write(MIX, "jspf", relative_to=Path("/music")))["playlist"]
    assert (whole["title"], whole["creator"]) == ("Mix", "songkin")
    server = "https://subsonic.org/entity/song/tr%207"
    assert whole["track"][0] == {
        "location": ["Ada%20Moss/01%20Rain%20%231%3F.flac"],
        "identifier": [
            "https://musicbrainz.org/recording/6b9b4c1c-0e4c-4c0c-8a69-1f6f5a0d2b11", server, "songkin:song/r%2F1",
        ],
        "title": "Rain & <Shine>",
        "creator": "Ada, Moss, Bo",
        "annotation": "it begins here; sings “Rain!”",
        "album": "Weather",
        "duration": 200400,
        "extension": {
            "https://musicbrainz.org/doc/jspf#track": {"additional_metadata": {"subsonic_identifier": server}}
        },
    }  # fmt: skip
    assert whole["track"][1] == {"identifier": ["songkin:song/bare"], "title": "Sketch"}


def test_csv_has_a_column_for_each_part() -> None:
    rows = list(csv.DictReader(io.StringIO(write(MIX, "csv", relative_to=Path("/music")))))
    assert rows[0]["artists"] == "Ada, Moss; Bo"
    assert (rows[0]["position"], rows[0]["isrc"], rows[0]["duration_s"]) == ("1", "XXABC2600001", "200.4")
    assert rows[0]["path"] == "Ada Moss/01 Rain #1?.flac"
    assert rows[1]["path"] == ""


def test_paths_are_told_as_asked() -> None:
    for kind in KINDS:
        assert "music" not in write(MIX, kind, paths=False).replace("musicbrainz", "")
    assert "\n/music/Ada Moss/01 Rain #1?.flac\n" in write(MIX, "m3u8")
    assert "<location>file:///music/Ada%20Moss/01%20Rain%20%231%3F.flac</location>" in write(MIX, "xspf")


def test_songs_without_files_are_counted_and_reasons_joined() -> None:
    assert homeless(MIX) == 1
    assert why(MIX.hits[0]) == "it begins here; sings “Rain!”"


def test_a_kind_is_told_by_the_file_name() -> None:
    assert [kind_of(f"a.{kind.upper()}") for kind in KINDS] == list(KINDS)
    with pytest.raises(QueryError, match=r"Name it \.m3u8, \.xspf, \.jspf, \.csv"):
        kind_of("mix.mp3")
    with pytest.raises(QueryError, match="no kind of playlist"):
        write(MIX, "pls")
    assert [kind_read(name) for name in ("a.m3u", "b.json")] == ["m3u8", "jspf"]
    with pytest.raises(SourceError, match="is no playlist by its name"):
        kind_read("a.txt")


# -- reading others' files ---------------------------------------------------------------------------------------------


def test_old_m3u_files_are_read_whatever_their_line_ends_and_letters() -> None:
    mac, latin = (
        decoded(b"\xef\xbb\xbf#EXTM3U\r\na.mp3\r\n"),
        decoded("#EXTINF:3,Björk - Jóga\r\nC:\\Lieder\\Jóga.mp3".encode("cp1252")),
    )
    assert list(entries(mac, "m3u8")) == [Entry(path="a.mp3")]
    assert list(entries(latin, "m3u8")) == [Entry(name="Björk - Jóga", path="C:\\Lieder\\Jóga.mp3")]
    assert [entry.path for entry in entries("a.mp3\rb.mp3", "m3u8")] == ["a.mp3", "b.mp3"]
    assert list(entries(decoded("#EXTM3U\na.mp3\n".encode("utf-16")), "m3u8")) == [Entry(path="a.mp3")]


def test_locations_of_other_kinds_are_told_apart() -> None:
    text = "file:///music/a%20b.mp3\nhttps://radio.example/stream\nsongkin:song/x%2Fy\nisrc:XX-ABC-26-00001\n"
    assert list(entries(text, "m3u8")) == [
        Entry(path="/music/a b.mp3"), Entry(), Entry(id="x/y"), Entry(isrc="XXABC2600001"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><playlist><trackList/></playlist>', "document type"),
        ('<!DOCTYPE x SYSTEM "file:///etc/passwd"><playlist/>', "document type"),
        ("<playlist><trackList>", "damaged XML"),
        ("<playlist>&nbsp;</playlist>", "damaged XML"),
        ("", "damaged XML"),
    ],
)
def test_hostile_or_damaged_xml_is_refused(text: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        list(entries(text, "xspf"))


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("{", "jspf", "is damaged or something else"),
        ("[" * 100_000, "jspf", "is damaged or something else"),
        ('{"playlist": {"track": {}}}', "jspf", "'track' is a list"),
        ("a,b\n1,2\n", "csv", "names no songs"),
        ("", "csv", "names no songs"),
        ("x", "pls", "no kind of playlist"),
    ],
)
def test_other_damage_is_told(text: str, kind: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        list(entries(text, kind))


def test_parts_of_another_kind_than_they_should_be_say_nothing() -> None:
    track = {"title": 3, "creator": None, "identifier": {"a": 1}, "location": [4], "extension": {"x": [1]}}
    assert list(entries(json.dumps({"playlist": {"track": [track, "x", None]}}), "jspf")) == [Entry()]


def test_a_huge_file_is_refused_and_a_long_one_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.sources.playlist_files.LARGEST", 1 << 10)
    (tmp_path / "a.m3u").write_bytes(b"x" * 2000)
    with pytest.raises(SourceError, match="is it a playlist"):
        text_of(tmp_path / "a.m3u")
    with pytest.raises(SourceError, match="cannot be read"):
        text_of(tmp_path / "nosuch.m3u")
    track = "<track><title>x</title></track>"
    long = f"<playlist><trackList>{track * (MOST_ENTRIES + 50)}</trackList></playlist>"
    assert len(list(entries(long, "xspf"))) == MOST_ENTRIES + 1
