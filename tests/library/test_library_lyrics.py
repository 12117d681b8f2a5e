"""Lyrics that somebody hands over are read in any usual encoding, or refused with the place and the cure."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from songkin.errors import SourceError
from songkin.library.lyrics import lyrics_in, lyrics_of


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_lyrics_are_read_in_any_usual_encoding(code: str) -> None:
    sung = lyrics_in("song.txt", io.BytesIO("Café au lait, où vas-tu ?".encode(code)))
    assert "Café" in sung.text
    assert any("Windows-1252" in note for note in sung.notes) == (code == "cp1252")


def test_an_srt_file_is_read_by_its_ending() -> None:
    raw = b"1\n00:00:01,000 --> 00:00:02,000\nThe train comes home\n"
    assert "-->" not in lyrics_in("song.srt", io.BytesIO(raw)).text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "holds no words that are sung"),
        (b"  \n\n", "holds no words that are sung"),
        (b"[Instrumental]", "holds no words that are sung"),
        (bytes(range(256)) * 40, "is no text"),
        (b"\x00\x01\x02\xff\xfe" * 100, "is no text"),
        (b"la " * (1 << 20), "more than 1 MB"),
    ],
)
def test_what_is_no_lyrics_is_an_error_with_the_place(raw: bytes, said: str) -> None:
    with pytest.raises(SourceError, match=rf"song\.txt: .*{said}"):
        lyrics_in("song.txt", io.BytesIO(raw))


def test_very_long_lyrics_are_told_to_be_cut() -> None:
    sung = lyrics_in("song.txt", io.BytesIO(b"the train goes by\n" * 20_000))
    assert any("200,000 characters" in note for note in sung.notes)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\xef\xbb\xbf[00:01.00]la\r\nlo", "[00:01.00]la\nlo"),
        ("l\u00e0\nlo".encode("utf-16"), "l\u00e0\nlo"),
        ("caf\u00e9 l\u00e0".encode("cp1252"), "caf\u00e9 l\u00e0"),
    ],
)
def test_words_are_read_in_every_encoding_a_source_may_have(tmp_path: Path, raw: bytes, text: str) -> None:
    (tmp_path / "w.lrc").write_bytes(raw)
    assert lyrics_of(str(tmp_path / "w.lrc")).text == text


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"la la\n" * 200_000, "more than 1 MB"),
        (b"ID3\x04\x00\x00\x00", "is no text"),
        (b"l\xc3\xa0\nlo \xff\xfe\xc3", "w.lrc:2: holds bytes"),
    ],
)
def test_a_file_that_holds_no_lyrics_is_named_with_the_cure(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / "w.lrc").write_bytes(raw)
    with pytest.raises(SourceError, match=said):
        lyrics_of(str(tmp_path / "w.lrc"))


def test_a_missing_file_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.lrc"):
        with pytest.raises(SourceError, match="cannot be read"):
            lyrics_of(str(path))


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("l\u00e0 l\u00e0".encode())))
    assert lyrics_of("-").text == "l\u00e0 l\u00e0"
