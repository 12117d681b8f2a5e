"""Descriptors as corpora write them are spelt as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.text.compounds import spelt_out
from songkin.text.description import about, descriptors
from songkin.types import Song


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("instrument---acousticguitar", "acoustic guitar"),
        ("mood/theme---dark", "dark"),
        ("genre---AcousticBassGuitar", "acoustic bass guitar"),
        ("drum_machine", "drum machine"),
        ("drumnbass", "drum and bass"),
        ("hiphop", "hip hop"),
        ("synthpop", "synthpop"),
        ("Quiet Storm", "Quiet Storm"),
        ("soundtrack", "soundtrack"),
        ("rock - pop", "rock - pop"),
        ("", ""),
    ],
)
def test_joined_descriptors_are_spelt_out_and_words_stay(written: str, said: str) -> None:
    assert spelt_out(written) == said


@given(st.text(max_size=60))
def test_what_is_spelt_out_is_so_spelt_again(text: str) -> None:
    once = spelt_out(text)
    assert spelt_out(once) == once or "---" in once


def test_a_song_is_described_as_people_say_it_each_thing_once() -> None:
    song = Song("a", tags={"instrument---electricguitar": 1.0, "electric guitar": 0.5}, genres=("genre---triphop",))
    assert descriptors(song) == ["electric guitar", "trip hop"]
    assert about(song) == "electric guitar, trip hop"
