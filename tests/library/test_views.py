"""What a page shows of a library: counts beside conditions, what words were taken for, pages, highlights, weights."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from library_songs import LOAD, add, load_toys, song

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.marking import marked
from songkin.types import Lyrics, Query, Song


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight songs of each theme, 1960 to 2023, odd ones folk and even ones pop, and a live version of one."""
    place = tmp_path_factory.mktemp("views") / "L"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*LOAD, load_toys)
        live = song(0, id="s0-live", title="The Rain Song 0 (Live)")
        add(place, [*(song(n) for n in range(64)), live])
    return place


@pytest.fixture
def library(made: Path) -> Library:
    return Library.open(made)


# -- counts ------------------------------------------------------------------------------------------------------------


def test_each_condition_says_what_it_leaves_alone_and_what_the_others_leave(library: Library) -> None:
    query = Query("rain", where=library.where("genre:folk year:1960..1969"))
    counted = library.views.sieve(query)
    assert (counted.songs, counted.shown, counted.left) == (65, 65, 5)
    assert [(one.songs, one.without) for one in counted.conditions] == [(32, 11), (11, 32)]
    assert [one.words for one in counted.conditions] == ["genre is folk", "year from 1960 to 1969"]


def test_without_a_condition_every_song_is_left(library: Library) -> None:
    counted = library.views.sieve(Query("rain"))
    assert (counted.shown, counted.left, counted.conditions) == (65, 65, ())


def test_what_is_excluded_is_counted_nowhere(library: Library) -> None:
    library.exclude("genre:pop", user="anna")
    counted = library.views.sieve(Query("rain", where=library.where("year:1960..1969"), user="anna"))
    assert (counted.songs, counted.shown, counted.left) == (65, 32, 5)
    assert counted.conditions[0].songs == 5


# -- what words were taken for -----------------------------------------------------------------------------------------


def told(library: Library, text: str, **more: object) -> list[tuple[str, str, int | None]]:
    understood = library.asked(text, **more)
    concepts = library.views.concepts(text, understood, library.views.sieve(understood.query))
    return [(one.kind, text[one.start : one.end], one.songs) for one in concepts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rain from the 60s", [("filter", "from the 60s", 11)]),
        ("rain, maybe from the 60s", [("weighs", "from the 60s", None)]),
        ("folk songs about rain", [("filter", "folk", 32)]),
        ("like The Ocean Song 2", [("like", "like The Ocean Song 2", None)]),
        ("rain with more energy", [("wish", "with more energy", None)]),
        ("songs about rain", []),
    ],
)
def test_each_stretch_of_a_request_says_what_became_of_it(
    library: Library, text: str, expected: list[tuple[str, str, int | None]]
) -> None:
    assert told(library, text) == expected


def test_what_only_weighs_beside_a_condition_given_apart_is_not_called_a_filter(library: Library) -> None:
    given = library.where("year:1960..")
    assert told(library, "rain, maybe from the 60s", where=given) == [("weighs", "from the 60s", None)]
    assert told(library, "rain from the 60s", where=given) == [("weighs", "from the 60s", None)]


def test_what_the_library_cannot_judge_stays_words(library: Library) -> None:
    assert told(library, "rain songs under 3 minutes") == [("words", "under 3 minutes", None)]


def test_a_denied_genre_filters_and_says_so(library: Library) -> None:
    understood = library.asked("rain, not folk")
    (one,) = library.views.concepts("rain, not folk", understood, library.views.sieve(understood.query))
    assert (one.kind, one.denied, one.songs, one.words) == ("filter", True, 33, "not folk")


# -- pages -------------------------------------------------------------------------------------------------------------


def test_the_first_page_is_the_answer_itself_and_no_page_repeats_another(library: Library) -> None:
    query = library.asked("rain goes by", k=4).query
    answer, pages, number = library.search(query), [], 1
    while True:
        pages.append(library.views.page(query, page=number))
        if not pages[-1].more:
            break
        number += 1
    assert pages[0].answer.hits == answer.hits
    assert pages[0].answer.notes == answer.notes
    assert [page.first for page in pages] == [1 + 4 * at for at in range(len(pages))]
    found = [hit.song.id for page in pages for hit in page.answer.hits]
    assert len(found) == len(set(found)) == pages[0].found


@pytest.mark.parametrize("page", [0, -1, 1000])
def test_a_page_that_is_not_there_says_how_many_there_are(library: Library, page: int) -> None:
    with pytest.raises(QueryError, match=r"there is no page .* it has \d+"):
        library.views.page(Query("rain"), page=page)


def test_the_first_page_of_nothing_is_empty(library: Library) -> None:
    page = library.views.page(Query("rain", where=library.where("year:1800")))
    assert (page.answer.hits, page.found, page.more) == ((), 0, False)


# -- highlights --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "asked", "on"),
    [
        ("It rained on the trains", "a train in the rain", ["rained", "trains"]),
        ("All the words I never said", "the words", ["words"]),
        ("Rain’s gone, José", "jose and the rains", ["Rain’s", "José"]),
        ("nothing of that", "harbour lights", []),
        ("", "rain", []),
        ("rain", "", []),
    ],
)
def test_the_words_a_request_speaks_of_are_highlighted(line: str, asked: str, on: list[str]) -> None:
    assert [one.text for one in marked(line, asked) if one.on] == on


def test_a_misheard_word_is_highlighted_only_in_a_remembered_line() -> None:
    line, asked = "Sparks along the railway", "sharks along the railways"
    assert [one.text for one in marked(line, asked, heard=True) if one.on] == ["Sparks", "along", "the", "railway"]
    assert "Sparks" not in [one.text for one in marked(line, asked) if one.on]


@given(line=st.text(max_size=60), asked=st.text(max_size=30), heard=st.booleans())
def test_the_stretches_of_a_line_join_to_the_line(line: str, asked: str, heard: bool) -> None:
    assert "".join(one.text for one in marked(line, asked, heard=heard)) == line


# -- weights, songs ----------------------------------------------------------------------------------------------------


def test_weights_are_what_counts_for_the_kind_of_request_and_its_own_come_first(library: Library) -> None:
    weights = library.views.weights(Query("rain"))
    assert set(weights) == set(library.engine.names)
    assert library.views.weights(Query("rain", weights={"words": 0.25}))["words"] == 0.25


def test_a_song_is_found_by_its_id_alone(library: Library) -> None:
    assert library.views.song("s1").title == "The Train Song 1"
    with pytest.raises(QueryError, match="no song here has the id 'The Train Song 1'"):
        library.views.song("The Train Song 1")


def test_lyrics_come_only_when_asked_for(library: Library) -> None:
    bare, whole = library.views.song("s1"), library.views.song("s1", lyrics=True)
    assert [line.text for line in library.views.lines(whole)][:2] == [
        "All night the train goes by",
        "Number1 is the word I know",
    ]
    assert library.views.lines(bare) == []
    assert library.views.lines(Song("none")) == []
    assert library.views.lines(Song("bag", lyrics=Lyrics(bag={"rain": 2}))) == []


def test_versions_are_those_the_user_may_see(library: Library) -> None:
    own = library.views.song("s0")
    assert [one.id for one in library.views.versions(own)] == ["s0-live"]
    library.exclude('title:"The Rain Song 0 (Live)"', user="ben")
    assert library.views.versions(own, user="ben") == []
