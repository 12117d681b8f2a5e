"""Lyrics beside a music file: which one counts, how each format reads, and what is passed over."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import pytest
import tagged
from hypothesis import given
from hypothesis import strategies as st

from songkin.sources import Loss
from songkin.sources.music import songs
from songkin.sources.sidecars import LARGEST, ORDER, beside, words_beside
from songkin.sources.subtitles import lrc_from_srt, lrc_from_ttml
from songkin.text.lyrics import lines
from songkin.types import Lyrics

SRT = """1
00:00:12,500 --> 00:00:15,000
<i>We took the salt road</i>
down to the bay

2
00:01:02,000 --> 00:01:05,000
And the tide came home
"""
TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttm="http://www.w3.org/ns/ttml#metadata">
  <head><metadata><ttm:title>Salt Road</ttm:title></metadata></head>
  <body><div>
    <p begin="12.5s" end="15s">We took <span>the</span> salt road<br/>down to the bay</p>
    <p begin="00:00:20.250"><span begin="20.250">And</span> <span>the</span>
       <span>ti</span><span>de</span><span ttm:role="x-translation">und die Flut</span></p>
  </div><div>
    <p begin="1:02.000">came home &amp; dry</p><p>untimed</p>
  </div></body>
</tt>"""
ELRC = "[00:01.00]<00:01.00>salt<00:02.00> road"
WRITTEN = {".ttml": TTML, ".elrc": ELRC, ".lrc": "[00:01.00]salt road", ".srt": SRT, ".txt": "salt road"}


def song_file(folder: Path, name: str = "song.mp3") -> Path:
    path = folder / name
    path.write_bytes(tagged.mp3(("USLT", tagged.unsynced("embedded words"))))
    return path


def lyrics_of(path: Path) -> tuple[Lyrics | None, list[Loss]]:
    losses: list[Loss] = []
    (song,) = songs(path, lost=losses.append)
    return song.lyrics, losses


def said(path: Path) -> tuple[str, str | None, list[str]]:
    lyrics, losses = lyrics_of(path)
    assert lyrics
    assert all(loss.kept for loss in losses)
    return lyrics.text, lyrics.source, [loss.reason for loss in losses]


def test_the_order_is_navidromes_and_the_tag_comes_last(tmp_path: Path) -> None:
    path = song_file(tmp_path)
    for ending, text in WRITTEN.items():
        (tmp_path / f"song{ending}").write_text(text, encoding="utf-8")
    for ending in ORDER:
        assert said(path)[1] == f"song{ending}"
        (tmp_path / f"song{ending}").unlink()
    assert said(path)[:2] == ("embedded words", "embedded tag")


def test_the_base_name_is_the_same_and_the_ending_in_any_case(tmp_path: Path) -> None:
    path = song_file(tmp_path)
    (tmp_path / "song.LRC").write_text("[00:01.00]loud ending")
    (tmp_path / "Song.txt").write_text("another song's")
    (tmp_path / "song.live.lrc").write_text("another recording's")
    assert beside(path) == [tmp_path / "song.LRC"]
    assert said(path)[:2] == ("[00:01.00]loud ending", "song.LRC")


def test_time_stamps_stay_and_become_the_lines_times(tmp_path: Path) -> None:
    path = song_file(tmp_path)
    (tmp_path / "song.lrc").write_text("[ti:Salt Road]\n[00:12.50][01:00.00]We took the salt road\n")
    text, _, _ = said(path)
    assert text.startswith("[ti:Salt Road]")
    assert [line.start_ms for line in lines(text) if line.text] == [12_500, 60_000]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_lyrics_are_read_in_the_usual_encodings(tmp_path: Path, encoding: str) -> None:
    path = song_file(tmp_path)
    (tmp_path / "song.txt").write_text("Die Fähre fährt bei Nacht\n", encoding=encoding)
    text, source, told = said(path)
    assert (text.strip(), source) == ("Die Fähre fährt bei Nacht", "song.txt")
    assert bool(told) == (encoding == "cp1252")


@pytest.mark.parametrize("text", ["[Instrumental]", "[au: instrumental]", "[00:00.00]Instrumental"])
def test_a_mark_says_that_there_are_no_words(tmp_path: Path, text: str) -> None:
    path = song_file(tmp_path)
    (tmp_path / "song.lrc").write_text(text)
    lyrics, _ = lyrics_of(path)
    assert lyrics
    assert lyrics.instrumental


# -- passed over -------------------------------------------------------------------------------------------------------


def test_a_huge_file_is_told_unread_and_the_next_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = song_file(tmp_path)
    with (tmp_path / "song.lrc").open("wb") as stream:
        stream.truncate(200 << 20)  # a hole: 200 MB that take no room
    (tmp_path / "song.txt").write_text("the real words")
    text, source, told = said(path)
    assert (text, source) == ("the real words", "song.txt")
    assert told == ["200.0 MB, and lyrics are 1 MB at most: is this one song's text?; these lyrics are passed over"]


def test_a_huge_lyrics_tag_is_told_and_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_bytes(tagged.mp3(("USLT", tagged.unsynced("la " * LARGEST))))
    lyrics, losses = lyrics_of(path)
    assert lyrics is None
    assert "lyrics tag holds" in losses[0].reason


