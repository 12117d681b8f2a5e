"""A song's nearest passage and its description, word by word against a request."""

from __future__ import annotations

from pathlib import Path

import pytest

from songkin.errors import EncoderError, QueryError
from songkin.library import Library
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Query, Song

VERSES = "\n\n".join(
    (
        "[00:10.00]The kettle sings beside the door\n[00:14.00]And nobody comes home any more tonight",
        "[01:00.00]A harbour full of yellow boats\n[01:04.00]They rock the sleepy town with all its ropes",
    )
)
SONGS = (
    Song("both", "Boats", lyrics=Lyrics(VERSES), description="slow folk of a harbour"),
    Song("bag", "Bag", lyrics=Lyrics(bag={"harbour": 2, "boat": 1})),
    Song("bare", "Bare"),
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    place = tmp_path_factory.mktemp("heat") / "L"
    Library.add(SONGS, place, encoder=ToyEncoder())
    return Library.open(place, encoder=ToyEncoder())


def test_the_passage_is_the_one_nearest_to_the_request(library: Library) -> None:
    heated = library.heat("both", Query("yellow harbour boats"))
    sung = next(warm for warm in heated.parts if warm.part.name == "lyrics")
    assert "A harbour full of yellow boats" in sung.part.text
    assert [warm.part.name for warm in heated.parts] == ["lyrics", "description"]


def test_the_nearer_part_comes_first(library: Library) -> None:
    assert [warm.part.name for warm in library.heat("both", Query("slow folk")).parts] == ["description", "lyrics"]


def test_the_cosine_is_the_encoders_own(library: Library) -> None:
    for part, view in library.heat("both", Query("the harbour")).parts:
        song, request = ToyEncoder().encode_songs([part.text, "the harbour"])
        assert view.cosine == pytest.approx(float(song @ request), abs=1e-6)


@pytest.mark.parametrize("song", ["bag", "bare"])
def test_a_song_with_nothing_to_read_says_so(library: Library, song: str) -> None:
    heated = library.heat(song, Query("harbour"))
    assert heated.parts == ()
    assert heated.notes[-1].endswith("has neither lyrics nor a description to read")


def test_a_request_of_songs_alone_has_no_words_to_hold_against(library: Library) -> None:
    with pytest.raises(QueryError, match="leaves no words to hold a song against"):
        library.heat("both", Query(like=("bag",)))


def test_a_sentence_is_held_against_as_it_is_understood(library: Library) -> None:
    heated = library.heat("both", "harbour, not about trains")
    assert "trains" not in heated.query.text


def test_a_library_without_vectors_is_told_so(tmp_path: Path) -> None:
    Library.add(SONGS, tmp_path / "L", encode=False)
    with pytest.raises(EncoderError, match="it has no vectors"):
        Library.open(tmp_path / "L").heat("both", "harbour")
