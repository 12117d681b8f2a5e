"""The songs of the task labels: read from files as they are, by the columns that are there."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from songkin.datasets import data_folder
from songkin.errors import SourceError
from songkin.evaluation.tasks import labels

ROWS = [
    {
        "artist": "Ada Moss",
        "lyrics": "[Chorus]\nRain on tin",
        "genre_coarse": "folk",
        "valence": 0.25,
        "explicit": True,
    },
    {"artist": "Jo Quay", "lyrics": "Harbour lights", "genre_coarse": None, "valence": float("nan"), "explicit": None},
    {"artist": "The Gutters", "lyrics": "", "genre_coarse": "pop", "valence": 0.5, "explicit": False},
]


def test_a_table_of_songs_is_read_and_what_is_not_known_stays_so(tmp_path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(ROWS), tmp_path / "songs.parquet")
    first, second = labels.read(tmp_path / "songs.parquet")  # the third has no words
    assert (first.genre, dict(first.features), first.explicit, first.happy) == ("folk", {"valence": 0.25}, True, None)
    assert (second.genre, dict(second.features), second.explicit) == (None, {}, None)


def test_a_csv_file_is_read_alike(tmp_path: Path) -> None:
    place = tmp_path / "songs.csv"
    place.write_text('artist,lyrics,mood,explicit,energy\nAda,"Rain, rain",happy,False,0.5\nJo,Sun,sad,,\n', "utf-8")
    first, second = labels.read(place)
    assert (first.happy, first.explicit, dict(first.features)) == (True, False, {"energy": 0.5})
    assert (second.happy, second.explicit, dict(second.features)) == (False, None, {})


@pytest.mark.parametrize(
    ("column", "value", "said"),
    [
        ("valence", "7", "row 2: valence '7' is no number from 0 to 1"),
        ("valence", "abc", "row 2: valence 'abc' is no number"),
        ("explicit", "maybe", "row 2: explicit 'maybe' is none of true, 1, false, 0"),
        ("mood", "angry", "row 2: mood 'angry' is none of happy, sad"),
    ],
)
def test_a_truth_that_is_none_is_named_with_its_row(tmp_path: Path, column: str, value: str, said: str) -> None:
    place = tmp_path / "songs.csv"
    place.write_text(f"artist,lyrics,{column}\nAda,Rain,\nJo,Sun,{value}\n", "utf-8")
    with pytest.raises(SourceError, match=f"songs.csv, {said}"):
        labels.read(place)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("none.csv", None, "there is no such file"),
        ("songs.jsonl", b"{}\n", r"labels are read from a \.csv or \.parquet file; bring the songs into one"),
        ("words.csv", b"artist,words\nAda,Rain\n", "no column 'lyrics' but artist, words"),
        ("latin.csv", b"artist,lyrics\nJos\xe9,Sol\n", "cannot be read"),
        ("cut.parquet", b"PAR1 and no more", "cannot be read"),
    ],
)
def test_a_file_that_will_not_do_is_named_with_the_cure(
    tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(SourceError, match=said):
        labels.read(tmp_path / name)


def test_a_sample_keeps_the_order_and_is_the_same_each_time() -> None:
    songs = [labels.LabelledText(f"{n}", "words") for n in range(50)]
    found = labels.drawn(songs, 10)
    assert len(found) == 10
    assert found == sorted(found, key=lambda song: int(song.artist))
    assert found == labels.drawn(songs, 10)
    assert labels.drawn(songs, None) == labels.drawn(songs, 99) == songs


def test_songs_without_an_artist_are_each_by_themselves() -> None:
    assert labels.LabelledText("", "one").key != labels.LabelledText("", "two").key


@pytest.mark.slow
def test_the_open_corpora_have_the_songs_they_are_known_for() -> None:
    if data_folder() is None:
        pytest.skip("the public corpora are not here; SONGKIN_DATA names their folder")
    charts, moods = labels.rows()
    assert (len(charts), len(moods)) == (4112, 997)
    assert sum(song.genre is not None for song in charts) == 3903
    assert sum(bool(song.happy) for song in moods) == 443
