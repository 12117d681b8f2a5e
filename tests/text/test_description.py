"""What a song is like, in words."""

from __future__ import annotations

import pytest

from songkin.text.description import about, supposed, told_apart
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


PREDICTED = {"valence": 0.9, "energy": 0.1, "danceability": 0.5, "happy": 0.9, "genre:rock": 0.7, "genre:pop": 0.2}
THEMES = {"theme:sea": 0.3, "theme:love": 0.6}


def test_what_is_predicted_is_told_last_and_marked_as_such() -> None:
    song = Song("s", tags={"raw": 0.9}, description="A waltz.", predicted={**PREDICTED, **THEMES})
    assert about(song) == "raw. A waltz. judged by its words: love, sea, rock, happy, cheerful, calm, quiet"
    assert about(Song("s", predicted={**THEMES})) == "judged by its words: love, sea"


def test_what_is_given_is_never_predicted_too() -> None:
    given = Song("s", genres=("Jazz",), features={"valence": 0.2, "energy": 0.5}, predicted={**PREDICTED, **THEMES})
    assert about(given) == "Jazz. sad, melancholic. judged by its words: love, sea"
    assert supposed(given) == ["love", "sea"]


def test_a_genre_that_is_not_likely_is_not_told() -> None:
    assert supposed(Song("s", predicted={"genre:rock": 0.35, "genre:pop": 0.3})) == []
    assert supposed(Song("s", predicted={"valence": 0.5})) == []
    assert supposed(Song("s")) == []
