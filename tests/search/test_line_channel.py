"""The `line` channel on real rows: exact, misspelt, misheard, shuffled, cut, across lines, in any script."""

from __future__ import annotations

from pathlib import Path

import pytest
from search_songs import Shelf, shelved

from songkin.filters import parse
from songkin.testing import ChannelContract
from songkin.types import Lyrics, Query, Song

FERRY = (
    "[00:10.00]There's a lantern on the ferry\n[00:14.50]At the edge of town tonight\n[00:19.00]And nobody is waiting"
)
BREAD = "Bread rises slow in my grandmother's kitchen\nFlour on the window and the radio low\nIt’s rockin’ all alone"
HARBOUR = "Le café ferme à minuit pile\nLa pluie déchire le quai\nEt moi je compte les bateaux"
STATION = "夜の駅で待っている\n雨の音だけが聞こえる"
COVER = "There's a lantern on the ferry\nbut the river has run dry"
SONGS = (
    Song("ferry", "Ferry", ("Pell",), year=1969, lyrics=Lyrics(FERRY)),
    Song("bread", "Bread", ("Nia",), year=2003, lyrics=Lyrics(BREAD)),
    Song("quai", "Quai", ("Blanche",), year=2017, lyrics=Lyrics(HARBOUR, language="fr")),
    Song("eki", "Eki", ("Aki",), lyrics=Lyrics(STATION, language="ja")),
    Song("cover", "Ferry Again", ("Oke",), year=1999, lyrics=Lyrics(COVER)),
    Song("silent", "Silent", lyrics=Lyrics(instrumental=True)),
)


@pytest.fixture(scope="module")
def sung(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelved(tmp_path_factory.mktemp("lines") / "library", SONGS, encode=False)


class TestLine(ChannelContract):
    queries = (
        Query("there's a lantern on the ferry"),
        Query("lantern on the ferry", where=parse("year:..1980")),
        Query("lantern on the ferry", where=parse("-artist:Pell")),
        Query("the"),
    )

    @pytest.fixture(autouse=True)
    def library(self, sung: Shelf) -> None:
        self.channel, self.songs = sung.channels["line"], sung.songs


@pytest.mark.parametrize(
    ("text", "song", "said"),
    [
        ("Flour on the window and the radio low", "bread", "exact"),
        ("FLOUR on the window, and the radio low!", "bread", "exact"),
        ("its rockin all alone", "bread", "exact"),  # apostrophes of any kind
        ("flour on the widnow and teh radio low", "bread", "2 words misspelt"),
        ("flower on the window and the radio low", "bread", None),  # misheard
        ("radio low window flour", "bread", None),  # lost and shuffled words
        ("grandmother's kitchen", "bread", "fragment"),
        ("le cafe ferme a minuit pile", "quai", "exact"),  # accents
        ("駅で待っている", "eki", None),
        ("at the edge of town tonight and nobody is waiting", "ferry", None),  # across two lines
    ],
)
def test_a_line_is_found_however_it_is_remembered(sung: Shelf, text: str, song: str, said: str | None) -> None:
    best = sung.channels["line"].find(Query(text), 3)[0]
    assert sung.store.ids([best.key]) == [song]
    assert said is None or best.words == said
    assert best.score > 0.6


def test_the_line_is_quoted_as_it_is_sung_with_its_time(sung: Shelf) -> None:
    best = sung.channels["line"].find(Query("at the hedge of town tonight"), 1)[0]
    assert best.line == "At the edge of town tonight"
    assert best.start_ms == 14_500


def test_two_songs_with_the_same_line_are_both_found(sung: Shelf) -> None:
    found = sung.channels["line"].find(Query("there's a lantern on the ferry"), 2)
    assert set(sung.store.ids([match.key for match in found])) == {"ferry", "cover"}
    assert found[0].score == found[1].score == pytest.approx(1.0)


def test_prose_that_no_song_sings_finds_nothing_in_a_search(sung: Shelf) -> None:
    assert not len(sung.channels["line"](Query("quiet songs about a lantern and other lights"), 10))


@pytest.mark.parametrize("text", ["", "?!", "🎵", "zyzzyva"])
def test_a_request_without_known_words_finds_no_line(sung: Shelf, text: str) -> None:
    assert sung.channels["line"].find(Query(text), 3) == []


def test_an_empty_library_sings_nothing(tmp_path: Path) -> None:
    shelf = shelved(tmp_path / "library", (), encode=False)
    assert shelf.channels["line"].find(Query("any line"), 3) == []
