from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.text.lyrics import LIMIT, Line, instrumental, is_too_long, lines

MARKS = st.sampled_from(
    ["[Chorus]", "[00:12.50]", "(x2)", "<00:01.00>", "&amp;", "\\n", "\r\n", "Verse 1:", "nightHold", "["]
)


def texts(raw: str) -> list[str]:
    return [line.text for line in lines(raw)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\\n", "\\r\\n", "<br>", "<br />", "\u2028", "\x0b"])
def test_every_line_end_ends_a_line(end: str) -> None:
    assert texts(f"Down by the water{end}we sang") == ["Down by the water", "we sang"]


@pytest.mark.parametrize(
    "mark",
    [
        "[Chorus]", "[Verse 1: Ann & Bob]", "(Chorus)", "Chorus:", "CHORUS", "Verse One:", "(Verse 2)", "[x4]", "(x2)",
        "[Chorus x2]", "Chorus: Repeat 2X", "{Intro}", "[Guitar Solo]", "(Repeat and fade)", "Repeat chorus", "Ann:",
        "[Ann Archer]", "(chorus: Ann + Bob)", "Hook: Bob Miller", "*beep*", "--chorus--", "[Estribillo]", "[?]",
        "You might also like", "12 Embed", "Embed", "See Ann Archer Live Get tickets as low as $59",
        "[Produced by Ann]", "Paroliers : Ann Archer", "www.example.com", "All rights reserved",
        "******* This Lyrics is NOT for Commercial use *******\n(1409617812345)", "",
    ],
)  # fmt: skip
def test_marks_and_credits_part_verses_and_go(mark: str) -> None:
    assert texts(f"We rowed away\n{mark}\nWe came again") == ["We rowed away", "", "We came again"]


@pytest.mark.parametrize(
    "header", ["Lyrics by: Ann Archer", "Written by Ann & Bob", "3 ContributorsTranslationsEspañolDeutschRowing Lyrics"]
)
def test_headers_go(header: str) -> None:
    assert texts(f"{header}\n[Verse 1]\nWe rowed away\nWe came again") == ["We rowed away", "We came again"]


@pytest.mark.parametrize(
    "line",
    [
        "Hold on (hold on)",
        "I said:",
        "And the children sing the chorus",
        "Take me to the bridge",
        "We read the words written by the moon",
        "(don't let go)",
        "Twenty-one (21)",
        "Verse upon verse I wrote for you",
        "Is it true? Yes: it is",
        "You and I, 2 by 2",
    ],
)
def test_what_is_sung_stays(line: str) -> None:
    song = "\n".join(["One more line"] * 8)
    assert line in texts(f"{song}\n{line}\n{song}")


def test_a_mark_glued_to_a_line_leaves_the_line() -> None:
    assert texts("[Intro]We rowed away\nand away (x2)\nOh no[Chorus]Come again") == [
        "We rowed away", "and away", "Oh no", "", "Come again",
    ]  # fmt: skip


def test_backing_vocals_in_square_brackets_become_round() -> None:
    assert texts("Row away [don't stop]") == ["Row away (don't stop)"]


def test_entities_tags_and_control_characters_go() -> None:
    assert texts("Salt &amp; <i>pepper</i>\x00\u200b and&nbsp;sugar\tnow") == ["Salt & pepper and sugar now"]


def test_wrongly_decoded_quotes_are_mended() -> None:
    assert texts("itâ€™s cafÃ© time") == ["it’s café time"]


def test_a_python_list_in_a_csv_field_is_read() -> None:
    assert texts("['[Verse 1]\\nDon\\'t row\\nAway\\xa0now']") == ["Don't row", "Away now"]


def test_a_note_inside_a_song_without_line_ends_does_not_take_the_song_away() -> None:
    blob = "We rowed away in the morning light " * 20
    assert len(" ".join(texts(f"{blob} All rights reserved")).split()) == 7 * 20 + 3


def test_glued_lines_part_again() -> None:
    assert texts("all through the nightHold me nowI will stay.Never goWe sang") == [
        "all through the night", "Hold me now", "I will stay.", "Never go", "We sang",
    ]  # fmt: skip
    assert texts("McCoy rowed with LeAnn") == ["McCoy rowed with LeAnn"]


def test_a_song_in_one_line_is_broken_at_its_likely_line_ends() -> None:
    blob = (
        "Amazing grace! how sweet the sound That saved a wretch like me! "
        "I once was lost, but now am found, Was blind, but now I see."
    )
    assert texts(blob) == [
        "Amazing grace! how sweet the sound",
        "That saved a wretch like me!",
        "I once was lost, but now am found,",
        "Was blind, but now I see.",
    ]


def test_a_song_without_any_marks_is_broken_by_length_and_loses_no_word() -> None:
    blob = " ".join(f"w{i}" for i in range(100))
    assert " ".join(texts(blob)) == blob
    assert max(len(text.split()) for text in texts(blob)) <= 14


def test_lrc_is_timed_repeated_and_sorted() -> None:
    raw = "[ar: Ann]\n[ti:Rowing]\n[length: 3:00]\n"
    raw += "[00:10.50][00:30]Row\n[00:20.123]We <00:21.00>came\nagain\n[01:02:5]End"
    assert lines(raw) == [
        Line("Row", 10_500), Line("We came", 20_123), Line("again"), Line("Row", 30_000), Line("End", 62_500),
    ]  # fmt: skip


def test_a_positive_offset_means_earlier_and_never_before_the_start() -> None:
    assert lines("[offset:+500]\n[00:00.20]Row\n[00:02.00]away") == [Line("Row", 0), Line("away", 1_500)]
    assert lines("[offset:-500]\n[00:02.00]away") == [Line("away", 2_500)]


def test_an_empty_stamped_line_is_a_verse_break() -> None:
    assert lines("[00:01]Row\n[00:02]\n[00:03]away") == [Line("Row", 1_000), Line(""), Line("away", 3_000)]


@pytest.mark.parametrize(
    "raw", ["[Instrumental]", "(Instrumental)", "Instrumental", "This song is an instrumental", "纯音乐，请欣赏"]
)
def test_a_text_that_states_there_are_no_words_is_instrumental(raw: str) -> None:
    assert instrumental(raw)
    assert lines(raw) == []


@pytest.mark.parametrize("raw", ["", "[Chorus]", "We rowed away\n[Instrumental Break]\nWe came again"])
def test_other_texts_are_not_instrumental(raw: str) -> None:
    assert not instrumental(raw)


@given(st.text())
def test_lines_never_raises_and_breaks_only_between_lines(raw: str) -> None:
    found = texts(raw)
    assert all(left or right for left, right in pairwise(found))
    assert not found or (found[0] and found[-1])


@given(st.lists(st.one_of(MARKS, st.text(max_size=12))))
def test_lines_never_raises_on_broken_marks(parts: list[str]) -> None:
    assert all(line.start_ms is None or line.start_ms >= 0 for line in lines("".join(parts)))


@pytest.mark.parametrize(
    "piece", ["word ", "nightHold", "[00:01.00]", "[", "<", "(x2", "\n", "&", "a:", "[[a]", "Embed ", "(("]
)
def test_a_megabyte_is_read_in_bounded_time_and_cut_at_the_limit(piece: str) -> None:
    raw = piece * (1_000_000 // len(piece))
    began = time.process_time()
    found = lines(raw)
    assert time.process_time() - began < 3.0
    assert is_too_long(raw)
    assert sum(len(line.text) for line in found) <= LIMIT
