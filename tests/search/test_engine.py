"""A query from end to end: what is found, in which order, what is refused and what is noted."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from search_songs import Shelf, counted

from songkin.errors import QueryError
from songkin.filters import And, Between, Has, Is, Not, Or
from songkin.filters.terms import Term
from songkin.search.engine import pool_of
from songkin.store.fulltext import WARM_AFTER
from songkin.types import Query

SHELVES = ("shelf", "empty", "alone", "unread")
STRANGE = {
    "nothing": "",
    "spaces": " \n\t ",
    "stop words": "the of and to be or not",
    "emoji": "🎵💔🎵",
    "punctuation": "'; DROP TABLE songs; -- \" ) (",
    "ten thousand words": " ".join(f"word{number % 997}" for number in range(10_000)),
    "one long word": "la" * 5_000,
    "Japanese": "夜の海が光っている",
    "Russian": "снежинки лежали на крышах",
    "Arabic": "أغنية عن المطر",
    "half an emoji": "rain \ud83c",
    "control characters": "rain\x00 \x07",
}


@pytest.fixture(params=SHELVES)
def any_shelf(request: pytest.FixtureRequest) -> Shelf:
    found: Shelf = request.getfixturevalue(request.param)
    return found


def ids(shelf: Shelf, query: Query) -> list[str]:
    return [hit.song.id for hit in shelf.engine.answer(query).hits]


def warm(shelf: Shelf, query: Query) -> None:
    """Ask until the store answers from memory, whose scores may differ from the index's in the last digits."""
    for _ in range(WARM_AFTER + 1):
        shelf.engine.run(query)


# -- what is found -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE)
def test_every_request_has_an_answer(any_shelf: Shelf, text: str) -> None:
    answer = any_shelf.engine.answer(Query(text))
    assert len(answer.hits) <= 10
    scores = [hit.score for hit in answer.hits]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


@pytest.mark.parametrize("query", [Query(), Query("the of and"), Query("🎵"), Query("zyzzyva")], ids=str)
def test_a_request_that_says_nothing_here_finds_no_songs(unread: Shelf, query: Query) -> None:
    assert unread.engine.answer(query).hits == ()


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("夜の海", "eki"), ("снежинки лежали на крышах", "poezd"), ("thunder rolling", "rain"), ("Harbour", "storm")],
)
def test_songs_are_found_in_every_script_with_or_without_vectors(
    shelf: Shelf, unread: Shelf, text: str, wanted: str
) -> None:
    assert ids(shelf, Query(text))[0] == wanted
    assert ids(unread, Query(text))[0] == wanted


def test_seeds_are_left_out_and_their_likes_found(shelf: Shelf) -> None:
    found = ids(shelf, Query(like=("rain",)))
    assert "rain" not in found
    assert "storm" in found


def test_a_seed_nobody_knows_finds_nothing(any_shelf: Shelf) -> None:
    assert ids(any_shelf, Query(like=("nobody",), unlike=("no one",), variety=0.5, per_artist=1)) == []


def test_the_only_song_is_not_like_itself(alone: Shelf) -> None:
    assert ids(alone, Query(like=("rain",))) == []
    assert ids(alone, Query("rain")) == ["rain"]


def test_answers_are_the_same_each_time(shelf: Shelf) -> None:
    query = Query("rain everyday", like=("f7",), targets={"energy": 1.0}, variety=0.3, per_artist=2)
    warm(shelf, query)
    assert shelf.engine.answer(query) == shelf.engine.answer(query)


def test_scores_of_the_run_are_the_scores_of_the_answer(shelf: Shelf) -> None:
    query = Query("rain", k=3)
    warm(shelf, query)
    ranking, answer = shelf.engine.run(query), shelf.engine.answer(query)
    assert shelf.ids(ranking) == [hit.song.id for hit in answer.hits]
    assert ranking.scores.tolist() == [hit.score for hit in answer.hits]


