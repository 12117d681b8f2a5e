"""Asking the library with a song it lacks."""

from __future__ import annotations

import math
from typing import Any

import pytest
from library_songs import add, song

from songkin.errors import QueryError
from songkin.library import Library
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
