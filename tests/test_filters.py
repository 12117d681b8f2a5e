"""Conditions: what they read, what they match, and that the store's SQL says the same."""

from __future__ import annotations

from pathlib import Path

import lancedb
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lancedb.index import FTS, Bitmap, BTree, LabelList

import songkin.filters
from songkin.errors import FilterError
from songkin.filters import (
    FIELDS,
    And,
    Between,
    Except,
    Has,
    Is,
    Kind,
    Not,
    Or,
    column,
    columns,
    numbers,
    parse,
    term,
)
from songkin.types import Lyrics, Song, Where

WALTZ = Song(
    id="A-1",
    title="Don't Stop",
    artists=("Simon & Garfunkel", "AC/DC"),
    year=1999,
    duration_s=240.0,
    explicit=False,
    genres=("Hip-Hop/Rap", "jazz"),
    lyrics=Lyrics(text="la", language="en-GB"),
    tags={"late night": 0.9, "loud": 0.0},
    features={"valence": 0.7, "tempo_bpm": 120},
)
BARE = Song(id="B")


def test_all_names_are_there() -> None:
    assert all(hasattr(songkin.filters, name) for name in songkin.filters.__all__)


@pytest.mark.parametrize("written", ["Hip-Hop", "hip hop", "hiphop", "HIP_HOP", " hip - hop ", "hip–hop"])
def test_case_hyphen_and_space_are_equal(written: str) -> None:
    assert term(written) == "hiphop"


def test_accents_count_and_quotes_are_one() -> None:
    assert term("Beyoncé") == term("BEYONCE\u0301") != term("Beyonce")
    assert term("Don’t Stop") == term("don't stop")


def test_the_columns_of_a_song_hold_normal_forms_and_none_for_what_is_unknown() -> None:
    assert columns(WALTZ) == {
        "w_id": "A-1",
        "w_title": "don'tstop",
        "w_artist": ["simon&garfunkel", "ac/dc"],
        "w_album": None,
        "w_genre": ["hiphop/rap", "hiphop", "rap", "jazz"],
        "w_tag": ["latenight"],
        "w_language": "en",
        "w_year": 1999.0,
        "w_duration_s": 240.0,
        "w_explicit": False,
        "w_instrumental": False,
        "w_season": ["none"],
        "f_valence": 0.7,
        "f_tempo_bpm": 120.0,
    }
    assert {name for name, held in columns(BARE).items() if held is not None} == {"w_id", "w_season"}


def test_a_dash_and_a_feature_that_is_no_number_are_unknown() -> None:
    row = columns(Song(id="x", title="-", artists=("-", ""), features={"energy": float("nan")}))
    assert row["w_title"] is None
    assert row["w_artist"] is None
    assert row["f_energy"] is None


def test_a_feature_with_an_odd_name_gets_a_safe_column() -> None:
    assert column("Key (C)'; --") == "f_key_20__28_c_29__27__3b__20__2d__2d_"


MATCHING = [
    "id:A-1",
    'title:"don\'t stop"',
    "title:“DON’T STOP”",
    'artist:"simon & garfunkel"',
    "artists:AC/DC",
    "genre:hip-hop",
    'genre:blues,"hip hop"',
    "genres:rap",
    "tag:late-night",
    "language:en",
    "language:EN-us",
    "year:1999",
    "year:1999..",
    "year:..1999",
    "year:1950..1960,1999",
    "duration:..240",
    "duration_s:240",
    "explicit:false",
    "explicit:no",
    "instrumental:no",
    "valence:0.7..",
    "valence:0.7",
    "Valence:..0.7",
    "tempo-bpm:90..120",
    "-genre:blues genre:jazz",
    "-year:1980..1989",
]
FAILING = [
    "id:a-1",
    "artist:dc",
    "genre:rock",
    "tag:loud",
    "year:2000..",
    "explicit:yes",
    "-genre:rap",
    "valence:..0.69",
]
MISSING = [
    "title:x",
    "genre:jazz",
    "year:1999",
    "explicit:no",
    "instrumental:no",
    "valence:0..",
    "valence:..",
    "language:en",
]


@pytest.mark.parametrize("text", MATCHING)
def test_a_condition_that_holds(text: str) -> None:
    where = parse(text, WALTZ.features)
    assert isinstance(where, Where)
    assert where.matches(WALTZ)
    assert not where.matches(BARE) or text == "id:b"


@pytest.mark.parametrize("text", FAILING)
def test_a_condition_that_does_not_hold(text: str) -> None:
    where = parse(text, WALTZ.features)
    assert where is not None
    assert not where.matches(WALTZ)


@pytest.mark.parametrize("text", [t for t in MISSING if t != "valence:.."])
def test_a_song_that_lacks_the_field_fails_the_term_negated_too(text: str) -> None:
    for written in (text, f"-{text}"):
        where = parse(written, ["valence"])
        assert where is not None
        assert not where.matches(BARE)