@pytest.mark.parametrize("name", ["meaning", "words", "line", "title", "features"])
def test_a_channel_may_speak_alone(shelf: Shelf, name: str) -> None:
    query = Query("rain is drumming on the tin", like=("f7",), channels=(name,))
    assert set(shelf.engine.run(query).parts) <= {name}


def test_only_wanted_channels_are_asked(shelf: Shelf) -> None:
    with counted(shelf.store, "match", "match_titles", "nearest", "candidates") as calls:
        shelf.engine.run(Query("rain", channels=("title",)))
    assert calls == {"match": 0, "match_titles": 1, "nearest": 0, "candidates": 0}


def test_descriptions_are_searched_without_lyrics_titles_and_artists(unread: Shelf) -> None:
    for text in ("the rain is drumming on the tin", "I leave the kettle on for you", "Mirrorball", "Bo Lux"):
        found = ids(unread, Query(text, part="description"))
        assert set(found) <= {"walk"}  # described as rain; nobody else is
    assert ids(unread, Query("Mirrorball", part="lyrics")) == []
    assert ids(unread, Query("synthesizer", part="lyrics")) == []


def test_more_songs_are_looked_at_than_are_shown() -> None:
    assert pool_of(Query(k=1)) == 300
    assert pool_of(Query(k=1000)) == 10_000


# -- conditions --------------------------------------------------------------------------------------------------------

NUMBERS = some.none() | some.integers(-1, 2020).map(float) | some.floats(0, 1, width=32)
TERMS = some.one_of(
    some.builds(Between, some.sampled_from(["year", "valence", "energy"]), NUMBERS, NUMBERS),
    some.sampled_from(
        [
            Has("genre", ("folk",)),
            Has("genre", ("hip hop", "Soul")),
            Has("artist", ("dee", "Ada Moss")),
            Has("tag", ("rain", "sort3")),
            Is("language", ("en",)),
            Is("explicit", (True,)),
            Is("year", (2001.0,)),
            Is("title", ("Harbour",)),
            Is("id", ("f7", "rain", "nobody")),
        ]
    ),
)
CONDITIONS = some.recursive(
    TERMS,
    lambda terms: some.one_of(
        terms.map(Not),
        some.lists(terms, min_size=1, max_size=3).map(lambda some_terms: And(tuple(some_terms))),
        some.lists(terms, min_size=1, max_size=3).map(lambda some_terms: Or(tuple(some_terms))),
    ),
    max_leaves=4,
)
ASKING = {
    "meaning": Query("rain everyday number"),
    "words": Query("rain everyday"),
    "title": Query("Number 1"),
    "line": Query("the rain is drumming on the tin"),
    "features": Query(targets={"energy": 1.0}),
}


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(CONDITIONS)
def test_every_channel_finds_just_those_of_its_songs_for_which_the_condition_holds(shelf: Shelf, where: Term) -> None:
    for name, query in ASKING.items():
        every = shelf.channels[name](query, 300).keys.tolist()
        wanted = {key for key in every if where.matches(shelf.songs[key])}
        assert set(shelf.channels[name](Query.of(query, where=where), 300).keys.tolist()) == wanted, name


def test_the_channels_of_that_test_find_songs(shelf: Shelf) -> None:
    assert all(len(shelf.channels[name](query, 300)) for name, query in ASKING.items())


def test_hits_meet_the_condition(shelf: Shelf) -> None:
    where = Not(Has("genre", ("folk",)))
    hits = shelf.engine.answer(Query("rain everyday", where=where, k=40)).hits
    assert hits
    assert all(where.matches(hit.song) for hit in hits)


# -- what is noted -----------------------------------------------------------------------------------------------------


def test_songs_that_lack_a_field_of_the_condition_are_counted(unread: Shelf) -> None:
    answer = unread.engine.answer(Query("rain", where=Between("year", 1990, None), k=1))
    assert answer.notes == ("6 of 10 songs have no year",)


