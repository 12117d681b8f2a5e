"""Openings of people who look for a forgotten song, taken from their requests and joined with the templates."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from songkin.datasets import data_folder
from songkin.errors import SourceError
from songkin.training.data import artist_split
from songkin.training.data.openings import asked, openings
from songkin.training.data.phrasing import rephraser

ARTISTS = [name for name in map("band {}".format, range(40)) if artist_split(name) == "train"]
HELD = next(name for name in map("band {}".format, range(400)) if artist_split(name) == "valid")
QUERIES = {
    "Looking for a song with bells. It was slow": "Looking for a song",
    "What\u2019s this song? I heard it at a fair": "What's this song",
    "A rock tune, loud": None,  # asks for nothing
    "help me find something, please": None,  # names no song
    "I was trying to remember which of all the many songs it was": None,  # too long
    "": None,
}


def written(folder: Path) -> Path:
    rows = [
        {"query": query, "artist": artist, "doc_id": str(at)}
        for at, (query, artist) in enumerate(zip(QUERIES, ARTISTS, strict=False))
    ]
    rows.append({"query": "Can anyone name this tune? It has bells", "artist": HELD, "doc_id": "held"})
    place = folder / "tot_music" / "open.parquet"
    place.parent.mkdir()
    pq.write_table(pa.Table.from_pylist(rows), place)
    return place


def test_openings_ask_for_a_song_in_a_few_words_and_are_of_training_artists(tmp_path: Path) -> None:
    assert openings(written(tmp_path)) == tuple(opening for opening in QUERIES.values() if opening)


def test_a_recipe_can_name_it_as_its_hook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path))
    own = rephraser("songkin.training.data.openings:asked")
    assert isinstance(own, partial)
    assert own.func is asked
    rng = np.random.default_rng(0)
    said = {own("A slow harp plays", ["harp"], rng) for _ in range(60)}
    assert {"Looking for a song. A slow harp plays", "What's this song. A slow harp plays"} < said
    assert len(said) > 10  # templates as well


def test_without_the_requests_the_cure_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path))
    with pytest.raises(SourceError, match=r"tot_music/open.parquet is not there"):
        asked("A slow harp plays", ["harp"], np.random.default_rng(0))


@pytest.mark.slow
def test_real_requests_give_some_dozens() -> None:
    data = data_folder()
    if data is None:
        pytest.skip("the public corpora are not here; SONGKIN_DATA names their folder")
    assert len(openings(data / "tot_music" / "open.parquet")) >= 30
