"""An encoder that remembers reads each text once, and a library takes it in the place of its own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from songkin.errors import EncoderError
from songkin.library import Library, Remembering, sung_lines
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song, Vectors


class Counting(ToyEncoder):
    """A toy encoder that counts the texts it has read."""

    read = 0

    def encode_songs(self, texts: Sequence[str]) -> Vectors:
        self.read += len(texts)
        return super().encode_songs(texts)


def test_a_text_is_read_once_and_its_vector_is_the_encoders() -> None:
    counting = Counting()
    remembering = Remembering(counting)
    assert remembering.encode_songs([]).shape == (0, counting.dim)
    vectors = remembering.encode_songs(["slow rain", "fast", "slow rain"])
    assert counting.read == 2
    assert np.array_equal(vectors, ToyEncoder().encode_songs(["slow rain", "fast", "slow rain"]))
    remembering.encode_songs(["fast", "new"])
    assert counting.read == 3
    assert np.array_equal(remembering.encode_queries(["rain"]), ToyEncoder().encode_queries(["rain"]))


def test_a_library_takes_an_encoder_and_encodes_equal_songs_once(tmp_path: Path) -> None:
    counting = Counting()
    remembering = Remembering(counting)
    songs = [Song("a", tags={"slow": 1.0}), Song("b", tags={"fast": 1.0})]
    for place in ("one", "two"):
        assert Library.add(songs, tmp_path / place, encoder=remembering).encoded == 2
    assert counting.read == 2
    opened = Library.open(tmp_path / "two", encoder=remembering)
    assert opened.encoder is remembering
    assert [hit.song.id for hit in opened.search("slow", channels=("meaning",)).hits][:1] == ["a"]


def test_another_encoder_than_the_librarys_is_refused(tmp_path: Path) -> None:
    Library.add([Song("a", tags={"slow": 1.0})], tmp_path / "one", encoder=ToyEncoder())
    other = Remembering(ToyEncoder())
    other.fingerprint = "another"
    with pytest.raises(EncoderError, match="another version"):
        assert Library.open(tmp_path / "one", encoder=other).encoder


def test_sung_lines_are_the_cleaned_lines_of_songs_that_have_some(tmp_path: Path) -> None:
    sung = Lyrics("[Chorus]\nA lamp in the harbour\nGoes out by the sea")
    Library.add([Song("a", "A", lyrics=sung), Song("b", "B")], tmp_path / "one", encode=False, encoder=ToyEncoder())
    assert sung_lines(Library.open(tmp_path / "one")) == {"a": ["A lamp in the harbour", "Goes out by the sea"]}


def test_an_excluded_song_sings_no_lines(tmp_path: Path) -> None:
    sung = Lyrics("A lamp in the harbour")
    songs = [Song("a", "A", genres=("folk",), lyrics=sung), Song("b", "B", genres=("jazz",), lyrics=sung)]
    Library.add(songs, tmp_path / "one", encode=False, encoder=ToyEncoder())
    library = Library.open(tmp_path / "one")
    library.exclude("genre:jazz")
    assert list(sung_lines(library)) == ["a"]
