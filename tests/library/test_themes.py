"""The themes of a library: named, kept beside it, found again when it changes, defined for the smallest."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from library_songs import LOAD, THEMES, add, load_toys, song

from songkin.errors import QueryError
from songkin.library import Library
from songkin.library.themes import meant
from songkin.library.theming import atlas
from songkin.store import Store
from songkin.types import Lyrics, Song

FOUND = "songkin.library.theming.discover"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight songs about each of eight things."""
    place = tmp_path_factory.mktemp("themes") / "L"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(*LOAD, load_toys)
        add(place, [song(number) for number in range(64)])
    return place


@pytest.fixture
def library(made: Path) -> Library:
    return Library.open(made)


def test_themes_are_named_by_what_their_songs_are_about(library: Library) -> None:
    themes = library.themes(k=8)
    assert {theme.name.split(",")[0] for theme in themes.themes} == set(THEMES)
    assert [theme.songs for theme in themes.themes] == [8] * 8
    assert themes.stays == 1.0
    assert themes.silhouette > 0.5


def test_a_theme_shows_songs_of_its_own_by_different_titles(library: Library) -> None:
    for theme in library.themes(k=8).themes:
        about = theme.name.split(",")[0].title()
        assert len({example.name for example in theme.examples}) == 4
        assert all(about in example.name for example in theme.examples)
        assert theme.examples[0].nearness > 0.5


def test_the_grains_nest(library: Library) -> None:
    medium = {theme.name for theme in library.themes().themes}
    assert all(theme.within is None for theme in library.themes(grain="coarse").themes)
    assert all(theme.within in medium for theme in library.themes(grain="fine").themes)
    found = atlas(library.store)
    for coarse, fine in zip(found.grains, found.grains[1:], strict=False):
        for label in range(len(fine.themes)):
            assert len(set(coarse.labels[fine.labels == label].tolist())) == 1


@pytest.mark.parametrize("named", ["3", "NAME", "word"])
def test_a_theme_is_meant_by_number_name_or_a_word_of_it(library: Library, named: str) -> None:
    third = library.themes(k=8).themes[2]
    asked = {"NAME": third.name.upper(), "word": third.name.split(",")[0]}.get(named, named)
    found = library.theme(asked, k=8)
    assert found.theme == third
    assert len(found.songs) == 8
    nearness = [member.nearness for member in found.songs]
    assert nearness == sorted(nearness, reverse=True)


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        ({"grain": "corse"}, "did you mean 'coarse'"),
        ({"grain": "huge"}, "there are coarse, medium, fine"),
        ({"k": 0}, "ask for 1 to 1,000"),
        ({"k": 1001}, "ask for 1 to 1,000"),
    ],
)
def test_what_cannot_be_asked_for_says_the_cure(library: Library, ask: dict[str, object], said: str) -> None:
    with pytest.raises(QueryError, match=said):
        library.themes(**ask)  # type: ignore[arg-type]


@pytest.mark.parametrize("named", ["0", "9", "volcano", "", "  ", ","])
def test_an_unknown_theme_says_where_they_are_listed(library: Library, named: str) -> None:
    with pytest.raises(QueryError, match=r"no theme of these 8 is called .*; songkin clusters -k 8 lists them"):
        library.theme(named, k=8)


def test_a_name_of_another_grain_says_which(library: Library) -> None:
    coarse = library.themes(grain="coarse").themes[0].name
    assert coarse not in [theme.name for theme in library.themes(grain="fine").themes]
    with pytest.raises(QueryError, match=f"no theme at grain fine is called '{coarse}'.* --grain coarse$"):
        library.theme(coarse, grain="fine")


def test_a_word_of_several_themes_asks_for_a_number() -> None:
    with pytest.raises(QueryError, match=r"1 \(rain, snow\) and 2 \(rain, wind\); give a number"):
        meant("rain", ["rain, snow", "rain, wind"])
    assert meant("rain", ["rain", "rain, wind"]) == 0


def test_themes_are_kept_for_the_next_process(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Library.open(made).themes(k=5)
    monkeypatch.setattr(FOUND, None)  # a second time nothing is sought,
    monkeypatch.setattr("songkin.library.theming.whole_songs", None)  # and no vector is read
    assert Library.open(made).themes(k=5) == first


def test_themes_are_found_again_when_the_library_changed(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(number) for number in range(24)])
    assert Library.open(tmp_path / "L").themes().songs == 24
    add(tmp_path / "L", [song(30)])
    assert Library.open(tmp_path / "L").themes().songs == 25


def test_the_same_songs_give_the_same_themes_in_whatever_order_they_came(tmp_path: Path) -> None:
    for name, order in (("A", range(30)), ("B", reversed(range(30)))):
        add(tmp_path / name, [song(number) for number in order])
    one, other = (atlas(Store.open(tmp_path / name)) for name in ("A", "B"))
    for a, b in zip(one.grains, other.grains, strict=True):
        np.testing.assert_array_equal(a.labels, b.labels)
        assert a.themes == b.themes


