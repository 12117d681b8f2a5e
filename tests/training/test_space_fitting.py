"""Fitting the space of genres, tags and eras: its blocks, what agreement is, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from little_heads import SMALL, heads, texts, toy_material
from little_space import described, space
from songkin.errors import TrainingError
from songkin.training.heads import fit_space
from songkin.training.heads.tag_space import agreement, axes_of
from songkin.types import Song


def test_only_descriptors_of_songs_enough_span_the_space() -> None:
    assert {block.block: block.names for block in space().blocks}["genres"] == ("country", "folk", "hip hop", "rap")
    assert "mood 0" in {block.block: block.names for block in space().blocks}["tags"]


def test_agreement_is_the_weighed_mean_of_what_two_songs_share() -> None:
    songs = [described(100), described(100), described(101), Song("x", genres=("country", "folk")), Song("y")]
    found = agreement(space().blocks, songs, np.array([0, 0, 0, 0]), np.array([1, 2, 3, 4]))
    assert found[0] == pytest.approx(1.0)
    assert found[1] < 0.1
    assert found[2] == pytest.approx(1.0)  # the genres, all that both have, are the same
    assert np.isnan(found[3])


def test_heads_of_other_songs_are_refused() -> None:
    songs = [described(number) for number in range(40)]
    with pytest.raises(TrainingError, match="the label heads were fitted to other songs"):
        fit_space(songs, toy_material(texts(40)).reading, heads(), np.arange(40) % 2, options=SMALL)


@pytest.mark.parametrize("genres", [(), ("polka",)])
def test_songs_that_genres_do_not_tell_apart_span_no_space(genres: tuple[str, ...]) -> None:
    songs = [Song(str(number), genres=genres, year=1980) for number in range(30)]
    with pytest.raises(TrainingError, match="no genre of 20 songs or more tells songs apart"):
        axes_of(songs)
