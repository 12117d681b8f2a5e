"""The space of genres, tags and eras: what is given, what words foretell, and what closeness means."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from little_heads import lyrics
from little_space import described, space, unread
from songkin.annotate import read_heads, read_space, write_heads, write_space
from songkin.annotate.reading import read
from songkin.annotate.tag_space import known_of
from songkin.errors import EncoderError
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

DESCRIPTORS = st.sampled_from(["country", "Hip-Hop", "rap", "polka", "folk"])


def by_words(*numbers: int) -> np.ndarray:
    """The vectors of songs of which nothing but the words is known."""
    reading = read([Lyrics(lyrics(number)) for number in numbers], ToyEncoder())
    return space().vectors([Song(str(number)) for number in numbers], space().foretold(reading))


def test_songs_that_share_genre_and_time_lie_nearer_than_others() -> None:
    country, rap = [described(number) for number in (100, 106)], described(101)
    one, other, third = space().vectors([*country, rap], unread(3))
    assert one @ other > 0.8
    assert one @ third < 0


def test_words_foretell_the_genre_of_songs_that_have_none() -> None:
    one, other, third, fourth = by_words(100, 104, 101, 105)
    assert min(one @ other, third @ fourth) > max(one @ third, other @ fourth)


def test_a_song_of_which_nothing_is_known_lies_at_zero() -> None:
    silent = read([Lyrics("")], ToyEncoder())
    assert not space().vectors([Song("x", genres=("polka",))], space().foretold(silent)).any()
    assert not space().is_given([Song("x", genres=("polka",), year=1980)]).any()


def test_names_that_differ_in_case_and_hyphens_are_one_descriptor() -> None:
    assert known_of(Song("x", genres=("Hip-Hop", "hip hop")), "genres") == {"hip hop": 1.0}
    assert known_of(Song("x", tags={"Slow  Dance": 0.5, "never": 0.0}), "tags") == {"slow dance": 0.5}


def test_a_year_beyond_all_eras_counts_as_the_nearest() -> None:
    old, older = space().vectors([Song("a", year=1955), Song("b", year=1700)], unread(2))
    np.testing.assert_allclose(old, older)


@settings(deadline=None, max_examples=30)
@given(st.lists(DESCRIPTORS, max_size=4), st.integers(1900, 2030) | st.none(), st.integers(0, 40))
def test_vectors_are_shorter_than_one_and_finite(genres: list[str], year: int | None, number: int) -> None:
    song = Song("x", genres=tuple(genres), year=year)
    reading = read([Lyrics(lyrics(number))], ToyEncoder())
    (vector,) = space().vectors([song], space().foretold(reading))
    assert np.isfinite(vector).all()
    assert vector @ vector < 1


@settings(deadline=None, max_examples=30)
@given(st.lists(st.floats(-1, 1, width=32), min_size=2, max_size=20), st.booleans(), st.booleans())
def test_agreement_lies_in_the_unit_interval_and_rises_with_closeness(dots: list[float], a: bool, b: bool) -> None:
    rising = np.sort(np.array(dots, np.float32))
    found = space().agreement(rising, np.full(len(rising), a), np.full(len(rising), b))
    assert ((found >= 0) & (found <= 1)).all()
    assert (np.diff(found) >= 0).all()


def test_agreement_is_what_was_seen_of_such_pairs() -> None:
    songs = [described(number) for number in range(100, 140)]
    vectors = space().vectors(songs, unread(40))
    given_ = np.ones(20, bool)
    alike = space().agreement(np.einsum("pd,pd->p", vectors[0::2], vectors[0::2]), given_, given_)
    apart = space().agreement(np.einsum("pd,pd->p", vectors[0::2], vectors[1::2]), given_, given_)
    assert alike.min() > 0.7
    assert apart.max() < 0.3


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A space at rest beside its heads, which are rounded when they are written."""
    write_heads(space().heads, tmp_path / "heads")
    write_space(space(), tmp_path / "space.safetensors", about={"songs": 60})
    return tmp_path


def test_a_space_that_was_read_is_the_one_that_was_written_up_to_rounding(written: Path) -> None:
    again = read_space(written / "space.safetensors", read_heads(written / "heads"))
    songs, reading = [described(100)], read([Lyrics(lyrics(100))], ToyEncoder())
    np.testing.assert_allclose(
        again.vectors(songs, again.foretold(reading)), space().vectors(songs, space().foretold(reading)), atol=0.02
    )
    assert again.curves == space().curves


def test_a_space_and_its_heads_have_the_same_marks_once_they_were_written(written: Path) -> None:
    heads = read_heads(written / "heads")
    again = read_space(written / "space.safetensors", heads)
    assert again.mark == space().mark
    assert heads.readers == space().heads.readers


def test_a_space_is_tied_to_how_heads_read_and_not_to_what_they_say(written: Path) -> None:
    harsher = replace(space().heads, explicit=replace(space().heads.explicit, cut=0.99))
    assert harsher.mark != space().heads.mark
    read_space(written / "space.safetensors", harsher)


@pytest.mark.parametrize("part", ["idf", "mean", "landmarks", "width", "fingerprint"])
def test_a_space_of_heads_that_read_otherwise_is_refused(written: Path, part: str) -> None:
    own = space().heads
    changed = {
        "idf": lambda: replace(own, terms=replace(own.terms, idf=own.terms.idf + 1)),
        "mean": lambda: replace(own, styling=replace(own.styling, mean=own.styling.mean + 1)),
        "landmarks": lambda: replace(own, kernel=replace(own.kernel, landmarks=own.kernel.landmarks + 1)),
        "width": lambda: replace(own, kernel=replace(own.kernel, width=0.3)),
        "fingerprint": lambda: replace(own, fingerprint="other"),
    }[part]()
    with pytest.raises(EncoderError, match=r"reads by other label heads; install songkin-labels again"):
        read_space(written / "space.safetensors", changed)


def test_a_space_with_other_axes_has_another_mark() -> None:
    first, *rest = space().blocks
    assert replace(space(), blocks=(replace(first, weight=2.0), *rest)).mark != space().mark
    assert replace(space(), layer=space().layer._replace(bias=space().layer.bias + 1)).mark != space().mark


@pytest.mark.parametrize("cut", [0, 7, 100, -3])
def test_a_damaged_space_is_told_with_its_cure(written: Path, cut: int) -> None:
    path = written / "space.safetensors"
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(EncoderError, match=r"space\.safetensors is .*install songkin-labels again"):
        read_space(path, read_heads(written / "heads"))


def test_a_changed_byte_is_noticed(written: Path) -> None:
    path = written / "space.safetensors"
    whole = bytearray(path.read_bytes())
    whole[-5] ^= 1
    path.write_bytes(whole)
    with pytest.raises(EncoderError, match="is not the file that was written"):
        read_space(path, read_heads(written / "heads"))


def test_a_space_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match="there is no such file; install songkin-labels again"):
        read_space(tmp_path / "space.safetensors", space().heads)
