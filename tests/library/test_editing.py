"""Corrections by hand: they hold through later adds, never change what counts as the source's record, and go away."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from library_songs import LOAD, CountingToy, add, song, use

from songkin.errors import LockedError, QueryError
from songkin.library import Library
from songkin.store import writing
from songkin.types import Lyrics, Song

NEW = "A walrus waltzes over the marble floor\nAnd nobody asks him what for"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    add(tmp_path / "L", [song(0), song(1), song(2)])
    return Library.open(tmp_path / "L")


def place(library: Library) -> Path:
    return Path(library.store.tables.place)


def stored(library: Library, name: str = "s0") -> Song:
    (found,) = library.store.songs(library.store.keys([name]), lyrics=True)
    assert found is not None
    return found


def sings(library: Library, line: str) -> set[str]:
    return {hit.song.id for hit in library.line(line).hits if hit.score > 0.9}


def walrus(library: Library) -> bool:
    """Whether the new words, and not the old ones, are what the song is found by."""
    found = "s0" in sings(library, "a walrus waltzes over the marble floor")
    assert found != ("s0" in sings(library, "number0 is the word I know"))
    near = library.search(NEW, channels=("meaning",), part="lyrics", k=1).hits[0]
    assert found == (near.song.id == "s0" and near.reasons[0].line in NEW.splitlines())
    return found


def test_a_song_is_found_by_its_corrected_words_at_once(library: Library) -> None:
    assert not walrus(library)
    edited = library.edit("The Rain Song 0", lyrics=NEW, origin="words.lrc", user="anna")
    assert edited.source.startswith("edited by anna 20")
    assert edited.source.endswith("from words.lrc")
    assert walrus(library)
    assert stored(library).lyrics.source == edited.source  # type: ignore[union-attr]


def test_a_correction_holds_when_the_same_record_is_added_again_and_costs_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.edit("s0", lyrics=NEW)
    counting = CountingToy()
    monkeypatch.setattr(*LOAD, use(counting))
    done = add(place(library), [song(0), song(1), song(2)])
    assert (done.unchanged, done.changed, done.encoded) == (3, 0, 0)
    assert counting.read == []
    assert walrus(Library.open(place(library)))


def test_a_correction_holds_when_the_record_changes_and_undoing_gives_the_changed_words(library: Library) -> None:
    library.edit("s0", lyrics=NEW)
    changed = replace(song(0), title="Renamed", lyrics=Lyrics("Number0 is the word I know, said twice", language="en"))
    assert add(place(library), [changed]).changed == 1
    again = Library.open(place(library))
    assert stored(again).title == "Renamed"
    assert walrus(again)
    again.unedit("s0")
    assert stored(again) == changed
    assert not sings(again, "a walrus waltzes over the marble floor")
    assert add(place(library), [changed]).unchanged == 1


def test_undoing_gives_the_sources_words_back_at_once(library: Library) -> None:
    before = stored(library)
    library.edit("s0", lyrics=NEW, language="DE")
    assert stored(library).language == "de"
    assert library.unedit("s0").source == ""
    assert stored(library) == before
    assert not walrus(library)
    assert library.edits() == []
    with pytest.raises(QueryError, match="was not corrected"):
        library.unedit("s0")


def test_an_instrumental_song_quotes_no_line_any_more(library: Library) -> None:
    library.edit("s0", instrumental=True)
    assert "s0" not in sings(library, "number0 is the word I know")
    assert "s0" not in {hit.song.id for hit in library.search("rain", part="lyrics").hits}
    assert library.store.count("w_instrumental = true") == 1
    assert stored(library).lyrics == Lyrics(instrumental=True, source=library.edits()[0].source)
    library.edit("s0", lyrics=NEW)
    assert library.store.count("w_instrumental = true") == 0
    assert walrus(library)


def test_a_language_alone_leaves_the_words_and_corrections_add_up(library: Library) -> None:
    library.edit("s1", language="pt-BR")
    assert stored(library, "s1").lyrics.text == song(1).lyrics.text  # type: ignore[union-attr]
    assert library.store.count("w_language = 'pt'") == 1
    library.edit("s1", lyrics=NEW, origin="w.txt")
    assert library.store.count("w_language = 'pt'") == 1
    assert library.edits()[0].source.endswith("from w.txt, language pt-br")


def test_a_song_marked_not_instrumental_keeps_its_words(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0, lyrics=Lyrics("la la la", instrumental=True))])
    library = Library.open(tmp_path / "L")
    library.edit("s0", instrumental=False)
    words = stored(library).lyrics
    assert words is not None
    assert (words.text, words.instrumental) == ("la la la", False)


def test_a_removed_song_keeps_its_correction_for_when_it_comes_back(library: Library) -> None:
    library.edit("s0", lyrics=NEW)
    Library.remove(["s0"], place(library))
    assert [one.id for one in Library.open(place(library)).edits()] == ["s0"]
    add(place(library), [song(0)])
    assert walrus(Library.open(place(library)))
    Library.remove(["s0"], place(library))
    Library.open(place(library)).unedit("s0")
    add(place(library), [song(0)])
    assert not walrus(Library.open(place(library)))


def test_encoding_again_from_the_library_does_not_touch_a_correction(library: Library) -> None:
    library.edit("s0", lyrics=NEW)
    before = stored(library)
    add(place(library), [], encoder="wide", reencode=True)
    again = Library.open(place(library))
    assert stored(again) == before
    assert add(place(library), [song(0)]).unchanged == 1


def test_a_song_without_vectors_is_corrected_and_encoded_later(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0), song(1)], encode=False)
    library = Library.open(tmp_path / "L")
    library.edit("s0", lyrics=NEW)
    assert "s0" in sings(library, "a walrus waltzes over the marble floor")
    add(tmp_path / "L", [song(0), song(1)])
    assert walrus(Library.open(tmp_path / "L"))


def test_explain_says_that_the_words_were_edited(library: Library) -> None:
    library.edit("s0", lyrics=NEW, origin="words.lrc")
    assert any(note.startswith("corrected: edited by hand 20") for note in library.explain("s0", "walrus").notes)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "nothing to correct"),
        ({"lyrics": "la", "instrumental": True}, "not both"),
        ({"lyrics": " \n"}, "holds no words"),
        ({"language": "German"}, "is no language code"),
    ],
)
def test_a_correction_that_means_nothing_is_refused(library: Library, given: dict[str, Any], said: str) -> None:
    with pytest.raises(QueryError, match=said):
        library.edit("s0", **given)
    assert library.edits() == []


def test_a_song_that_is_not_there_is_named_in_the_error(library: Library) -> None:
    with pytest.raises(QueryError, match="no song here is called 'Zzyzx'"):
        library.edit("Zzyzx", instrumental=True)


def test_an_edit_waits_for_no_writer(library: Library) -> None:
    with writing(place(library), dim=64), pytest.raises(LockedError):
        library.edit("s0", instrumental=True)
    assert not walrus(library)


def test_an_id_with_a_quote_is_corrected_and_taken_back(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0, id="it's; 0")])
    library = Library.open(tmp_path / "L")
    library.edit("it's; 0", instrumental=True)
    library.unedit("it's; 0")
    assert library.edits() == []