def test_songs_that_lack_a_wished_feature_are_counted(unread: Shelf) -> None:
    assert unread.engine.answer(Query("rain", targets={"valence": 1.0})).notes == (
        "7 of 10 songs have no valence",
        "1 of 4 hits have more valence than the library's median (0.3)",  # the median is that of storm
    )


def test_a_seed_without_the_wished_feature_is_measured_by_the_median_and_told_so(unread: Shelf) -> None:
    answer = unread.engine.answer(Query(like=("walk",), targets={"valence": 1.0}, k=4))
    assert any("valence than the library's median (0.3)" in note for note in answer.notes)
    said = [reason.words for hit in answer.hits for reason in hit.reasons if reason.channel == "features"]
    assert "alike in its features" not in said


def test_hits_that_do_not_go_the_wished_way_from_the_seed_are_counted(unread: Shelf) -> None:
    answer = unread.engine.answer(Query(like=("storm",), targets={"valence": -1.0}, channels=("features",), k=2))
    assert [hit.song.id for hit in answer.hits] == ["rain", "disco"]
    assert answer.notes[1] == "1 of 2 hits have less valence than the seed (0.3)"


def test_a_request_none_of_whose_words_is_sung_or_told_is_answered_by_meaning_alone_and_says_so(shelf: Shelf) -> None:
    answer = shelf.engine.answer(Query("quokka"))  # which the toy encoder takes for another word
    assert answer.hits
    assert answer.notes == ("no song holds a word of this request; these are the nearest in meaning, which may be far",)


def test_too_few_hits_are_explained_by_how_many_songs_meet_the_condition(unread: Shelf) -> None:
    answer = unread.engine.answer(Query("rain", where=Is("title", ("harbour",)), k=10))
    assert [hit.song.id for hit in answer.hits] == ["storm"]
    assert answer.notes == ("1 of 10 songs meet the condition: title is harbour",)


def test_a_plain_request_needs_no_notes(shelf: Shelf) -> None:
    assert shelf.engine.answer(Query("rain", k=1)).notes == ()


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "said"),
    [
        (Query("rain", channels=("meanings",)), "no channel is called 'meanings'; did you mean 'meaning'?"),
        (Query("rain", weights={"word": 2.0}), "no channel is called 'word'; did you mean 'words'?"),
        (
            Query("rain", channels=("xyz",)),
            "no channel is called 'xyz'; there are words, title, features, line, meaning",
        ),
        (
            Query("rain", targets={"energie": 1.0}),
            "no song here has a feature called 'energie'; did you mean 'energy'?",
        ),
        (
            Query("rain", targets={"xyz": 1.0}),
            "no song here has a feature called 'xyz'; there are energy, tempo_bpm, valence",
        ),
        (
            Query("rain", where=Between("valense", 0, 1)),
            "no song here has a feature called 'valense'; did you mean 'valence'?",
        ),
    ],
)
def test_unknown_channels_and_features_are_refused_with_the_nearest(shelf: Shelf, query: Query, said: str) -> None:
    with pytest.raises(QueryError, match=f"^{re.escape(said)}$"):
        shelf.engine.answer(query)


def test_a_library_without_vectors_says_so(unread: Shelf) -> None:
    with pytest.raises(QueryError, match="no vectors for the channel 'meaning'; a songkin add without --no-encode"):
        unread.engine.answer(Query("rain", channels=("meaning",)))


def test_a_library_without_features_says_so(empty: Shelf) -> None:
    with pytest.raises(QueryError, match="no song here has a feature called 'energy'; there are none"):
        empty.engine.answer(Query("rain", targets={"energy": 1.0}))


def test_a_library_without_vectors_still_varies_and_keeps_away(unread: Shelf) -> None:
    varied = ids(unread, Query("rain", unlike=("walk",), variety=0.7, per_artist=1))
    assert set(varied) == {"rain"}  # storm is by the same artist
    assert np.isfinite(unread.engine.run(Query("rain", variety=1.0)).scores).all()
