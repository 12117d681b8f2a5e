"""Which songs of one title are versions of each other, decided with the words, the marks, the length."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from songkin.search.sameness import Take, agree, is_generic, same, take_of, told_together
from songkin.types import Song

WORDS = frozenset(f"w{n}" for n in range(20))
OTHERS = frozenset(f"x{n}" for n in range(20))
LIVE = frozenset([*sorted(WORDS)[:15], "thank", "hello"])  # a verse left out, the crowd greeted
ODE = Take(0, "ada moss", words=WORDS)


@pytest.mark.parametrize(
    ("other", "one_song", "why"),
    [
        (ODE._replace(marks=("live",), words=LIVE), True, "the same words"),
        (ODE._replace(words=OTHERS), False, "other words under one title"),
        (ODE._replace(words=OTHERS, marks=("remaster",)), False, "words decide before marks"),
        (ODE._replace(words=OTHERS, isrc="X1"), False, "one ISRC only"),
        (ODE._replace(artist="bo lux"), True, "a cover of the same words"),
        (ODE._replace(artist="bo lux", words=frozenset([*sorted(WORDS)[:8], *OTHERS])), False, "too few shared"),
        (ODE._replace(artist=""), False, "no artist, no version"),
        (ODE._replace(words=frozenset(), marks=("live",)), True, "no words, but a mark"),
        (ODE._replace(words=frozenset()), False, "no words and nothing else to go by"),
        (ODE._replace(artist="bo lux", words=frozenset(), marks=("cover",)), False, "a cover is known by its words"),
    ],
)
def test_words_decide_where_both_have_them(other: Take, one_song: bool, why: str) -> None:
    assert same(ODE, other) is one_song, why
    assert same(other, ODE) is one_song, why


@pytest.mark.parametrize(
    ("one", "other", "one_song"),
    [
        (Take(0, "a", duration_s=200.0), Take(1, "a", duration_s=202.9), True),
        (Take(0, "a", duration_s=200.0), Take(1, "a", duration_s=203.1), False),
        (Take(0, "a", duration_s=200.0), Take(1, "a"), False),
        (Take(0, "a", duration_s=200.0), Take(1, "b", duration_s=200.0), False),
        (Take(0, "a", duration_s=200.0), Take(1, "a", ("remix",), duration_s=420.0), True),
        (Take(0, "a", generic=True, duration_s=60.0), Take(1, "a", generic=True, duration_s=60.0), False),
        (Take(0, "a", ("live",), generic=True), Take(1, "a", generic=True), False),
        (Take(0, "a", isrc="GBX1"), Take(1, "b", isrc="GBX1"), True),
        (Take(0, "", isrc="GBX1"), Take(1, "", isrc="GBX1"), False),
    ],
)
def test_without_words_a_mark_or_the_length_decides_for_one_artist(one: Take, other: Take, one_song: bool) -> None:
    assert same(one, other) is one_song


@pytest.mark.parametrize("title", ["intro", "untitled", "interlude 2", "track 01", "home", "part ii", "", "12"])
def test_generic_titles_name_no_song(title: str) -> None:
    assert is_generic(title)


@pytest.mark.parametrize("title", ["yesterday", "sweet home alabama", "1979 nights", "雨の駅"])
def test_other_titles_do(title: str) -> None:
    assert not is_generic(title)


def test_a_song_is_taken_down_to_what_is_compared() -> None:
    song = Song("1", "Late Ferry - 2009 Remaster", ("The Grey Hulls", "Ada"), duration_s=200.0)
    song = Song(
        **{field: getattr(song, field) for field in ("id", "title", "artists", "duration_s")}, links={"isrc": "gb-x1"}
    )
    take = take_of(7, song, ["ferri late", "late hull"])
    assert take == Take(7, "grey hulls", ("remaster",), False, frozenset(["ferri", "late", "hull"]), 200.0, "GBX1")


def test_a_chain_of_likenesses_never_joins_unlike_songs() -> None:
    middle = Take(2, "a", ("live",))  # without words it could be a version of either
    groups = told_together([Take(0, "a", words=WORDS), Take(1, "a", words=OTHERS), middle])
    assert groups == [0, 1, 0]


def test_covers_join_their_artists_versions() -> None:
    takes = [Take(5, "b", words=WORDS), Take(3, "a", words=WORDS), Take(4, "a", ("live",)), Take(6, "b", words=OTHERS)]
    assert told_together(takes) == [3, 3, 3, 6]


@given(some.frozensets(some.sampled_from("abcdefgh")), some.frozensets(some.sampled_from("abcdefgh")))
def test_agreement_is_mutual_and_a_set_agrees_with_itself(one: frozenset[str], other: frozenset[str]) -> None:
    assert agree(one, other, 0.4, 0.7) == agree(other, one, 0.4, 0.7)
    assert agree(one, one, 0.4, 0.7)


TAKES = some.builds(
    Take,
    some.just(0),
    some.sampled_from(["", "a", "b"]),
    some.sampled_from([(), ("live",)]),
    some.booleans(),
    some.sampled_from([frozenset[str](), WORDS, OTHERS, LIVE]),
    some.sampled_from([None, 200.0, 201.0, 300.0]),
    some.sampled_from(["", "GBX1"]),
)


@given(some.lists(TAKES, max_size=8))
def test_groups_hold_whole_songs_only_and_do_not_depend_on_the_order(takes: list[Take]) -> None:
    takes = [take._replace(key=key) for key, take in enumerate(takes)]
    groups = told_together(takes)
    assert groups == told_together(takes[::-1])[::-1]
    assert all(group == key for key, (take, group) in enumerate(zip(takes, groups, strict=True)) if not take.artist)
    assert all(groups[group] == group for group in groups)