def test_names_of_a_large_library_come_from_some_of_its_songs(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.library.theme_names.NAMED_FROM", 40)
    place = Path(shutil.copytree(made, tmp_path / "L", ignore=shutil.ignore_patterns("themes")))
    themes = Library.open(place).themes(k=8)
    assert {theme.name.split(",")[0] for theme in themes.themes} == set(THEMES)
    assert sum(theme.songs for theme in themes.themes) == 64


def test_an_excluded_song_is_not_shown(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(number) for number in range(24)])
    library = Library.open(tmp_path / "L")
    library.exclude('artist:"Artist 0"')
    shown = {member.id for at in range(3) for member in library.theme(str(at + 1), k=3).songs}
    assert shown == {f"s{number}" for number in range(24) if number % 3}
    assert sum(theme.songs for theme in library.themes(k=3).themes) == 24


def test_a_song_that_fits_nowhere_is_listed_with_its_distance_and_its_nearest(tmp_path: Path) -> None:
    odd = Song("odd", "Odd", lyrics=Lyrics(text="Quibble zephyr mango\nTurbine xylem gavotte", language="en"))
    add(tmp_path / "L", [*(song(8 * turn + theme) for turn in range(20) for theme in range(3)), odd])
    (outlier,) = Library.open(tmp_path / "L").themes().outliers
    assert outlier.id == "odd"
    assert outlier.factor > 1.5
    assert outlier.reason.startswith(f"{outlier.factor:.1f} times as far from its neighbours as they are from theirs; ")
    assert "the nearest is Artist" in outlier.reason


# -- little or nothing to find -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 2, 3])
def test_a_few_songs_have_themes_and_a_note(tmp_path: Path, n: int) -> None:
    add(tmp_path / "L", [song(number) for number in range(n)])
    for grain in ("coarse", "medium", "fine"):
        themes = Library.open(tmp_path / "L").themes(grain=grain)
        assert sum(theme.songs for theme in themes.themes) == n
        assert any("hardly make" in note for note in themes.notes)
        assert themes.outliers == ()


def test_more_themes_than_songs_gives_as_many_as_there_are_and_a_note(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(number) for number in range(3)])
    themes = Library.open(tmp_path / "L").themes(k=10)
    assert [theme.songs for theme in themes.themes] == [1, 1, 1]
    assert "3 themes instead of 10: there are no more different songs" in themes.notes


def test_songs_that_are_all_equal_are_one_theme(tmp_path: Path) -> None:
    same = Lyrics(text="The rain goes by\nThe rain goes by again", language="en")
    add(tmp_path / "L", [Song(f"s{at}", "Rain", lyrics=same) for at in range(12)])
    (theme,) = Library.open(tmp_path / "L").themes(k=4).themes
    assert theme.songs == 12
    assert theme.cohesion == 1.0
    assert "rain" in theme.name


def test_instrumentals_are_placed_by_their_descriptions(tmp_path: Path) -> None:
    silent = [song(at, lyrics=Lyrics(instrumental=True)) for at in range(16)]
    add(tmp_path / "L", [*silent, Song("bare", "Nothing Known")])
    themes = Library.open(tmp_path / "L").themes(k=8)
    assert sum(theme.songs for theme in themes.themes) == 16
    assert any("16 of 16 songs without lyrics" in note for note in themes.notes)
    assert any(note.startswith("1 of 17 songs has no vector") for note in themes.notes)


def test_a_library_that_is_not_encoded_has_no_themes_and_says_why(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(number) for number in range(4)], encode=False)
    themes = Library.open(tmp_path / "L").themes()
    assert themes.themes == ()
    assert any("nothing is encoded yet; songkin add" in note for note in themes.notes)
    with pytest.raises(QueryError, match="the library has none"):
        Library.open(tmp_path / "L").theme("1")


def test_a_library_without_lyrics_and_descriptions_has_no_themes_and_says_the_cure(tmp_path: Path) -> None:
    add(tmp_path / "L", [Song(f"s{at}", f"Untold {at}") for at in range(3)])
    themes = Library.open(tmp_path / "L").themes()
    assert themes.themes == ()
    assert any("songkin add reads lyrics beside music files" in note for note in themes.notes)


def test_songs_of_bags_of_words_are_named_by_their_words(tmp_path: Path) -> None:
    bags = [
        Song(f"b{at}", f"Bag {at}", lyrics=Lyrics(bag={"snow": 3, "the": 9}, language="en"), description=f"calm {at}")
        for at in range(4)
    ]
    add(tmp_path / "L", bags)
    (theme,) = Library.open(tmp_path / "L").themes(k=1).themes
    assert theme.name.startswith("snow")


def test_a_damaged_file_of_themes_is_found_again(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(number) for number in range(12)])
    first = Library.open(tmp_path / "L").themes()
    kept = next((tmp_path / "L" / "themes").glob("*.npz"))
    kept.write_bytes(kept.read_bytes()[:50])
    assert Library.open(tmp_path / "L").themes() == first
