"""The map of a library: kept beside it, filled in without moving anybody, and what it says of each song."""

from __future__ import annotations

import logging
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from library_songs import WideToy, add, song, use

from songkin.atlas.layout import closed_up
from songkin.errors import MissingExtra
from songkin.library import Library, encoding
from songkin.library.charting import COLUMNS, SongMap, write_parquet
from songkin.library.map_columns import song_columns
from songkin.text.description import GENRE, HAPPY
from songkin.types import Lyrics, Song, Vectors

LAYOUT = "songkin.atlas.layout._umap"


def flat(vectors: Vectors, seed: int) -> Vectors:
    """Lay out by two fixed directions, in the time a test has."""
    return closed_up(vectors[:, :2])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LAYOUT, flat)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("mapping") / "L"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "load", lambda name=None, **how: WideToy())
        add(place, [song(number) for number in range(24)])
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(encoding, "load", use(WideToy()))
    return Path(shutil.copytree(made, tmp_path / "L"))


def places(found: SongMap) -> Mapping[str, tuple[float, float]]:
    return {name: (float(x), float(y)) for name, x, y in zip(found.ids, found.x, found.y, strict=True)}


def test_every_song_has_a_place_and_every_column(place: Path) -> None:
    found = Library.open(place).map()
    assert set(found.ids) == {f"s{number}" for number in range(24)}
    assert set(found.columns) == set(COLUMNS)
    assert {len(values) for values in found.columns.values()} == {24}
    assert len(set(places(found).values())) == 24
    assert 0.5 < found.trustworthiness <= 1.0
    assert found.notes == ()


def test_the_map_is_kept_for_the_next_process(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Library.open(place).map()
    monkeypatch.setattr(LAYOUT, None)
    again = Library.open(place).map()
    assert places(again) == places(first)
    assert again.trustworthiness == first.trustworthiness


def test_new_songs_are_placed_among_their_like_and_no_other_moves(place: Path) -> None:
    before = places(Library.open(place).map())
    add(place, [song(24), song(25)])
    after = places(Library.open(place).map())
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {"s24", "s25"}
    reach = {name: np.hypot(*(np.array(at) - after["s24"])) for name, at in before.items()}
    assert max(reach[name] for name in ("s0", "s8", "s16")) < 0.2 * max(reach.values())


def test_removed_songs_vanish(place: Path) -> None:
    before = places(Library.open(place).map())
    Library.remove(["s3"], place)
    after = places(Library.open(place).map())
    assert after == {name: at for name, at in before.items() if name != "s3"}


def test_a_song_with_other_words_gets_another_place(place: Path) -> None:
    before = places(Library.open(place).map())
    add(place, [song(3, lyrics=song(4).lyrics)])
    after = places(Library.open(place).map())
    assert {name for name, at in after.items() if before[name] != at} == {"s3"}


def test_a_song_of_which_only_other_things_are_told_stays(place: Path) -> None:
    before = places(Library.open(place).map())
    add(place, [song(3, year=2020, tags={"slow": 1.0})])
    found = Library.open(place).map()
    assert places(found) == before
    assert found.columns["year"][found.ids.index("s3")] == 2020


def test_a_map_of_which_much_is_new_recommends_a_fresh_one(place: Path) -> None:
    Library.open(place).map()
    add(place, [song(number) for number in range(24, 40)])
    (note,) = Library.open(place).map().notes
    assert note == "16 of 40 songs came after the map was laid out; songkin map --fresh lays it out anew"
    assert Library.open(place).map().notes == (note,)
    assert Library.open(place).map(fresh=True).notes == ()
    assert Library.open(place).map().notes == ()


def test_another_encoder_lays_the_map_out_anew(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Library.open(place).map()
    monkeypatch.setattr(encoding, "load", use(type("Other", (WideToy,), {"fingerprint": "wide-2"})()))
    add(place, [song(24)], reencode=True)
    assert Library.open(place).map().notes == ()
    assert not pq.read_table(place / "map.parquet")["later"].to_numpy().any()


def test_excluded_songs_are_not_shown_and_counted(place: Path) -> None:
    library = Library.open(place)
    before = places(library.map())
    library.exclude("id:s3,s4")
    found = library.map()
    assert set(found.ids) == set(before) - {"s3", "s4"}
    assert found.notes == ("2 of 24 songs are excluded, and not shown",)
    assert {len(values) for values in found.columns.values()} == {22}
    assert places(Library.open(place).map()).items() <= before.items()


def test_a_damaged_map_is_told_and_laid_out_anew(place: Path, caplog: pytest.LogCaptureFixture) -> None:
    first = places(Library.open(place).map())
    (place / "map.parquet").write_bytes(b"PAR1 no more")
    with caplog.at_level(logging.WARNING):
        assert places(Library.open(place).map()) == first
    assert "laid out anew" in caplog.text


def test_a_library_that_may_only_be_read_does_without_keeping(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*args: object, **more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pyarrow.parquet.write_table", refused)
    assert len(Library.open(place).map().ids) == 24
    assert not (place / "map.parquet").exists()


def test_without_umap_the_cure_is_said(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(encoding, "load", use(WideToy()))
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(MissingExtra, match=r"songkin\[map\]"):
        Library.open(place).map()


# -- little or nothing to draw -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_songs_have_places(tmp_path: Path, n: int) -> None:
    add(tmp_path / "L", [song(number) for number in range(n)])
    found = Library.open(tmp_path / "L").map()
    assert len(set(places(found).values())) == n
    assert np.isnan(found.trustworthiness) or n > 2


class Trembling(WideToy):
    """Gives equal texts vectors that differ in their last digits, as encoders do that read in batches."""

    def encode_songs(self, texts: Any) -> Any:
        vectors = super().encode_songs(texts)
        return vectors + np.random.default_rng(0).normal(0, 1e-7, vectors.shape).astype(np.float32)


@pytest.mark.parametrize("encoder", [WideToy, Trembling])
def test_songs_that_are_all_alike_have_places_and_no_trustworthiness(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: type[WideToy]
) -> None:
    monkeypatch.setattr(encoding, "load", use(encoder()))
    silent = [Song(f"i{at}", f"Tune {at}", lyrics=Lyrics(instrumental=True)) for at in range(12)]
    add(tmp_path / "L", silent)
    found = Library.open(tmp_path / "L").map()
    assert len(set(places(found).values())) == 12
    assert np.isnan(found.trustworthiness)


def test_songs_without_a_vector_have_no_place_and_are_counted(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0), song(1), Song("bare", "Nothing Known")])
    found = Library.open(tmp_path / "L").map()
    assert set(found.ids) == {"s0", "s1"}
    (note,) = found.notes
    assert note.startswith("1 of 3 songs has no vector, and no place")


def test_a_library_that_is_not_encoded_has_an_empty_map(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0), song(1)], encode=False)
    found = Library.open(tmp_path / "L").map()
    assert found.ids == ()
    assert found.x.shape == (0,)
    assert np.isnan(found.trustworthiness)
    write_parquet(found, tmp_path / "map.parquet")
    assert pq.read_table(tmp_path / "map.parquet").num_rows == 0


