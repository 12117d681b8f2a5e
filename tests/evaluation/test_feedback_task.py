"""Whether likes help: listeners parted by artist, answers judged by hand, and the constants' own half kept out."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from songkin.errors import QueryError
from songkin.evaluation.tasks.feedback import Asked, Listener, judge_feedback, listeners

ARTISTS = {f"s{artist}{song}": f"Artist {artist}" for artist in range(10) for song in range(2)}
PLAYS = {f"artist {artist}": dict.fromkeys(range(1, 7), 5) for artist in range(10)}


def test_a_listeners_artists_are_asked_by_liked_and_wanted_and_never_two_of_these() -> None:
    given = listeners(ARTISTS, PLAYS)
    assert sorted(one.number for one in given) == [1, 3, 5]
    assert sorted(one.number for one in listeners(ARTISTS, PLAYS, chosen_on=True)) == [2, 4, 6]
    for one in given:
        named = {ARTISTS[song] for song in (one.seed, *one.liked)}
        assert len(one.liked) == 5
        assert len(named) == 6
        assert one.apart == {song for song, artist in ARTISTS.items() if artist in named}
        assert one.wanted == set(ARTISTS) - one.apart
    assert given == listeners(ARTISTS, PLAYS)
    assert given != listeners(ARTISTS, PLAYS, seed=1)


def test_listeners_of_few_artists_are_left_out_and_too_few_of_them_are_an_error() -> None:
    few = {name: by for name, by in PLAYS.items() if name < "artist 7"}
    with pytest.raises(QueryError, match="songs of 8 artists that a listener plays for 0 listeners only"):
        listeners(ARTISTS, few)


def test_answers_are_judged_without_the_artists_that_were_named() -> None:
    one = Listener(1, "a", ("b",), frozenset({"x", "y"}), frozenset({"a", "b", "c"}))
    other = Listener(3, "a", ("b",), frozenset({"x"}), frozenset({"a"}))

    def rank(given: Sequence[Listener], asked: Asked) -> list[list[str]]:
        assert given == [one, other]
        return [["c", "x", "b", "y"] if asked.likes else ["z", "x"], []]

    report = judge_feedback([one, other], rank, ("similar",))
    assert report.values[Asked("similar", 1)] == [1.0, 0.0]
    assert report.values[Asked("similar", 0)] == pytest.approx([0.6309 / 1.6309, 0.0], abs=1e-4)
    document = report.as_json()
    assert list(document["systems"]) == ["similar-0", "similar-1", "similar-3", "similar-10"]
    assert document["n_queries"] == 2
    assert document["compared"]["similar-10"]["rival"] == "similar-0"
    assert document["compared"]["similar-10"]["mean"] == pytest.approx((1 - 0.6309 / 1.6309) / 2, abs=1e-3)
    assert document["measures"] == document["systems"]["similar-10"]
