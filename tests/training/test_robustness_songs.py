"""Which songs are judged when words are damaged, on the real corpora."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("pyarrow")

from songkin.datasets import data_folder
from songkin.training.changes import changed
from songkin.training.robustness import songs

DATA = data_folder()
RECIPE = Path(__file__).parents[2] / "recipes" / "deepplaylist" / "regression.toml"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        DATA is None or not (DATA / "popular_songs").is_dir() or not (DATA / "hetrec_lastfm2k").is_dir(),
        reason="popular_songs and hetrec_lastfm2k are not here; SONGKIN_DATA names the folder that holds them",
    ),
]


def test_judged_songs_are_tested_ones_and_share_no_artist_with_those_learnt_from() -> None:
    recipe = changed(RECIPE, {"pairs": {"split": "artist"}})
    found = songs.drawn_songs(recipe, judged=50, known=200)
    judged = {song.key for song in found.question.songs}
    assert (len(found.question.songs), len(found.known)) == (50, 200)
    assert not judged & {song.key for song in found.known}
    assert {song.id for song in found.question.songs} <= songs.tested(recipe)
