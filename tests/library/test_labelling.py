"""A library labelled in its place: what is given stays, what is new is labelled, and labels serve the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from library_songs import add

import songkin.library.labelling as labelling
from little_heads import annotator, heads, lyrics, other_heads, song
from songkin.errors import LockedError, MissingExtra
from songkin.library import Library
from songkin.library.labelling import columns, predictions, row
from songkin.store import writing
from songkin.types import Lyrics, Song

NUMBERS = range(100, 112)
GIVEN = song(
    200, features={"valence": 0.03, "tempo_bpm": 120.0}, genres=("jazz",), explicit=False, tags={"blue": 0.5}, year=1999
)
SILENT = Song("silent", "Silent", lyrics=Lyrics(instrumental=True))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    add(tmp_path / "L", [*(song(number) for number in NUMBERS), GIVEN, SILENT])
    return tmp_path / "L"


def annotate(place: Path, own: Any = None, **more: Any) -> dict[str, int]:
    return Library.open(place).annotate(annotator=own or annotator(), **more).as_json()


def songs(place: Path) -> dict[str, Song]:
    store = Library.open(place).store
    return {own.id: own for own in store.songs(store.catalogue()[0], lyrics=True) if own}


def keys(place: Path) -> list[int]:
    store = Library.open(place).store
    return [int(key) for key in store.keys(sorted(songs(place)))]


class Counting:
    """An annotator that notes whom it labels, and stops after so many."""

    def __init__(self, own: Any, *, stops_after: int = 10**9) -> None:
        self._own, self._left, self.heads, self.seen = own, stops_after, own.heads, list[str]()

    def labels(self, given: Sequence[Song]) -> Any:
        if self._left <= 0:
            raise KeyboardInterrupt
        self._left -= len(given)
        self.seen += [own.id for own in given]
        return self._own.labels(given)


# -- what is kept ------------------------------------------------------------------------------------------------------


def test_each_song_keeps_what_its_words_tell(place: Path) -> None:
    assert annotate(place) == {"songs": 14, "labelled": 13, "silent": 1, "unchanged": 0}
    told = {own.id: predictions(own) for own in annotator().labels([*(song(n) for n in NUMBERS), GIVEN, SILENT])}
    assert {name: dict(own.predicted) for name, own in songs(place).items()} == told
    assert told["silent"] == {}
    assert set(told["n100"]) >= {"valence", "energy", "danceability", "happy", "genre:country", "theme:party"}


def test_what_was_given_stays_as_it_was(place: Path) -> None:
    before = songs(place)
    annotate(place)
    after = songs(place)
    assert {name: replace(own, predicted={}) for name, own in after.items()} == before
    assert after["n200"].measures["valence"] == 0.03
    assert not after["n200"].is_predicted("valence")
    assert after["n200"].is_predicted("energy")


def test_a_second_time_costs_nothing_and_changes_nothing(place: Path) -> None:
    annotate(place)
    before, own = keys(place), Counting(annotator())
    assert annotate(place, own) == {"songs": 14, "labelled": 0, "silent": 1, "unchanged": 13}
    assert own.seen == ["silent"]
    assert keys(place) == before


def test_only_new_songs_are_labelled(place: Path) -> None:
    annotate(place)
    add(place, [song(300), song(301)])
    own = Counting(annotator())
    assert annotate(place, own)["labelled"] == 2
    assert set(own.seen) == {"n300", "n301", "silent"}


def test_again_labels_all(place: Path) -> None:
    annotate(place)
    assert annotate(place, again=True) == {"songs": 14, "labelled": 13, "silent": 1, "unchanged": 0}
    assert annotate(place)["unchanged"] == 13


def test_other_heads_label_all_again(place: Path) -> None:
    annotate(place)
    assert annotate(place, annotator(other_heads()))["labelled"] == 13
    assert annotate(place, annotator(other_heads()))["labelled"] == 0
    assert annotate(place)["labelled"] == 13


@pytest.mark.parametrize("how", ["first", "again", "other heads"])
def test_a_stopped_run_goes_on_where_it_stopped(place: Path, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(labelling, "CHUNK", 5)
    own = annotator(other_heads() if how == "other heads" else None)
    if how != "first":
        annotate(place)
    stopping, going_on = Counting(own, stops_after=5), Counting(own)
    with pytest.raises(KeyboardInterrupt):
        annotate(place, stopping, again=how == "again")
    done = set(stopping.seen) - {"silent"}
    assert len(done) in (4, 5)
    assert annotate(place, going_on)["unchanged"] == len(done)
    assert set(going_on.seen) == set(songs(place)) - done
    told = {name: dict(one.predicted) for name, one in songs(place).items()}
    assert told == {one.id: predictions(one) for one in own.labels(songs(place).values())}
    assert annotate(place, own)["unchanged"] == 13


def test_progress_counts_the_songs_looked_at(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labelling, "CHUNK", 5)
    seen: list[int] = []
    annotate(place, progress=lambda done: seen.append(done.songs))
    assert seen == [5, 10, 14]


# -- what changes ------------------------------------------------------------------------------------------------------


def test_corrected_words_drop_labels_until_the_next_time(place: Path) -> None:
    annotate(place)
    assert "theme:party" in songs(place)["n100"].predicted
    Library.open(place).edit("n100", lyrics=lyrics(102))
    assert songs(place)["n100"].predicted == {}
    assert annotate(place)["labelled"] == 1
    assert "theme:grief" in songs(place)["n100"].predicted
    Library.open(place).unedit("n100")
    assert songs(place)["n100"].predicted == {}


def test_words_taken_away_take_their_labels(place: Path) -> None:
    annotate(place)
    Library.open(place).edit("n100", instrumental=True)
    assert annotate(place) == {"songs": 14, "labelled": 0, "silent": 2, "unchanged": 12}
    assert songs(place)["n100"].predicted == {}


def test_the_same_record_added_again_is_unchanged_and_keeps_its_labels(place: Path) -> None:
    annotate(place)
    added = add(place, [song(number) for number in NUMBERS])
    assert (added.unchanged, added.changed) == (len(NUMBERS), 0)
    assert songs(place)["n100"].predicted


def test_a_changed_record_is_labelled_anew(place: Path) -> None:
    annotate(place)
    add(place, [song(100, lyrics=Lyrics(lyrics(101)))])
    assert annotate(place)["labelled"] == 1
    assert songs(place)["n100"].predicted["genre:rap"] > 0.5


def test_vectors_and_passages_stay_as_they_were(place: Path) -> None:
    def read() -> dict[str, Any]:
        store = Library.open(place).store
        own = store.tables.run(store.tables.passages.query().to_arrow()).to_pylist()
        named = zip(store.ids([one["key"] for one in own]), own, strict=True)
        return {f"{name}/{one['part']}": (one["text"], one["words"], one["vector"]) for name, one in named}

    before = read()
    annotate(place)
    assert read() == before


# -- what it is good for -----------------------------------------------------------------------------------------------


def test_a_description_finds_what_was_told_and_says_so(place: Path) -> None:
    annotate(place)
    hits = Library.open(place).search("grief", part="description", k=20).hits
    sad = {f"n{number}" for number in (*NUMBERS, 200) if number % 4 >= 2}
    assert sad <= {hit.song.id for hit in hits[: len(sad)]}
    assert "party" not in {word for hit in hits[: len(sad)] for reason in hit.reasons for word in reason.words.split()}


def test_descriptions_are_encoded_anew(place: Path) -> None:
    annotate(place)
    hits = Library.open(place).search("grief", channels=("meaning",), part="description", k=3).hits
    assert hits
    assert all("theme:grief" in hit.song.predicted for hit in hits)


def test_more_and_less_reach_songs_without_features(place: Path) -> None:
    annotate(place)
    answer = Library.open(place).search("the house in the morning", targets={"valence": 1.0}, k=4)
    assert all(hit.song.predicted["valence"] > 0.5 for hit in answer.hits)
    said = [reason.words for hit in answer.hits for reason in hit.reasons]
    assert any(" predicted" in words for words in said)
    assert any("predicted from their words" in note for note in answer.notes)


def test_a_filter_on_what_is_given_never_lets_a_prediction_in(place: Path) -> None:
    annotate(place)
    library = Library.open(place)
    assert [hit.song.id for hit in library.search("money", where="valence:0..1", k=20).hits] in ([], ["n200"])
    found = library.search("money house rain", where="predicted_valence:0.6..", k=20).hits
    assert found
    assert all(hit.song.predicted["valence"] >= 0.6 for hit in found)


# -- degenerate --------------------------------------------------------------------------------------------------------


def test_a_library_of_instrumentals_is_left_as_it_is(tmp_path: Path) -> None:
    add(tmp_path / "L", [replace(SILENT, id=f"i{number}") for number in range(3)])
    before = keys(tmp_path / "L")
    assert annotate(tmp_path / "L") == {"songs": 3, "labelled": 0, "silent": 3, "unchanged": 0}
    assert keys(tmp_path / "L") == before


def test_one_song_and_a_library_without_any(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(100)])
    assert annotate(tmp_path / "L")["labelled"] == 1
    Library.remove(["n100"], tmp_path / "L")
    assert annotate(tmp_path / "L") == {"songs": 0, "labelled": 0, "silent": 0, "unchanged": 0}


def test_a_library_without_vectors_is_labelled_and_encoded_later(tmp_path: Path) -> None:
    place = tmp_path / "L"
    add(place, [song(100), song(102)], encode=False)
    assert annotate(place)["labelled"] == 2
    assert Library.open(place).encoder is None
    add(place, [])
    before = songs(place)
    assert before["n102"].predicted["theme:grief"] > 0.5
    assert Library.open(place).search("grief", part="description").hits[0].song.id == "n102"


def test_a_bag_of_words_is_labelled_in_its_place(tmp_path: Path) -> None:
    bag = dict.fromkeys(lyrics(100).lower().split(), 2)
    add(tmp_path / "L", [song(100, lyrics=Lyrics(bag=bag, language="en"))])
    assert annotate(tmp_path / "L")["labelled"] == 1
    assert songs(tmp_path / "L")["n100"].lyrics == Lyrics(bag=bag, language="en")


def test_while_another_process_writes_nothing_is_labelled(place: Path) -> None:
    with writing(place, dim=64), pytest.raises(LockedError):
        annotate(place)


def test_without_the_heads_the_cure_is_named(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.annotate.folder.PACKAGE", "songkin_labels_that_nobody_installed")
    with pytest.raises(MissingExtra, match=r"songkin\[labels\]"):
        Library.open(place).annotate()


# -- rows --------------------------------------------------------------------------------------------------------------


def test_a_row_has_the_columns_of_the_contract_in_order_whatever_is_said() -> None:
    named = list(columns(heads()))
    assert named == [
        "id", "genre", "genres", "mood", "quadrant", "valence", "valence_low", "valence_high", "energy", "energy_low",
        "energy_high", "danceability", "danceability_low", "danceability_high", "p_valence_high", "p_energy_high",
        "p_danceability_high", "p_happy", "p_country", "p_rap", "language", "explicit", "explicit_words", "themes",
        "note",
    ]  # fmt: skip
    told, silent = (row(own) for own in annotator().labels([song(100), SILENT]))
    assert list(told) == list(silent) == named
    assert {name for name, value in silent.items() if value is None} == {
        name
        for name in named
        if name in ("genre", "mood", "quadrant", "language")
        or (not name.startswith("p_") and name.startswith(("valence", "energy", "danceability")))
    }
    assert silent["explicit"] is False
    assert silent["note"]


def test_columns_say_what_they_hold() -> None:
    kinds = columns(heads())
    for own in annotator().labels([song(100), song(102)]):
        for name, value in row(own).items():
            expected = {"text": str, "texts": list, "number": float, "truth": bool}[kinds[name]]
            assert isinstance(value, expected), name


def test_predictions_are_rounded_and_name_the_genre_that_is_said() -> None:
    (own,) = annotator().labels([song(100)])
    told = predictions(own)
    assert all(0 <= value <= 1 and value == np.round(value, 3) for value in told.values())
    assert [name for name in told if name.startswith("genre:")] == [f"genre:{own.genre}"]
    both = replace(own, genre="rap", genres=("rap", "country"))
    assert {"genre:rap", "also:country"} <= set(predictions(both))
    assert predictions(replace(own, estimates={})) == {}
