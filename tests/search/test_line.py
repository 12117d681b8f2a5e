"""The `line` channel: what people remember of a line, to the song and the place where it is sung."""

from __future__ import annotations

import pytest
from search_songs import FILLERS, Shelf, shelved

from songkin.filters import Has, Not
from songkin.search.line import LineChannel, LineMatch, search_columns, sound_grams
from songkin.testing import ChannelContract
from songkin.types import Lyrics, Query, Song

HARBOUR = """[00:12.00]There's a lantern on the water
[00:16.20]And the tide is coming round
[00:20.00]Somebody's calling out my daughter
[00:24.10]I can't hear a single sound"""
CAFE = "Wir trinken Kaffee im Café Zürich\nSeñora, mañana no volveré\nIt’s rockin’ ’til the mornin’ comes"
ISLAND = "海の上に月が昇る\n誰も知らない島へ行く"
LONG = "\n".join(
    f"Verse number {n} goes on about the {word}" for n, word in enumerate(["oak", "elm", "ash", "fir", "yew"] * 6)
)

SUNG = (
    Song("harbour", "Harbour Light", ("Mara Quill",), genres=("Folk",), lyrics=Lyrics(HARBOUR)),
    Song("cafe", "Café", ("Die Züge",), genres=("Pop",), lyrics=Lyrics(CAFE)),
    Song("island", "島", ("月",), lyrics=Lyrics(ISLAND)),
    Song("trees", "Trees", ("Mara Quill",), lyrics=Lyrics(LONG)),
    Song("echo", "Echo", ("Cy Dell",), genres=("Jazz",), lyrics=Lyrics("And the tide is coming round")),
    Song("bag", "Bag", ("Cy Dell",), lyrics=Lyrics(bag={"lantern": 3, "water": 2})),
    Song("silent", "Silence", ("Cy Dell",)),
)


@pytest.fixture(scope="module")
def sung(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelved(tmp_path_factory.mktemp("sung") / "library", (*SUNG, *FILLERS), encode=False)


def matches(shelf: Shelf, text: str, k: int = 3, **more: object) -> list[LineMatch]:
    return LineChannel(shelf.store).find(Query.of(text, **more), k)


def names(shelf: Shelf, found: list[LineMatch]) -> list[str | None]:
    return shelf.store.ids([match.key for match in found])


class TestLineChannel(ChannelContract):
    queries = (
        Query("there's a lantern on the water"),
        Query("and the tide is coming round", where=Has("genre", ("folk",))),
        Query("word3 everyday", where=Not(Has("genre", ("jazz",)))),
        Query(""),
    )

    @pytest.fixture(autouse=True)
    def library(self, sung: Shelf) -> None:
        self.channel, self.songs = sung.channels["line"], sung.songs


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("there's a lantern on the water", "harbour", "exact"),
        ("THERE’S A LANTERN, ON THE WATER!", "harbour", "exact"),
        ("theres a lanten on teh water", "harbour", "2 words misspelt"),
        ("there's a land turn under water", "harbour", "sounds alike: "),
        ("somebody's calling out my dotter", "harbour", "sounds alike: dotter"),
        ("lantern there's the on water", "harbour", "in another order"),
        ("on the water", "harbour", "fragment"),
        ("a lantern on the water and the tide is coming", "harbour", "fragment"),
        ("wir trinken kaffee im cafe zurich", "cafe", "exact"),
        ("senora manana no volvere", "cafe", "exact"),
        ("its rockin til the mornin comes", "cafe", "exact"),
        ("月が昇る", "island", "fragment"),
        ("誰も知らない町へ行く", "island", "not found"),
    ],
)
def test_a_line_is_found_and_how_is_told(sung: Shelf, text: str, name: str, words: str) -> None:
    found = matches(sung, text)
    assert names(sung, found)[0] == name
    assert words in found[0].words


def test_the_line_is_quoted_as_it_is_sung_with_its_time(sung: Shelf) -> None:
    best = matches(sung, "the tyde is comin round somebodys calling")[0]
    assert best.line == "And the tide is coming round / Somebody's calling out my daughter"
    assert best.start_ms == 16200


def test_an_untimed_line_has_no_time(sung: Shelf) -> None:
    assert matches(sung, "manana no volvere")[0].start_ms is None


def test_the_very_line_scores_1_and_songs_that_share_it_come_by_key(sung: Shelf) -> None:
    found = matches(sung, "and the tide is coming round")
    assert [match.score for match in found[:2]] == [1.0, 1.0]
    assert names(sung, found)[:2] == ["harbour", "echo"]


def test_a_condition_holds(sung: Shelf) -> None:
    found = matches(sung, "and the tide is coming round", where=Has("genre", ("jazz",)))
    assert names(sung, found)[0] == "echo"
    assert "harbour" not in names(sung, found)


def test_a_line_spanning_two_passages_is_found(sung: Shelf) -> None:
    passages = sung.store.passages([sung.key("trees")])
    assert len(passages) > 2
    border = f"{passages[0].lines[-1]} {passages[1].lines[0]}"
    best = matches(sung, border)[0]
    assert (best.score, best.line) == (1.0, f"{passages[0].lines[-1]} / {passages[1].lines[0]}")


@pytest.mark.parametrize("text", ["", "?!", "zzzzqx vvwrk"])
def test_what_shares_nothing_finds_nothing(sung: Shelf, text: str) -> None:
    assert matches(sung, text) == []


def test_an_empty_library_finds_nothing(empty: Shelf) -> None:
    assert matches(empty, "there's a lantern") == []


def test_no_more_than_k_songs_come(sung: Shelf) -> None:
    assert len(matches(sung, "everyday", k=4)) == 4


def test_in_a_search_only_near_lines_speak(sung: Shelf) -> None:
    channel = sung.channels["line"]
    assert sung.ids(channel(Query("theres a lantern on the watter"), 5))[0] == "harbour"
    assert len(channel(Query("calm music for a late walk by the water"), 5)) == 0
    assert len(channel(Query("lantern"), 5)) == 0
    assert len(channel(Query("there's a lantern on the water", part="description"), 5)) == 0


def test_prose_longer_than_any_line_is_not_looked_up(sung: Shelf) -> None:
    assert len(sung.channels["line"](Query("there's a lantern on the water " * 5), 5)) == 0


def test_lyrics_of_a_query_are_asked_before_its_text(sung: Shelf) -> None:
    assert names(sung, matches(sung, "something else", lyrics="on the water"))[0] == "harbour"


def test_search_columns_keep_lines_apart_and_sounds_in_runs_of_four() -> None:
    columns = search_columns(["It's raining", "", "on me"])
    assert columns.words == "its raining\n\non me"
    assert columns.sounds.split() == [*sound_grams(["its", "raining"]), *sound_grams(["on", "me"])]
    assert {len(gram) for gram in sound_grams(["its", "raining"])} == {4}


def test_few_sounds_are_one_run_and_none_give_none() -> None:
    assert len(sound_grams(["on"])) == 1
    assert sound_grams([]) == []
