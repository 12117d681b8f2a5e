"""Asking: similar songs by name, batches in order, explanations, and readers beside a writer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from library_songs import THEMES, add, song

from songkin.errors import FilterError, QueryError, StoreError
from songkin.filters import Between
from songkin.library import Library
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Query, Song

SONGS = 16


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    place = tmp_path_factory.mktemp("ask") / "L"
    twins = [song(1, id="twin-a", title="Twin", artists=("Ann",)), song(2, id="twin-b", title="Twin", artists=("Bob",))]
    bare = Song("bare", title="Nothing But a Title")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        add(place, [*(song(n) for n in range(SONGS)), *twins, bare])
        yield Library.open(place)


def found(answer: Any) -> list[str]:
    return [hit.song.id for hit in answer.hits]


@pytest.mark.parametrize("theme", THEMES)
def test_a_theme_is_found_with_a_reason(library: Library, theme: str) -> None:
    hits = library.search(f"a song about a {theme}", k=2).hits
    assert all(theme in (hit.song.description or "") for hit in hits)
    for hit in hits:
        assert 0 <= hit.score <= 1
        assert sum(reason.share for reason in hit.reasons) == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", ["s3", "The Bicycle Song 3", "Artist 0 - The Bicycle Song 3", "the bicycle song 3"])
def test_a_song_is_named_by_id_title_or_artist_and_title(library: Library, name: str) -> None:
    named = library.song(name)
    assert named.song.id == "s3"
    assert named.note is None


def test_a_name_with_a_typo_is_taken_and_said(library: Library) -> None:
    named = library.song("Artist 0 - The Bycicle Song 3")
    assert named.song.id == "s3"
    assert named.note is not None
    assert "was taken for Artist 0 - The Bicycle Song 3" in named.note


def test_a_name_that_fits_two_songs_is_said_to(library: Library) -> None:
    named = library.song("Twin")
    assert named.note is not None
    assert named.note.startswith("2 songs are called 'Twin'")
    assert named.song.id in named.note
    assert library.song("Bob - Twin").song.id == "twin-b"
    assert named.note in library.similar("Twin").notes


def test_an_unknown_name_is_told_the_nearest(library: Library) -> None:
    with pytest.raises(QueryError, match=r"no song here is called 'Bicycle Race in Town'; near: .*Bicycle"):
        library.song("Bicycle Race in Town")
    with pytest.raises(QueryError, match="name it by its id, its title"):
        library.song("xyzzy")


def test_similar_leaves_the_seed_out_and_finds_its_theme(library: Library) -> None:
    answer = library.similar("s3", k=3)
    assert "s3" not in found(answer)
    assert found(answer)[0] == "s11"
    assert answer.query.like == ("s3",)


def test_similar_to_two_keeps_away_from_a_third(library: Library) -> None:
    hits = found(library.similar("s3", "s4", unlike=("s11",), k=10))
    assert not {"s3", "s4", "s11"} & set(hits)


def test_similar_to_a_song_value(library: Library) -> None:
    assert found(library.similar(library.song("s3").song, k=1)) == found(library.similar("s3", k=1))


def test_a_line_is_found_with_its_words(library: Library) -> None:
    answer = library.line("number7 is the word I know", k=3)
    assert found(answer)[0] == "s7"
    assert answer.hits[0].reasons[0].line == "Number7 is the word I know"


def test_a_condition_is_met_and_what_it_cannot_judge_is_counted(library: Library) -> None:
    for ask in (library.search, library.line):
        answer = ask("all night the train goes by", where="year:1961..1970", k=20)
        assert all(hit.song.year is not None and 1961 <= hit.song.year <= 1970 for hit in answer.hits)
        assert f"1 of {SONGS + 3} songs have no year" in answer.notes


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_an_empty_request_is_refused(library: Library, empty: str) -> None:
    for ask in (library.search, library.line, lambda text: library.explain("s1", text)):
        with pytest.raises(QueryError, match="is empty"):
            ask(empty)


def test_half_a_character_in_a_request_is_no_error(library: Library) -> None:
    assert found(library.search("train \udce9", k=1))
    assert found(library.line("number7 is the word \ud83d I know", k=1)) == ["s7"]


def test_what_there_is_not_is_named_with_the_nearest(library: Library) -> None:
    with pytest.raises(FilterError, match="did you mean 'year'"):
        library.search("x", where="yeer:1990")
    with pytest.raises(QueryError, match="did you mean 'energy'"):
        library.search("train", targets={"enrgy": 1.0})
    with pytest.raises(QueryError, match="no channel is called 'smell'"):
        library.search("train", channels=("smell",))


def test_a_batch_answers_in_order_whatever_it_holds(library: Library) -> None:
    texts = [f"a song about a {theme}" for theme in THEMES] * 5
    answers = list(library.batch([Query(text=text, k=2) for text in texts]))
    for text, hits in zip(texts, answers, strict=True):
        assert not isinstance(hits, QueryError)
        assert [hit.id for hit in hits] == found(library.search(text, k=2))


def test_a_query_of_a_batch_that_means_nothing_gets_its_error_and_the_rest_is_answered(library: Library) -> None:
    good = Query(text="train", k=1)
    first, bad, last = library.batch([good, Query(text="train", channels=("smell",)), good])
    assert isinstance(bad, QueryError)
    assert first == last
    assert not isinstance(first, QueryError)


def test_a_batch_of_lines(library: Library) -> None:
    queries = [Query(text=f"number{n} is the word I know", k=1) for n in (5, 2, 9)]
    assert [[hit.id for hit in hits] for hits in library.batch(queries, lines=True)] == [["s5"], ["s2"], ["s9"]]  # type: ignore[union-attr]


def test_explain_says_rank_score_and_reasons(library: Library) -> None:
    hits = library.search("a song about a train", k=SONGS).hits
    at = next(i for i, hit in enumerate(hits) if hit.song.id == "s9")
    standing = library.explain("s9", "a song about a train")
    assert (standing.rank, standing.of) == (at + 1, SONGS + 3)
    assert standing.hits[0].score == pytest.approx(hits[at].score, abs=1e-6)
    assert standing.hits[0].reasons


def test_explain_says_when_nothing_speaks(library: Library) -> None:
    standing = library.explain("bare", "zebra crossing")
    assert standing.rank is None
    assert standing.hits == ()
    assert "nothing in Nothing But a Title speaks to this request" in standing.notes


def test_info_counts_what_is_there_and_what_is_missing(library: Library) -> None:
    about = library.info()
    assert about["songs"] == SONGS + 3
    assert about["passages"] > SONGS
    assert about["missing"]["lyrics"] == about["missing"]["year"] == 1
    assert about["missing"]["vectors"] == 0
    assert about["encoders"]["current"] == "shipped"
    assert set(about["features"]) == {"energy", "valence"}


# -- beside a writer ---------------------------------------------------------------------------------------------------


def test_refresh_sees_what_others_added(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0)], encode=False)
    reader = Library.open(tmp_path / "L")
    assert found(reader.search("train", k=3)) == []
    add(tmp_path / "L", [song(1)])
    assert reader.info()["songs"] == 1
    reader.refresh()
    assert reader.info()["songs"] == 2
    assert reader.encoder is not None
    assert found(reader.search("train", k=1)) == ["s1"]
    assert found(reader.line("number1 is the word", k=1)) == ["s1"]


def test_readers_read_while_a_writer_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.library.adding.CHUNK", 2)
    add(tmp_path / "L", [song(n) for n in range(4)])
    reader, seen = Library.open(tmp_path / "L"), []

    def look(done: Any) -> None:
        assert found(reader.search("train", k=1)) == ["s1"]
        seen.append(Library.open(tmp_path / "L").info()["songs"])

    add(tmp_path / "L", [song(n) for n in range(8)], progress=look)
    assert seen[-1] == 8


def test_a_second_writer_is_told_at_once(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0)])

    def write_too(done: Any) -> None:
        with pytest.raises(StoreError, match="another songkin is writing"):
            add(tmp_path / "L", [song(2)])

    assert add(tmp_path / "L", [song(1)], progress=write_too).added == 1


def test_a_place_without_a_library_is_told_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no library here; make one with: songkin add"):
        Library.open(tmp_path / "nowhere")


def test_a_song_of_a_bag_of_words_is_found_by_them(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0), Song("bag", title="Bag", lyrics=Lyrics(bag={"volcano": 3, "the": 9}))])
    assert found(Library.open(tmp_path / "L").search("volcano", k=1)) == ["bag"]


def test_a_condition_made_by_hand_on_an_unknown_field_spoils_only_its_own_query(library: Library) -> None:
    bad = Query("rain", where=Between("no_such_feature", 0.1, None))
    answers = list(library.batch([Query("rain", k=1), bad, Query("train", k=1)]))
    assert isinstance(answers[1], QueryError)
    assert len(answers[0]) == len(answers[2]) == 1


def test_a_line_may_come_as_the_lyrics_of_a_query(library: Library) -> None:
    assert library.line(Query(lyrics="Number3 is the word I know")).hits[0].song.id == "s3"


def test_more_hits_than_there_are_songs_may_be_asked_for(library: Library) -> None:
    assert len(library.search("a song about rain", k=10**12).hits) <= SONGS + 3


def test_unmet_wishes_are_counted(library: Library) -> None:
    loudest = max(range(SONGS), key=lambda number: song(number).features["energy"])
    answer = library.similar(f"s{loudest}", targets={"energy": 1.0}, k=3)
    assert any("of 3 hits have more energy than the seed" in note for note in answer.notes)


@pytest.mark.parametrize(
    "call", [{"per_artist": 0}, {"weights": {"words": -1.0}}, {"weights": {"words": float("nan")}}]
)
def test_a_query_that_cannot_be_answered_is_refused_when_it_is_made(call: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        Query("rain", **call)


def test_explain_gives_the_shares_that_search_gives(library: Library) -> None:
    hits = library.search("a song about rain", k=3).hits
    for hit in hits:
        told = library.explain(hit.song.id, "a song about rain").hits[0]
        assert [(r.channel, r.share) for r in told.reasons] == [(r.channel, r.share) for r in hit.reasons]


def test_a_title_of_signs_is_named_as_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
    add(tmp_path / "L", [song(1, title="!!!"), song(2)])
    assert Library.open(tmp_path / "L").song("!!!").song.id == "s1"
    with pytest.raises(QueryError, match=r"\?\?\?"):
        Library.open(tmp_path / "L").song("???")


@pytest.mark.parametrize("text", ["\u200b\u200d", "\u202e \u00a0", "\ufeff"])
def test_signs_nobody_sees_are_an_empty_request(library: Library, text: str) -> None:
    with pytest.raises(QueryError, match="empty"):
        library.search(text)


def test_a_weight_whose_sum_would_overflow_is_refused() -> None:
    with pytest.raises(QueryError, match="1,000,000"):
        Query(text="rain", weights={"words": 1e308})