@pytest.mark.parametrize(
    ("ending", "content", "reason"),
    [
        (".lrc", b"\x89PNG\r\n\x1a\n\xff\xfe\xfd\xc3\xa4", "not UTF-8"),
        (".ttml", b"<tt><body><p>", "damaged XML"),
        (".ttml", b"<tt/>", "no words were found"),
        (".srt", b"plain words without a cue", "no words were found"),
        (".ttml", b'<!DOCTYPE t [<!ENTITY a "aaaa">]><tt><body><div><p>&a;</p></div></body></tt>', "entities"),
    ],
)
def test_a_file_that_is_no_lyrics_is_told_and_the_next_counts(
    tmp_path: Path, ending: str, content: bytes, reason: str
) -> None:
    path = song_file(tmp_path)
    (tmp_path / f"song{ending}").write_bytes(content)
    text, _, told = said(path)
    assert text == "embedded words"
    assert reason in told[0]


@pytest.mark.parametrize("ending", sorted(ORDER))
def test_an_empty_file_or_a_folder_counts_for_nothing(tmp_path: Path, ending: str) -> None:
    path = song_file(tmp_path)
    (tmp_path / f"song{ending}").mkdir()
    assert said(path)[:2] == ("embedded words", "embedded tag")
    (tmp_path / f"song{ending}").rmdir()
    (tmp_path / f"song{ending}").write_text(" \n")
    assert said(path)[:2] == ("embedded words", "embedded tag")


def test_a_file_that_cannot_be_opened_is_told_and_the_next_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = song_file(tmp_path)
    (tmp_path / "song.lrc").write_text("closed")
    opened = Path.open

    def closed(self: Path, *args: object, **how: object) -> object:
        if self.suffix == ".lrc":
            raise PermissionError(13, "Permission denied")
        return opened(self, *args, **how)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "open", closed)
    text, _, told = said(path)
    assert text == "embedded words"
    assert "Permission denied" in told[0]


def test_a_link_to_nowhere_counts_for_nothing(tmp_path: Path) -> None:
    path = song_file(tmp_path)
    os.symlink(tmp_path / "nowhere", tmp_path / "song.lrc")
    assert said(path)[0] == "embedded words"


# -- embedded ----------------------------------------------------------------------------------------------------------


def test_timed_words_are_preferred_unless_every_word_is_a_line(tmp_path: Path) -> None:
    plain = ("USLT", tagged.unsynced("We took the salt road"))
    timed = ("SYLT", tagged.synced([(12_500, "We took the salt road"), (15_000, "down to the bay")]))
    worded = ("SYLT", tagged.synced([(12_500, "We"), (13_000, "took"), (13_500, "the")]))
    (tmp_path / "a.mp3").write_bytes(tagged.mp3(plain, timed))
    (tmp_path / "b.mp3").write_bytes(tagged.mp3(plain, worded))
    assert said(tmp_path / "a.mp3")[0] == "[00:12.50]We took the salt road\n[00:15.00]down to the bay"
    assert said(tmp_path / "b.mp3")[0] == "We took the salt road"


# -- formats -----------------------------------------------------------------------------------------------------------


def test_subtitles_become_stamped_lines() -> None:
    assert lrc_from_srt(SRT).split("\n") == [
        "[00:12.500]We took the salt road",
        "[00:12.500]down to the bay",
        "[01:02.000]And the tide came home",
    ]
    assert lrc_from_srt(SRT.replace("\n", "\r\n")) == lrc_from_srt(SRT)
    assert lrc_from_srt("no cue at all") == ""
    assert [line.start_ms for line in lines(lrc_from_srt(SRT)) if line.text] == [12_500, 12_500, 62_000]


def test_ttml_becomes_stamped_lines_with_verses_and_without_translations() -> None:
    assert lrc_from_ttml(TTML).split("\n") == [
        "[00:12.500]We took the salt road",
        "[00:12.500]down to the bay",
        "[00:20.250]And the tide",
        "",
        "[01:02.000]came home & dry",
        "untimed",
    ]


@pytest.mark.parametrize(
    ("begin", "stamp"),
    [
        ("62.5", "[01:02.500]"),
        ("62500ms", "[01:02.500]"),
        ("1.5m", "[01:30.000]"),
        ("0.01h", "[00:36.000]"),
        ("9f", ""),
    ],
)
def test_ttml_times_are_read_in_every_unit_but_frames(begin: str, stamp: str) -> None:
    assert lrc_from_ttml(f'<tt><body><div><p begin="{begin}">words</p></div></body></tt>') == f"{stamp}words"


def test_spans_in_spans_without_end_do_no_harm() -> None:
    deep = "<span>" * 5000 + "words" + "</span>" * 5000
    assert lrc_from_ttml(f"<tt><body><div><p>{deep}</p><p>and more</p></div></body></tt>") == "and more"


@given(st.text(max_size=200))
def test_any_text_is_read_as_subtitles_or_refused(text: str) -> None:
    assert isinstance(lrc_from_srt(text), str)
    with suppress(ValueError):
        assert isinstance(lrc_from_ttml(text), str)


def test_nothing_beside_is_nothing(tmp_path: Path) -> None:
    assert words_beside(tmp_path / "gone" / "song.mp3", lost=pytest.fail) is None
