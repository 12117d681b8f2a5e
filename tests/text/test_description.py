"""What a song is like, in words."""

from __future__ import annotations

import pytest

from songkin.text.description import about, told_apart
from songkin.types import Lyrics, Song


@pytest.mark.parametrize(
    ("description", "apart"),
    [
        ("soft piano, slow", ["soft piano", "slow"]),
        ("soft piano; slow | sad.", ["soft piano", "slow", "sad"]),
        ("soft piano", ["soft piano"]),
        ("A waltz that waits for someone at the window.", []),
        (", ", []),
        ("", []),
    ],
)
def test_a_list_and_a_few_words_are_descriptors_a_sentence_is_not(description: str, apart: list[str]) -> None:
    assert told_apart(description) == apart


def test_a_description_tells_tags_own_words_features_era_and_language() -> None:
    song = Song(
        "s", year=1984, language="es", genres=("Rock",), tags={"quiet": 0.2, "raw": 0.9}, description="A waltz.",
        features={"valence": 0.9, "tempo_bpm": 70.0}, lyrics=Lyrics(instrumental=True),
    )  # fmt: skip
    assert about(song) == "raw, quiet, Rock. A waltz. happy, cheerful, slow tempo. 1980s, Spanish, instrumental"


def test_a_song_that_says_nothing_of_itself_has_no_description() -> None:
    assert about(Song("s", "Title", ("Artist",))) == ""