# -- what is known of each song ----------------------------------------------------------------------------------------


def test_what_is_given_stands_before_what_was_told() -> None:
    told = {HAPPY: 0.2, "valence": 0.3, "energy": 0.4, f"{GENRE}rock": 0.7, f"{GENRE}jazz": 0.2}
    bare, full = Song("a", predicted=told), Song("b", genres=("folk", "pop"), tags={"Happy": 1.0}, predicted=told)
    own = song_columns(bare)
    assert [own[name] for name in ("genre", "mood", "valence", "energy")] == ["rock", "sad", 0.3, 0.4]
    assert all(own[f"{name}_predicted"] for name in ("genre", "mood", "valence", "energy"))
    own = song_columns(full)
    assert [own[name] for name in ("genre", "mood")] == ["folk", "happy"]
    assert [own[f"{name}_predicted"] for name in ("genre", "mood", "valence")] == [False, False, True]


@pytest.mark.parametrize(
    ("known", "column", "value"),
    [
        ({"tags": {"happy": 1.0, "sad": 0.5}}, "mood", None),
        ({"features": {"valence": float("nan")}}, "valence", None),
        ({"features": {"energy": 1.2}}, "energy", 1.0),
        ({"lyrics": Lyrics(language="fr")}, "language", "fr"),
        ({"language": "de", "lyrics": Lyrics(language="fr")}, "language", "de"),
        ({"audio": Path("/music/a.mp3")}, "audio", "/music/a.mp3"),
        ({}, "title", None),
    ],
)
def test_a_column_says_what_a_song_says(known: dict[str, Any], column: str, value: object) -> None:
    assert song_columns(Song("a", **known))[column] == value


def test_parquet_has_ids_places_and_columns(place: Path, tmp_path: Path) -> None:
    found = Library.open(place).map()
    write_parquet(found, tmp_path / "map.parquet")
    table = pq.read_table(tmp_path / "map.parquet")
    assert table.column_names == ["id", "x", "y", *found.columns]
    assert {"theme_coarse", "theme_medium", "theme_fine", "outlier", "genre_predicted"} <= set(table.column_names)
    assert table["year"].to_pylist() == found.columns["year"]
    assert list(tmp_path.glob(".*")) == []
