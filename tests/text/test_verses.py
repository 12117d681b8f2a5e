from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from songkin.text.lyrics import Line, Passage, fold, lines, passages
from songkin.text.verses import count

BREAK = Line("")
LINES = st.lists(
    st.builds(
        Line,
        st.one_of(
            st.just(""),
            st.lists(
                st.sampled_from(["down", "by", "the", "silver", "water", "we", "sang", "Ah", "今日は"]),
                min_size=1,
                max_size=90,
            ).map(" ".join),
        ),
        st.one_of(st.none(), st.integers(0, 300_000)),
    ),
    max_size=60,
)


def words(found: list[Passage]) -> list[str]:
    return " ".join(passage.text for passage in found).split()


def test_a_chorus_that_returns_is_kept_once() -> None:
    song = [Line("One way out"), BREAK, Line("Row, row"), BREAK, Line("Two ways in"), BREAK, Line("row row!")]
    assert fold(song) == [Line("One way out"), BREAK, Line("Row, row"), BREAK, Line("Two ways in")]


def test_the_earliest_stamp_of_a_repeated_line_is_kept() -> None:
    assert fold([Line("Row", None), Line("Row", 9_000), Line("Row", 4_000)]) == [Line("Row", 4_000)]


@given(LINES)
def test_folding_twice_changes_nothing(song: list[Line]) -> None:
    assert fold(fold(song)) == fold(song)


@given(LINES)
def test_passages_keep_every_word_in_order_and_stay_small(song: list[Line]) -> None:
    folded = fold(song)
    found = passages(folded)
    assert words(found) == " ".join(line.text for line in folded).split()
    assert all(count(passage.text) <= 60 and 1 <= len(passage.lines) <= 6 for passage in found)
    assert all(line.text for passage in found for line in passage.lines)


def test_passages_end_where_verses_end() -> None:
    verse = [Line(f"{word} goes down to the river to sing tonight") for word in ("Ann", "Bob", "Cleo", "Dan")]
    other = [Line(f"{word} comes back with the morning on her sleeve") for word in ("Eve", "Fay", "Gus", "Hal")]
    found = passages([*verse, BREAK, *other])
    assert [passage.lines for passage in found] == [tuple(verse), tuple(other)]


def test_a_long_verse_is_cut_into_even_passages() -> None:
    verse = [Line(f"this is the line with number {i}") for i in range(10)]
    assert [len(passage.lines) for passage in passages(verse)] == [5, 5]


def test_a_line_alone_joins_the_passage_before_it() -> None:
    song = [Line("Down by the silver water we sang"), BREAK, Line("Oh yes we did")]
    assert [passage.text for passage in passages(song)] == ["Down by the silver water we sang\nOh yes we did"]


def test_a_passage_starts_with_its_first_timed_line() -> None:
    assert Passage((Line("a"), Line("b", 500), Line("c", 900))).start_ms == 500
    assert Passage((Line("a"),)).start_ms is None


def test_no_lines_give_no_passages() -> None:
    assert passages([]) == fold([]) == passages(lines("")) == []
