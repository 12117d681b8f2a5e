"""Asking the library with a song it lacks."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import pytest
from library_songs import add, song

from songkin.errors import QueryError, SourceError
from songkin.library import Library
from songkin.library.outside import lyrics_in
from songkin.types import Lyrics, Song

TRAIN = "All night the train goes by\nThe train comes home again"
LONG = "\n\n".join(f"{TRAIN}\nThe engine and the train, the train at number{n}, I know the train" for n in range(3))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    place = tmp_path_factory.mktemp("outside") / "L"
    with pytest.MonkeyPatch.context() as patch:
        from library_songs import LOAD, load_toys

        patch.setattr(*LOAD, load_toys)
        add(place, [song(number) for number in range(16)])
        opened = Library.open(place)
        assert opened.engine
        return opened


def found(answer: Any) -> list[str]:
    return [hit.song.id for hit in answer.hits]


def test_a_song_that_the_library_lacks_is_compared_by_its_lyrics(library: Library) -> None:
    outside = Song("", "Not Here", lyrics=Lyrics(LONG), features={"energy": 0.2})
    assert set(found(library.similar(outside, k=2))) == {"s1", "s9"}
    for strategy in ("cosine", "clusters"):
        assert set(found(library.similar(outside, k=2, strategy=strategy))) == {"s1", "s9"}


def test_lyrics_and_features_by_hand_say_the_same_as_a_song(library: Library) -> None:
    outside = Song("", "Not Here", lyrics=Lyrics(LONG), features={"energy": 0.2})
    by_hand = library.similar(lyrics=LONG, features={"energy": 0.2}, k=5)
    assert found(by_hand) == found(library.similar(outside, k=5))
    assert by_hand.query.features == {"energy": 0.2}


def test_a_song_whose_id_the_library_has_is_that_song(library: Library) -> None:
    assert library.similar(Song("s1", "Another Title", lyrics=Lyrics("ocean"))).query.like == ("s1",)


def test_a_song_of_which_nothing_is_known_but_its_name_is_looked_up(library: Library) -> None:
    assert library.similar(Song("", "The Train Song 1")).query.like == ("s1",)
    with pytest.raises(QueryError, match="no song here is called"):
        library.similar(Song("", "Zzyzx"))


def test_a_song_from_outside_goes_with_songs_of_the_library(library: Library) -> None:
    query = library.similar("s2", Song("", lyrics=Lyrics(LONG))).query
    assert query.like == ("s2",)
    assert query.lyrics == LONG


def test_a_bag_of_words_is_a_song_too(library: Library) -> None:
    outside = Song("", lyrics=Lyrics(bag={"train": 9, "the": 20}), features={"energy": 0.2})
    assert set(found(library.similar(outside, k=2))) == {"s1", "s9"}


def test_features_that_no_song_here_has_are_told(library: Library) -> None:
    outside = Song("", lyrics=Lyrics(LONG), features={"energy": 0.2, "zest": 1.0, "valence": math.nan})
    answer = library.similar(outside)
    assert answer.query.features == {"energy": 0.2}
    assert "no song here has these features, which say nothing: zest" in answer.notes


def test_two_songs_from_outside_are_an_error(library: Library) -> None:
    with pytest.raises(QueryError, match="one song from outside"):
        library.similar(Song("", "A", lyrics=Lyrics("x")), Song("", "B", lyrics=Lyrics("y")))


def test_nothing_at_all_is_an_error(library: Library) -> None:
    with pytest.raises(QueryError, match="the request is empty"):
        library.similar()


def test_a_given_feature_that_no_song_has_is_an_error_that_names_the_nearest(library: Library) -> None:
    with pytest.raises(QueryError, match="feature called 'enrgy'; did you mean 'energy'"):
        library.similar(features={"enrgy": 0.5})


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_given_feature_that_is_no_finite_number_is_an_error(library: Library, value: float) -> None:
    with pytest.raises(QueryError, match="leave out what is not known"):
        library.similar(features={"energy": value})


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


def test_very_long_lyrics_are_told_to_be_cut(tmp_path: Path) -> None:
    sung = lyrics_in("song.txt", io.BytesIO(b"the train goes by\n" * 20_000))
    assert any("200,000 characters" in note for note in sung.notes)
