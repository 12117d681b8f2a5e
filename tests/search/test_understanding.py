"""A sentence is understood by the library's own vocabulary: the table of requests, and laws that hold for any text."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from search_songs import shelved
from understood_songs import SONGS

from songkin.filters import parse
from songkin.search.understanding import Understood, Vocabulary, understand
from songkin.text.words import tokens
from songkin.types import Query


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(__file__).with_name(name).read_text("utf-8").splitlines()]


TABLE = rows("requests.jsonl")
JUDGED = rows("judged_requests.jsonl")  # requests and readings written by somebody who had not read the parser
JOINTS = frozenset(
    [
        "but",
        "and",
        "or",
        "with",
        "only",
        "please",
        "pls",
        "thanks",
        "is",
        "its",
        "it",
        "s",
        "a",
        "an",
        "songs",
        "instrumental",
        "anything",  # alone it is "songs"
        "something",
        "everything",
        "any",
        "that",
        "which",
    ]
)


@pytest.fixture(scope="module")
def vocabulary(tmp_path_factory: pytest.TempPathFactory) -> Vocabulary:
    shelf = shelved(tmp_path_factory.mktemp("asked") / "library", SONGS, encode=False)
    return Vocabulary.of(shelf.store)


def parsed(request: str, understood: Understood) -> dict[str, Any]:
    """The query in the table's form: what is empty, or as it was asked, is left out."""
    query = understood.query
    own: dict[str, Any] = {"text": query.text if query.text != request else None}
    own |= {"where": query.where.words() if query.where else None, "prefer": [term.words() for term in query.prefer]}
    own |= {"like": list(query.like), "unlike": list(query.unlike), "avoid": list(query.avoid)}
    own |= {"more": [name for name, wish in query.targets.items() if wish > 0]}
    own |= {"less": [name for name, wish in query.targets.items() if wish < 0]}
    return {"request": request, **{name: value for name, value in own.items() if value not in (None, [])}}


def test_the_table_holds_150_requests_at_least() -> None:
    assert len({row["request"] for row in TABLE}) >= 150


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row["request"][:60])
def test_a_request_is_understood_as_the_table_says(row: dict[str, Any], vocabulary: Vocabulary) -> None:
    assert parsed(row["request"], understand(row["request"], vocabulary)) == row


@pytest.mark.parametrize("row", JUDGED, ids=lambda row: row["request"][:60])
def test_a_request_is_understood_as_a_judge_expects(row: dict[str, Any], vocabulary: Vocabulary) -> None:
    expected = {name: value for name, value in row.items() if name != "by"}
    assert parsed(row["request"], understand(row["request"], vocabulary)) == expected


def test_the_example_of_the_ground_plan(vocabulary: Vocabulary) -> None:
    asked = (
        "like We Are the Champions by Queen but hip-hop and more upbeat, not about sports, from the 90s on, under 4 min"
    )
    understood = understand(asked, vocabulary)
    assert understood.said == (
        "like Queen - We Are the Champions · Hip-Hop · more valence · not: sports · from 1990 · under 4:00"
    )


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ("something like Qeen", "was taken for Queen"),
        ("songs like Lana Del Rey", "no title or artist of this library"),
        ("songs like wonderwall", "2 artists have a song called so"),
        ("songs by the beegees about rain", "no artist here is called 'the beegees'"),
        ("something by Stevie Wonder or Johnny Cash", "no artist here is called 'Stevie Wonder', so only songs by"),
        ("like Killer Queen by Queen but jazz", "this library has no 'Killer Queen' by Queen; other songs by Queen"),
        ("like We Will Rock You by Queen", "this library has no 'We Will Rock You' by Queen; other songs by Queen"),
        ("only jazz, no jazz", "cannot both hold"),
        ("maybe from 2005", "weighs and does not filter"),
        ("ska songs", "no song here has the genre ska"),
        ("more acoustic", "no song here has a measure of acoustic"),
        ("like this one, but hip-hop", "which song is 'this one'? name it: like TITLE by ARTIST"),
    ],
)
def test_what_could_not_be_honoured_is_said(request_: str, said: str, vocabulary: Vocabulary) -> None:
    assert any(said in note for note in understand(request_, vocabulary).notes)