def test_an_exception_keeps_a_song_that_lacks_the_field_and_passes_nobody_over() -> None:
    for text in (text for text in MISSING if text != "valence:.."):
        where = parse(text, ["valence"])
        assert where is not None
        assert Except(where).matches(BARE)
        assert Except(where).matches(WALTZ) is not where.matches(WALTZ)
        assert Except(where).fields() == ()
    jazz, old = Has("genre", ("jazz",)), Is("year", (1999.0,))
    assert Except(jazz).words() == "except genre is jazz"
    assert Except(Or((jazz, old))).words() == "except (genre is jazz or year is 1999)"


def test_empty_text_is_no_condition() -> None:
    assert parse("") is None
    assert parse("  \n ") is None


def test_terms_are_joined_by_and_commas_by_or() -> None:
    assert parse("genre:jazz,blues -explicit:yes year:1990..,1980") == And(
        (
            Has("genre", ("jazz", "blues")),
            Not(Is("explicit", (True,))),
            Or((Is("year", (1980.0,)), Between("year", 1990.0, None))),
        )
    )


def test_three_quoted_values_are_three() -> None:
    term = parse('artist:"A B","C D","E"')
    assert term is not None
    assert [term.matches(Song("1", artists=(name,))) for name in ("A B", "C D", "E", "F")] == [True, True, True, False]


def test_quotes_hold_spaces_commas_and_doubled_quotes() -> None:
    assert parse('artist:"Earth, Wind & Fire","Queen"') == Has("artist", ("Earth, Wind & Fire", "Queen"))
    assert parse('title:"a ""b"" c"') == Is("title", ('a "b" c',))


@pytest.mark.parametrize(
    ("text", "words", "fields"),
    [
        ("genre:jazz,blues", "genre is jazz or blues", ("genre",)),
        ("year:1990..1999", "year from 1990 to 1999", ("year",)),
        ("-year:..1999.5", "not year up to 1999.5", ("year",)),
        ("duration:60.. explicit:no", "duration_s from 60 and explicit is false", ("duration_s", "explicit")),
        ("tag:a year:1,2..3", "tag is a and (year is 1 or year from 2 to 3)", ("tag", "year")),
    ],
)
def test_a_condition_says_itself_in_words(text: str, words: str, fields: tuple[str, ...]) -> None:
    where = parse(text)
    assert where is not None
    assert where.words() == words
    assert where.fields() == fields


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("yaer:1990", "yaer:1990: there is no field 'yaer'; did you mean 'year'? Fields: id, title"),
        ("valance:0.5..", "did you mean 'valence'?"),
        ("artist:x genere:jazz", "genere:jazz: there is no field 'genere'; did you mean 'genre'?"),
        ("year:abc", "year:abc: year takes a number or a range such as 1990..1999, not 'abc'"),
        ("year:1999..1990", "runs backwards; write year:1990..1999"),
        ("year:nan", "year takes a number"),
        ("valence:..inf", "valence takes a number or a range such as 0.5..1, not 'inf'"),
        ("year:..", "the range has no end"),
        ("jazz", "jazz: which field is meant? A term is field:value, such as genre:jazz"),
        ("genre:jazz, blues", "genre:jazz,: genre has an empty value; write genre:jazz,blues, without spaces"),
        ("genre:", "genre has an empty value"),
        ("genre:-", "genre has an empty value"),
        ("year:1,,2", "year has an empty value"),
        ("explicit:maybe", "explicit takes true or false, not 'maybe'"),
        ('artist:"Queen', "a quote is not closed"),
    ],
)
def test_an_error_names_place_value_and_cure(text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse(text, ["valence", "energy"])
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


WORDS = st.one_of(
    st.sampled_from(["jazz", "Hip-Hop", "hip-hop/rap", "o'neil", "-", 'a "b"', "\\'--", "x y"]), st.text(max_size=3)
)
NUMBERS = st.one_of(st.sampled_from([0.0, -0.0, 0.1, 0.7, 1e-05, 1e30, -3.5]), st.integers(-3, 3).map(float))
YEARS = st.integers(1989, 1992)
MAYBE_TRUE = st.sampled_from([True, False, None])
FEATURES = ("valence", "Loudness dB")
SONGS = st.builds(
    Song,
    id=WORDS,
    title=WORDS,
    artists=st.lists(WORDS, max_size=2).map(tuple),
    year=st.none() | YEARS,
    explicit=MAYBE_TRUE,
    genres=st.lists(WORDS, max_size=2).map(tuple),
    lyrics=st.none() | st.builds(Lyrics, instrumental=st.booleans()),
    tags=st.dictionaries(WORDS, st.sampled_from([0.0, 0.5]), max_size=2),
    features=st.dictionaries(st.sampled_from(FEATURES), NUMBERS, max_size=2),
)
LEAVES = st.one_of(
    st.builds(Is, st.sampled_from(["id", "title", "album"]), st.lists(WORDS, min_size=1, max_size=2).map(tuple)),
    st.builds(Is, st.just("explicit"), st.lists(st.booleans(), min_size=1, max_size=2).map(tuple)),
    st.builds(Is, st.just("instrumental"), st.tuples(st.booleans())),
    st.builds(Is, st.just("year"), st.lists(YEARS.map(float) | NUMBERS, min_size=1, max_size=2).map(tuple)),
    st.builds(Between, st.just("year"), st.none() | YEARS.map(float), st.none() | YEARS.map(float)),
    st.builds(Is, st.sampled_from(FEATURES), st.lists(NUMBERS, min_size=1, max_size=2).map(tuple)),
    st.builds(Between, st.sampled_from(FEATURES), st.none() | NUMBERS, st.none() | NUMBERS),
    st.builds(Has, st.sampled_from(["genre", "artist", "tag"]), st.lists(WORDS, min_size=1, max_size=2).map(tuple)),
)
WHERES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(Except, inner),
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=5,
)
EXAMPLES = 4
ARROW = {Kind.TEXT: pa.string(), Kind.LIST: pa.list_(pa.string()), Kind.NUMBER: pa.float64(), Kind.BOOLEAN: pa.bool_()}
SCHEMA = pa.schema(
    [("key", pa.int64()), ("text", pa.string()), ("vector", pa.list_(pa.float32(), 2))]
    + [(column(field), ARROW[kind]) for field, kind in FIELDS.items()]
    + [(column(name), pa.float64()) for name in FEATURES]
)


