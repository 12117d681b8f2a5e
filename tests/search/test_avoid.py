"""What a request does not want is lowered by how plainly a song holds it, and never dropped."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from search_songs import Shelf, counted, shelved

from songkin.search import Avoid
from songkin.search.avoid import phrase_of
from songkin.store.fulltext import WARM_AFTER
from songkin.testing import StageContract
from songkin.types import Lyrics, Query, Ranking, Song

VERSE = "Counting the tiles on the ceiling\nNobody calls me at all\nSlow is the light in the hall"
BEATEN = "Hear the drums along the river\nDrums until the morning comes\nAll my bones are full of drums"
OTHER_VERSES = [f"The {n} gate is painted white\nAnd {n} lamps are lit at night\nGood {n} all" for n in "abcdefgh"]
SONGS = (
    Song("tagged", "One", ("A",), tags={"drums": 1.0}),
    Song("caption", "Two", ("B",), description="A slow waltz with brushed drums and strings."),
    Song("denied", "Three", ("C",), description="A slow waltz, no live drums, strings only."),
    Song("sung", "Four", ("D",), lyrics=Lyrics(BEATEN, language="en")),
    Song("once", "Five", ("E",), lyrics=Lyrics("\n\n".join([*OTHER_VERSES, "A drum far away"]), language="en")),
    Song("free", "Six", ("F",), lyrics=Lyrics(VERSE, language="en")),
    Song("split", "Seven", ("G",), lyrics=Lyrics("When we break up the winter comes", language="en")),
    Song("glass", "Eight", ("H",), lyrics=Lyrics("You break my heart in two\nI look up at the moon", language="en")),
    Song("nothing", "Nine"),
)
EVEN = dict.fromkeys((song.id for song in SONGS), 1.0)


@pytest.fixture(scope="module")
def drums(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelved(tmp_path_factory.mktemp("drums") / "library", SONGS)


class TestAvoid(StageContract):
    queries = (Query(avoid=("rain",)), Query(avoid=("rain", "a guitar", "", "the")), Query())

    @pytest.fixture(autouse=True)
    def library(self, shelf: Shelf) -> None:
        self.stage = Avoid(shelf.store, shelf.meaning)
        self.rankings = (shelf.ranking(rain=0.9, storm=0.8, bare=0.7), Ranking.of([404], [1.0]))


def held(shelf: Shelf, said: str, **scores: float) -> dict[str, float]:
    """How plainly each song holds a phrase, by id, without an encoder."""
    ranking = shelf.ranking(**(scores or EVEN))
    found = Avoid(shelf.store).held(ranking.keys, Query(avoid=(said,)))[said]
    return dict(zip(map(str, shelf.ids(ranking)), found.strength.tolist(), strict=True))


def test_a_tag_counts_in_full_a_description_less_and_a_denial_not_at_all(drums: Shelf) -> None:
    strengths = held(drums, "drums")
    assert strengths["tagged"] == 1.0
    assert strengths["caption"] == pytest.approx(0.7)
    assert strengths["denied"] == strengths["free"] == strengths["nothing"] == 0.0


def test_what_is_sung_counts_by_its_share_of_the_passages(drums: Shelf) -> None:
    strengths = held(drums, "drums")
    assert strengths["sung"] == 1.0
    assert 0 < strengths["once"] < 1


@pytest.mark.parametrize("said", ["break-up", "a break up", "Break Up", "the break-up"])
def test_a_phrase_with_function_words_counts_word_for_word(drums: Shelf, said: str) -> None:
    strengths = held(drums, said)
    assert strengths["split"] > 0
    assert strengths["glass"] == strengths["free"] == 0


def test_nearness_counts_only_where_it_stands_out_and_without_an_encoder_words_alone_count(
    tmp_path: Path,
) -> None:
    plain = [Song(f"p{n}", f"Song {n}", lyrics=Lyrics(f"walking w{n} talking v{n}", language="en")) for n in range(40)]
    near = Song("near", "Near", lyrics=Lyrics("tears tears tears", language="en"))
    shelf = shelved(tmp_path / "library", (*plain, near))
    keys = shelf.keys("near", "p1", "p2")
    query = Query(avoid=("tears",))
    found = Avoid(shelf.store, shelf.meaning).held(keys, query)["tears"]
    assert found.near.tolist() == [1.0, 0.0, 0.0]
    assert found.words(0, "tears") == "sings: tears"
    assert Avoid(shelf.store).held(keys, query)["tears"].near.tolist() == [0.0, 0.0, 0.0]


def test_songs_that_hold_it_sink_and_stay(drums: Shelf) -> None:
    lowered = Avoid(drums.store)(drums.ranking(**EVEN), Query(avoid=("drums",)))
    assert set(drums.ids(lowered)) == set(EVEN)
    scores = dict(zip(drums.ids(lowered), lowered.scores.tolist(), strict=True))
    assert scores["tagged"] == pytest.approx(0.1)
    assert scores["caption"] == pytest.approx(1 - 0.9 * 0.7)
    assert scores["denied"] == scores["free"] == 1.0
    assert lowered.parts["avoid"].tolist()[-1] == -1.0


def test_two_phrases_multiply(drums: Shelf) -> None:
    stage, ranking = Avoid(drums.store), drums.ranking(caption=1.0)
    one, both = (stage(ranking, Query(avoid=avoid)) for avoid in (("drums",), ("drums", "strings")))
    assert both.scores[0] == pytest.approx(one.scores[0] ** 2)


@pytest.mark.parametrize("avoid", [(), ("",), ("...",)])
def test_nothing_to_avoid_is_no_change_and_asks_the_store_nothing(drums: Shelf, avoid: tuple[str, ...]) -> None:
    ranking = drums.ranking(**EVEN)
    with counted(drums.store, "texts", "sung", "match_passages") as calls:
        assert Avoid(drums.store, drums.meaning)(ranking, Query(avoid=avoid)) is ranking
    assert not any(calls.values())


@pytest.mark.parametrize(
    ("said", "words", "verbatim"),
    [
        ("drums", ("drums",), False),
        ("a break-up", ("break", "up"), True),
        ("about the sea", ("sea",), False),
        ("The", ("the",), True),
        ("", (), False),
        ("夜の海", ("夜の", "の海"), False),
    ],
)
def test_phrases_are_read_without_leading_articles(said: str, words: tuple[str, ...], verbatim: bool) -> None:
    assert phrase_of(said)[1] == words
    assert phrase_of(said).verbatim == verbatim


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(avoid=some.lists(some.sampled_from(["drums", "rain", "a break-up", "the", "", "雨", "a" * 500]) | some.text()))
def test_whatever_is_avoided_no_song_is_lost_and_none_rises(drums: Shelf, avoid: list[str]) -> None:
    ranking = drums.ranking(**EVEN)
    lowered = Avoid(drums.store, drums.meaning)(ranking, Query(avoid=tuple(avoid)))
    assert sorted(lowered.keys.tolist()) == sorted(ranking.keys.tolist())
    assert ((lowered.scores >= 0) & (lowered.scores <= 1)).all()


def test_an_answer_counts_what_was_lowered_and_says_which_hits_still_hold_it(drums: Shelf) -> None:
    answer = drums.engine.answer(Query("waltz strings drums", avoid=("drums",), k=9))
    assert any("hold 'drums' and were lowered" in note for note in answer.notes)
    told = {hit.song.id: [r.words for r in hit.reasons if r.channel == "avoid"] for hit in answer.hits}
    assert told["caption"] == ["described as: drums"]
    assert told["denied"] == []
    assert told.get("sung", ["sings: drums"]) == ["sings: drums"]
    assert answer.hits[0].song.id == "denied"


def test_a_library_without_songs_avoids_nothing(empty: Shelf) -> None:
    assert not len(Avoid(empty.store, empty.meaning)(Ranking.empty(), Query(avoid=("drums",))))


def test_what_is_typical_of_a_large_library_is_read_from_a_sample(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = shelf.store.exact("passages")
    shelf.store.refresh()
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    monkeypatch.setattr("songkin.store.nearness.SAMPLED_ROWS", 12)
    some_songs = shelf.store.typical("passages").songs
    assert 0 < len(some_songs) < len(every.songs)
    assert set(some_songs.tolist()) < set(every.songs.tolist())
    shelf.store.refresh()


def test_a_library_asked_often_answers_from_memory_as_it_did_before(drums: Shelf) -> None:
    said = ("drums", "a break-up", "strings")
    fresh = [held(drums, phrase) for phrase in said]
    for _ in range(WARM_AFTER + 1):
        drums.store.match_passages("stems", ["drum"], where=None, limit=5)
        drums.store.match_passages("words", ["drums"], where=None, limit=5)
        drums.store.texts([1])
    assert [held(drums, phrase) for phrase in said] == fresh