def test_this_one_is_the_song_that_was_given_apart(vocabulary: Vocabulary) -> None:
    assert understand("like this one, but hip-hop", vocabulary, query=Query(like=("s01",))).notes == ()


def test_a_condition_on_a_field_few_songs_have_weighs_and_a_note_counts_them(tmp_path: Path) -> None:
    known = [song if number < 20 else replace(song, year=None) for number, song in enumerate(SONGS)]
    words = Vocabulary.of(shelved(tmp_path / "library", known, encode=False).store)
    understood = understand("songs from the 90s", words)
    assert understood.query.where is None
    assert [term.words() for term in understood.query.prefer] == ["year from 1990 to 1999"]
    assert understood.notes == ("only 20 of 60 songs have a year, so 'from the 90s' weighs and does not filter",)


def test_a_tag_that_only_marks_an_artists_songs_is_the_artists_name(tmp_path: Path) -> None:
    tagged = [replace(song, tags={**song.tags, song.artists[0].lower(): 1.0}) for song in SONGS]
    words = Vocabulary.of(shelved(tmp_path / "library", tagged, encode=False).store)
    assert understand("sounds like enya but french", words).query.like == ("s04", "s05")
    assert words.is_descriptor("jazz")


def test_fields_given_apart_hold_whatever_the_text_says(vocabulary: Vocabulary) -> None:
    given_ = Query(where=parse("year:1970..1979"), like=("s01",), targets={"valence": -1.0}, k=3)
    query = understand("happier songs like Enya from the 90s", vocabulary, query=given_).query
    assert query.where == given_.where
    assert [term.words() for term in query.prefer] == ["year from 1990 to 1999"]
    assert query.like == ("s01", "s04", "s05")
    assert query.targets == {"valence": -1.0}
    assert query.k == 3


def test_the_last_years_count_from_the_year_given_or_the_newest_song(vocabulary: Vocabulary) -> None:
    newest, today = (understand("last 5 years", vocabulary, today=year).query.where for year in (None, 2030))
    assert [where.words() for where in (newest, today) if where] == ["year from 2014", "year from 2026"]


def test_an_empty_library_understands_words(tmp_path: Path) -> None:
    empty = Vocabulary.of(shelved(tmp_path / "library", (), encode=False).store)
    for request in ("like Queen but jazz from the 80s, no drums, more upbeat, in Spanish", "", "songs by Queen"):
        assert understand(request, empty).query.where is None


def test_ten_thousand_words_take_no_time(vocabulary: Vocabulary) -> None:
    request = "like Queen, no drums but jazz from the 90s not about rain in Spanish by Adele under 4 minutes " * 550
    understand(request, vocabulary)
    start = time.perf_counter()
    understood = understand(request, vocabulary)
    assert time.perf_counter() - start < 1.0  # 0.2 s on an idle machine
    assert any("the rest is words" in note for note in understood.notes)


PHRASES = st.sampled_from(
    [
        "like Queen but jazz not",
        "no drums",
        "without vocals",
        "from the 90s",
        "in Spanish",
        "maybe",
        "more upbeat",
        "less",
        "by Adele",
        "songs",
        ",",
        ".",
        "(",
        "except",
        "unlike",
        '"',
        "under",
        "4 minutes",
        "between 1960 and",
        "and",
        "or",
        "rain",
        "日本語",
        "Ёлка",
        "female vocals",
        "not about",
        "the",
        "120 bpm",
    ]
)
REQUESTS = st.one_of(st.text(max_size=80), st.lists(PHRASES, max_size=12).map(" ".join))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(request=REQUESTS)
def test_no_word_is_dropped_in_silence(request: str, vocabulary: Vocabulary) -> None:
    understood = understand(request, vocabulary)
    read = " ".join(understood.query.text + " " + part for part in _read_words(request, understood))
    lost = set(tokens(request)) - set(tokens(understood.query.text + " " + read)) - JOINTS
    assert not lost


def _read_words(request: str, understood: Understood) -> list[str]:
    import unicodedata

    text = unicodedata.normalize("NFC", request)
    return ["", *(text[reading.start : reading.end] for reading in understood.readings if reading.takes)]