def table_of(folder: Path, songs: list[Song]) -> lancedb.table.Table:
    """Lay the songs' filter columns into a real table with a full-text index."""
    rows = [columns(song) | {"key": n, "text": "love", "vector": [1.0, n]} for n, song in enumerate(songs)]
    table = lancedb.connect(folder).create_table("songs", pa.Table.from_pylist(rows, schema=SCHEMA), mode="overwrite")
    table.create_index("text", config=FTS())
    return table


def index(table: lancedb.table.Table) -> None:
    """Give the filter columns the scalar indexes a store would."""
    for field, config in {"title": BTree(), "genre": LabelList(), "year": BTree(), "explicit": Bitmap()}.items():
        table.create_index(column(field), config=config)


def found(table: lancedb.table.Table, sql: str) -> set[int]:
    return {row["key"] for row in table.search().where(sql).select(["key"]).limit(1000).to_list()}


@settings(
    max_examples=EXAMPLES, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)  # shrinking would take a minute of real tables
@given(songs=st.lists(SONGS, min_size=5, max_size=12), wheres=st.lists(WHERES, min_size=20, max_size=20))
def test_the_store_and_the_song_agree_on_every_condition(
    tmp_path_factory: pytest.TempPathFactory, songs: list[Song], wheres: list[Where]
) -> None:
    table = table_of(tmp_path_factory.mktemp("filters"), songs)
    expected = [{n for n, song in enumerate(songs) if where.matches(song)} for where in wheres]
    assert [found(table, where.sql()) for where in wheres] == expected
    index(table)
    assert [found(table, where.sql()) for where in wheres] == expected


@pytest.mark.parametrize("indexed", [False, True])
def test_conditions_work_on_plain_vector_and_full_text_queries(tmp_path: Path, indexed: bool) -> None:
    table = table_of(tmp_path, [WALTZ, BARE, Song(id="C", genres=("rock",), year=1990, title="it's")])
    if indexed:
        index(table)
    for text, keys in [
        ("genre:jazz,blues", {0}),
        ("-genre:jazz", {2}),
        ("-title:it's", {0}),
        ("year:1990..1999", {0, 2}),
        ("except genre:jazz", {1, 2}),
        ("except year:1990..1995", {0, 1}),
    ]:
        where = parse(text.removeprefix("except "))
        assert where is not None
        where = Except(where) if text.startswith("except ") else where
        queries = [table.search(), table.search([1.0, 0.0]), table.search("love", query_type="fts")]
        assert [{row["key"] for row in q.where(where.sql()).limit(9).to_list()} for q in queries] == [keys] * 3


def test_half_an_emoji_in_a_condition_is_sql_that_can_be_sent() -> None:
    term = parse('artist:"\ud83d"')
    assert term is not None
    assert term.sql().encode("utf-8")


def test_what_is_predicted_has_a_field_of_its_own_beside_what_is_given() -> None:
    told = {"valence": 0.9, "energy": 0.1, "happy": 0.9, "theme:sea": 0.5}
    song = Song(id="x", features={"valence": 0.2}, predicted=told)
    assert numbers(song) == {"predicted_valence": 0.9, "predicted_energy": 0.1, "valence": 0.2}
    assert {name for name in columns(song) if name.startswith("f_")} == {
        "f_valence",
        "f_predicted_valence",
        "f_predicted_energy",
    }
    assert parse("predicted_energy:..0.2", ["energy", "predicted_energy"]).matches(song)  # type: ignore[union-attr]
    assert not parse("energy:..0.2", ["energy"]).matches(song)  # type: ignore[union-attr]
    assert dict(song.measures) == {"valence": 0.2, "energy": 0.1}
    assert [song.is_predicted(name) for name in ("valence", "energy", "danceability", "happy")] == [
        False, True, False, False,
    ]  # fmt: skip
