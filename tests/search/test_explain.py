"""Why each shown song was found: only what really stands in the song."""

from __future__ import annotations

import numpy as np
import pytest
from search_songs import Shelf, counted

from songkin.search.explain import QUOTED_CHARACTERS, Explain, shortened
from songkin.text.lyrics import lines
from songkin.types import Query, Ranking, Reason

QUERIES = (
    Query("the rain is drumming on the tin", k=5),
    Query("acoustic guitar and thunder", k=5),
    Query("Harbour Ada Moss", k=5),
    Query("nobody hears the fog horn call", k=5),
    Query("夜の海", k=5),
    Query("word3 everyday", part="lyrics", k=5),
    Query(like=("rain",), k=10),
    Query(like=("f7", "eki"), targets={"energy": 1.0}, k=10),
    Query("a river pebble", k=5),
)


def reasons(shelf: Shelf, name: str, query: Query) -> dict[str, Reason]:
    """Return the reasons for one song of an answer, by channel."""
    hits = {hit.song.id: hit for hit in shelf.engine.answer(query).hits}
    return {reason.channel: reason for reason in hits[name].reasons}


def ranked(shelf: Shelf, query: Query, **parts: list[float]) -> Ranking:
    return Ranking.of(shelf.keys("rain", "storm"), [0.9, 0.8], parts)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.text or " ".join(query.like))
def test_quoted_lines_stand_in_the_song_at_their_time(shelf: Shelf, query: Query) -> None:
    hits = shelf.engine.answer(query).hits
    assert hits
    for hit in hits:
        lyrics = shelf.songs[shelf.key(hit.song.id)].lyrics
        sung = {line.text: line.start_ms for line in lines(lyrics.text if lyrics else "")}
        for reason in hit.reasons:
            assert reason.line is None or sung[reason.line] == reason.start_ms


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query.text or " ".join(query.like))
def test_shares_add_up_to_one_the_largest_first(shelf: Shelf, query: Query) -> None:
    for hit in shelf.engine.answer(query).hits:
        given = [reason.share for reason in hit.reasons]
        assert sum(given) == pytest.approx(1)
        assert given == sorted(given, reverse=True)


def test_the_line_that_holds_most_of_the_request_is_quoted_with_its_time(shelf: Shelf) -> None:
    told = reasons(shelf, "rain", Query("thunder and a kettle rolling"))["words"]
    assert (told.line, told.start_ms) == ("And count the thunder rolling in", 19_000)
    assert told.words == "sings: thunder, rolling"


def test_a_line_without_a_time_is_quoted_without_one(shelf: Shelf) -> None:
    told = reasons(shelf, "storm", Query("gulls and ferries"))["words"]
    assert (told.line, told.start_ms) == ("The gulls are gone, the ferry too", None)


def test_descriptors_the_request_names_are_shown(shelf: Shelf) -> None:
    assert reasons(shelf, "rain", Query("melancholic guitar"))["words"].words == (
        "described as: melancholic, acoustic guitar"  # the one it names in full first
    )


def test_the_sentence_of_the_description_that_was_meant_is_shown(shelf: Shelf) -> None:
    assert reasons(shelf, "rain", Query("someone at a window"))["words"].words == (
        "described: “It waits for someone at the window.”"
    )


def test_a_part_is_explained_from_itself(shelf: Shelf) -> None:
    told = reasons(shelf, "rain", Query("guitar waltz window", part="description"))
    assert all(reason.line is None for reason in told.values())
    sung = reasons(shelf, "rain", Query("guitar rain", part="lyrics"))
    assert sung["words"].words == "sings: rain"


def test_a_song_of_a_bag_of_words_has_no_line_to_quote(shelf: Shelf) -> None:
    told = reasons(shelf, "bag", Query("river"))
    assert {reason.line for reason in told.values()} == {None}
    assert told["words"].words == "shares words with the request"


def test_a_title_is_named(shelf: Shelf) -> None:
    assert reasons(shelf, "storm", Query("Harbour"))["title"].words == "named: Ada Moss - Harbour"


def test_features_are_told_with_their_difference_from_the_seed(shelf: Shelf) -> None:
    told = reasons(shelf, "storm", Query(like=("rain",), channels=("features",)))
    assert told["features"].words == "valence 0.3 (+0.1), energy 0.6 (+0.3), tempo_bpm 120 (+40)"
    wished = reasons(shelf, "storm", Query(like=("rain",), targets={"tempo_bpm": 1.0}, channels=("features",)))
    assert wished["features"].words == "tempo_bpm 120 (+40), valence 0.3 (+0.1), energy 0.6 (+0.3)"


def test_two_seeds_are_told_by_their_mean(shelf: Shelf) -> None:
    told = reasons(shelf, "storm", Query(like=("rain", "disco"), channels=("features",), k=40))
    assert told["features"].words == "valence 0.3 (-0.25), energy 0.6 (+0), tempo_bpm 120 (+18)"


def test_a_song_that_lacks_a_wished_feature_says_so_without_a_share(shelf: Shelf) -> None:
    told = reasons(shelf, "walk", Query("rain", targets={"energy": 1.0}))
    assert told["features"] == Reason("features", 0.0, "more energy: not known")


def test_a_wish_without_a_seed_tells_the_value(shelf: Shelf) -> None:
    told = reasons(shelf, "disco", Query("glitter", targets={"energy": 1.0}, channels=("words",)))
    assert told["features"] == Reason("features", 0.0, "more energy: 0.9")


def test_what_a_song_shares_with_its_seed_is_told(shelf: Shelf) -> None:
    assert reasons(shelf, "storm", Query(like=("rain",)))["words"].words.startswith("both: Folk; both sing: ")


def test_evidence_is_fetched_once_however_many_songs_are_shown(shelf: Shelf) -> None:
    with counted(shelf.store, "songs", "passages") as calls:
        shelf.engine.answer(Query("rain everyday", k=20))
    assert calls == {"songs": 1, "passages": 1}
    query = Query(like=("rain", "disco"), k=20)
    ranking = shelf.engine.run(query)
    with counted(shelf.store, "songs", "passages", "texts", "song_stems") as calls:
        Explain(shelf.store, shelf.meaning)(ranking, {int(key): shelf.songs[int(key)] for key in ranking.keys}, query)
    assert calls == {"songs": 1, "passages": 1, "texts": 0, "song_stems": 1}


def test_a_channel_that_did_not_speak_gives_no_reason(shelf: Shelf) -> None:
    query = Query("rain")
    ranking = ranked(shelf, query, words=[0.9, 0.8], meaning=[np.nan, 0.4], title=[0.0, 0.0])
    told = Explain(shelf.store, shelf.meaning)(ranking, shelf.songs, query)
    rain, storm = shelf.keys("rain", "storm")
    assert [reason.channel for reason in told[rain]] == ["words"]
    assert [reason.channel for reason in told[storm]] == ["words", "meaning"]


def test_nothing_shown_needs_no_reasons(shelf: Shelf) -> None:
    assert Explain(shelf.store, shelf.meaning)(Ranking.empty(), {}, Query("rain")) == {}


def test_long_lines_are_cut_at_a_word() -> None:
    line = "word " * 40
    cut = shortened(line)
    assert cut == "word " * 28 + "..."
    assert shortened("short") == "short"
    assert len(cut) <= QUOTED_CHARACTERS + 4
