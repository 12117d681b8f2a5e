"""Opinions: what a user likes, skips and never wants again; kept, shown, taken back, and nobody else's business."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from library_songs import LOAD, add, load_toys, song

from songkin.errors import QueryError
from songkin.library import Library
from songkin.store import writing
from songkin.store.state import Decision, State
from songkin.types import Query


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("opinions") / "L"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*LOAD, load_toys)
        add(place, [song(n) for n in range(32)])
    return place


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Library:
    return Library.open(shutil.copytree(made, tmp_path / "L"))


def scores(library: Library, **more: object) -> dict[str, float]:
    return {hit.song.id: hit.score for hit in library.search("rain at night", k=32, **more).hits}


def test_a_like_raises_the_song_and_songs_like_it_and_says_so(library: Library) -> None:
    before = scores(library)
    library.opinions.tell("s8", "like")
    answer = library.search("rain at night", k=32)
    after = {hit.song.id: hit.score for hit in answer.hits}
    assert after["s8"] > before["s8"]
    assert all(after[name] >= before[name] for name in before)
    said = {hit.song.id: reason.words for hit in answer.hits for reason in hit.reasons if reason.channel == "liking"}
    assert said["s8"] == "you liked it: raised by 10 %"
    assert any(words.startswith("liked 1 song like it: raised by ") for words in said.values())


def test_a_skip_lowers_and_a_later_like_takes_its_place(library: Library) -> None:
    before = scores(library)
    library.opinions.tell("s8", "skip")
    lowered = scores(library)
    assert lowered["s8"] < before["s8"]
    assert all(lowered[name] <= before[name] for name in before)
    library.opinions.tell("The Rain Song 8", "like")
    assert [(one.song, one.verdict) for one in library.opinions.all()] == [("s8", "like")]
    assert scores(library)["s8"] > before["s8"]


def test_the_order_in_which_opinions_are_told_says_nothing(library: Library, made: Path, tmp_path: Path) -> None:
    other = Library.open(shutil.copytree(made, tmp_path / "other"))
    told = [("s8", "like"), ("s3", "skip"), ("s16", "like"), ("s9", "never")]
    for name, verdict in told:
        library.opinions.tell(name, verdict)
    for name, verdict in [("s3", "like"), *reversed(told)]:
        other.opinions.tell(name, verdict)
    assert library.search("rain at night", k=32) == other.search("rain at night", k=32)


def test_taken_back_the_answer_is_what_it_was_bit_for_bit(library: Library) -> None:
    before = library.search("rain at night", k=32)
    for number, verdict in enumerate(("like", "skip", "never", "like")):
        library.opinions.tell(f"s{8 * number}", verdict)
    assert library.search("rain at night", k=32) != before
    assert library.opinions.take_back("The Rain Song 0").verdict == "like"
    assert library.opinions.clear() == 3
    assert library.search("rain at night", k=32) == before
    assert library.opinions.all() == []
    assert library.opinions.clear() == 0


def test_never_again_hides_the_song_in_everything_that_is_asked(library: Library) -> None:
    library.opinions.tell("s8", "never")
    assert "s8" not in scores(library)
    assert "s8" not in scores(library, where="year:1960..")
    assert "s8" not in {hit.song.id for hit in library.similar("s0", k=32).hits}
    assert "s8" not in {hit.song.id for hit in library.similar("s0", k=32, strategy="cosine").hits}
    assert "s8" not in {hit.song.id for hit in library.line("number8 is the word I know", k=32).hits}
    (hits,) = library.batch([Query("rain", k=32)])
    assert isinstance(hits, list)
    assert "s8" not in {hit.id for hit in hits}
    assert library.left() == 31
    assert library.exclusions() == []
    note = "1 song is hidden as never wanted again (songkin feedback --list)"
    assert note in library.search("rain").notes
    standing = library.explain("s8", "rain")
    assert standing.rank is None
    assert 'hidden as never wanted again (songkin feedback --undo "s8")' in standing.notes
    library.opinions.take_back("s8")
    assert "s8" in scores(library)


def test_never_hides_exactly_that_song_not_one_whose_id_is_spelt_alike(tmp_path: Path) -> None:
    place = tmp_path / "alike"
    add(place, [song(0, id=name) for name in ("rain-1", "Rain 1", "rain_1")])
    library = Library.open(place)
    library.opinions.tell("rain-1", "never")
    assert {hit.song.id for hit in library.search("rain", grouped=False).hits} == {"Rain 1", "rain_1"}


def test_never_says_nothing_of_other_songs_and_goes_with_exclusions(library: Library) -> None:
    before = scores(library)
    library.opinions.tell("s8", "never")
    after = scores(library)
    assert after == {name: before[name] for name in after}
    library.exclude("genre:folk")
    both = library.search("rain at night", k=32)
    assert not {"s8"} & {hit.song.id for hit in both.hits}
    assert len([note for note in both.notes if "songkin exclude --list" in note or "feedback --list" in note]) == 2
    assert library.left() == 15


def test_no_other_users_answers_change(library: Library) -> None:
    before = {user: library.search("rain at night", k=32, user=user) for user in ("", "bert")}
    library.opinions.tell("s8", "like", user="anna")
    library.opinions.tell("s0", "never", user="anna")
    assert {user: library.search("rain at night", k=32, user=user) for user in before} == before
    assert "s0" not in scores(library, user="anna")
    assert library.opinions.all() == []
    assert [one.user for one in library.opinions.all(user="anna")] == ["anna", "anna"]
    own = Library.open(library.store.tables.place, user="anna")
    assert "s0" not in scores(own)
    assert own.opinions.take_back("s0").undo == 'songkin feedback --undo "s0" --user anna'


def test_an_opinion_outlives_its_song_and_can_be_taken_back_without_it(library: Library) -> None:
    place = library.store.tables.place
    for name, verdict in (("s8", "like"), ("s9", "never")):
        library.opinions.tell(name, verdict)
    Library.remove(["s8", "s9"], place)
    library = Library.open(place)
    assert len(library.search("rain at night", k=32).hits) > 0
    assert [one.title for one in library.opinions.all()] == [
        "Artist 2 - The Rain Song 8",
        "Artist 0 - The Train Song 9",
    ]
    assert library.opinions.take_back("s8").verdict == "like"
    add(Path(place), [song(9)])
    assert "s9" not in {hit.song.id for hit in Library.open(place).search("train", k=32).hits}


def test_what_another_process_told_is_seen_after_a_refresh(library: Library) -> None:
    scores(library)
    Library.open(library.store.tables.place).opinions.tell("s8", "never")
    library.refresh()
    assert "s8" not in scores(library)


def test_what_is_no_opinion_of_a_song_here_is_refused(library: Library) -> None:
    with pytest.raises(QueryError, match="'love' is no opinion; there are like, skip, never"):
        library.opinions.tell("s8", "love")
    with pytest.raises(QueryError, match="no song here is called 'qqqq'"):
        library.opinions.tell("qqqq", "like")
    with pytest.raises(QueryError, match="no opinion of 's8' was told; there are none"):
        library.opinions.take_back("s8")
    library.opinions.tell("s8", "like")
    with pytest.raises(QueryError, match="no opinion of 'qqqq' was told; there are 1; songkin feedback --list"):
        library.opinions.take_back("qqqq")


@pytest.mark.parametrize("value", ["", "{", "null", '{"verdict": "adore", "title": "x"}', '{"verdict": ["like"]}'])
def test_a_damaged_opinion_says_nothing(library: Library, value: str) -> None:
    State(library.store.tables).keep(Decision("", "opinion", "s8", value))
    assert library.opinions.all() == []
    assert "s8" in scores(library)


def test_opinions_are_told_while_another_process_adds(library: Library) -> None:
    with writing(library.store.tables.place, dim=library.store.tables.dim()):
        assert library.opinions.tell("s8", "like").verdict == "like"
