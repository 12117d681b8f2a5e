"""What a text denies is found where it stands, and what only sounds like a denial is not."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songkin.datasets import songkin_texts
from songkin.text.denials import denials

DENIED = {
    "calm, no drums or guitars": ["drums or guitars"],
    "The song has no drums.": ["drums"],
    "there is no singer in this song": ["singer"],
    "a jazz tune without any saxophone and soft piano": ["saxophone"],
    "no drums and guitars, please": ["drums and guitars"],
    "drum-free study music": ["drum"],
    "I don’t want vocals": ["vocals"],
    "not sad, not too fast": ["sad", "fast"],
    "anything but autotuned hooks": ["autotuned hooks"],
    "deep house for a rooftop, classy, nothing with rap on it": ["rap"],
    "Instead of strings can we have a viola": ["strings"],
    "no guitars no drums no bass. surprise me": ["guitars", "drums", "bass"],
    "rock songs not about love": ["love"],
    "İstanbul gecesi, no drums": ["drums"],
}
SAID = (
    "I can't get no sleep",
    "I have no idea what it is called",
    "not only sad",
    "calm piano",
    "nothing else matters to me",
    "",
)


@pytest.mark.parametrize("text", DENIED)
def test_what_is_denied_is_found(text: str) -> None:
    assert [text[start:end] for start, end in denials(text)] == DENIED[text]


@pytest.mark.parametrize("text", SAID)
def test_what_is_said_in_passing_is_no_denial(text: str) -> None:
    assert denials(text) == []


def test_what_the_encoder_was_trained_with_is_found_as_it_was() -> None:
    """Of 322 requests that all deny something; another count asks for the encoder to be trained again."""
    if songkin_texts.CORPUS.packaged is None:
        pytest.skip("songkin does not run from its repository, where its texts lie")
    rows = songkin_texts.rows("denying.jsonl", "text")
    assert len(rows) == 322
    assert sum(bool(denials(row["text"])) for row in rows) == 267


@given(st.lists(st.sampled_from(["no", "without", "drums", "ß", "İ", "’", ",", "and", "-free", "\ud800", "not"])))
def test_stretches_are_in_order_within_the_text_and_apart(words: list[str]) -> None:
    text = " ".join(words)
    found = denials(text)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(found))
