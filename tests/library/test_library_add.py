"""Adding: what is new, what changed, what stays, and what survives an end in the middle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pytest
from library_songs import LOAD, CountingToy, add, song, use

from songkin.errors import EncoderError, StoreError
from songkin.library import Added, Library
from songkin.library import adding as adding_module
from songkin.library.preparing import encoder_mark
from songkin.store import Store
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song


def counts(done: Added) -> tuple[int, int, int, int]:
    return done.read, done.added, done.changed, done.unchanged


def ids(place: Path) -> set[str]:
    return set(Store.open(place).read(["id"])["id"].to_pylist())


def unencoded(place: Path) -> int:
    return Store.open(place).lacking("encoder")


def test_new_songs_are_added_and_a_second_time_all_are_unchanged(tmp_path: Path) -> None:
    songs = [song(n) for n in range(6)]
    assert counts(add(tmp_path / "L", songs)) == (6, 6, 0, 0)
    again = add(tmp_path / "L", songs)
    assert counts(again) == (6, 0, 0, 6)
    assert again.encoded == 0


def test_only_the_song_that_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    songs = [song(n) for n in range(6)]
    add(tmp_path / "L", songs)
    toy = CountingToy()
    monkeypatch.setattr(*LOAD, use(toy))
    done = add(tmp_path / "L", [replace(song(2), title="Another title", description="about an avalanche"), *songs[3:]])
    assert counts(done) == (4, 0, 1, 3)
    assert done.encoded == 1
    assert any("avalanche" in text for text in toy.read)
    assert not any("Number3" in text for text in toy.read)
    assert Library.open(tmp_path / "L").search("avalanche", k=1).hits[0].song.id == "s2"


@pytest.mark.parametrize("encode", [True, False])
def test_a_song_with_nothing_to_encode_can_change(tmp_path: Path, encode: bool) -> None:
    add(tmp_path / "L", [Song("bare", title="One"), song(1)], encode=encode)
    done = add(tmp_path / "L", [Song("bare", title="Two"), replace(song(1), year=None)], encode=encode)
    assert counts(done) == (2, 0, 2, 0)
    assert Library.open(tmp_path / "L").song("bare").song.title == "Two"


def test_a_removed_song_is_gone_and_the_others_stay(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(n) for n in range(4)])
    assert Library.remove(["s1", "nobody", "s1"], tmp_path / "L") == 1
    assert ids(tmp_path / "L") == {"s0", "s2", "s3"}
    assert "s1" not in {hit.song.id for hit in Library.open(tmp_path / "L").search("train", k=9).hits}


@pytest.mark.parametrize("name", ["0007", "a b", "O'Neil", "日本/1", "A", "a", "1.0", "id;drop", 'x"y'])
def test_ids_stay_as_they_came(tmp_path: Path, name: str) -> None:
    add(tmp_path / "L", [song(1, id=name), song(2)])
    library = Library.open(tmp_path / "L")
    assert library.song(name).song.id == name
    assert name in {hit.song.id for hit in library.search("train", k=5).hits}


def test_two_songs_alike_in_all_but_the_id_never_merge(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(1, id="a"), song(1, id="b")])
    library = Library.open(tmp_path / "L")
    assert {hit.song.id for hit in library.search("train", k=5, grouped=False).hits} == {"a", "b"}
    (shown,) = library.search("train", k=5).hits
    assert {shown.song.id, *shown.versions} == {"a", "b"}


def test_an_id_read_twice_is_named_and_the_first_stays(tmp_path: Path) -> None:
    done = add(tmp_path / "L", [song(1), song(2, id="s1", title="Impostor")])
    assert counts(done) == (1, 1, 0, 0)
    assert len(done.lost) == 1
    assert "'s1'" in done.lost[0]
    assert Library.open(tmp_path / "L").song("s1").song.title == song(1).title


def test_songs_added_without_vectors_get_them_from_a_later_add(tmp_path: Path) -> None:
    songs = [song(n) for n in range(5)]
    first = add(tmp_path / "L", [*songs, Song("bare", title="Only a title")], encode=False)
    assert (first.added, first.encoded) == (6, 0)
    assert unencoded(tmp_path / "L") == 6
    library = Library.open(tmp_path / "L")
    assert library.encoder is None
    assert library.search("ocean", k=1).hits[0].song.id == "s2"
    later = add(tmp_path / "L", [song(9)])
    assert (later.added, later.encoded, later.waiting, later.filled) == (1, 7, 6, 6)
    assert unencoded(tmp_path / "L") == 0
    assert counts(add(tmp_path / "L", songs)) == (5, 0, 0, 5)
    answer = Library.open(tmp_path / "L").search("ocean", channels=("meaning",), k=1)
    assert answer.hits[0].song.id == "s2"


def test_no_song_makes_no_library(tmp_path: Path) -> None:
    assert counts(add(tmp_path / "L", [])) == (0, 0, 0, 0)
    assert not (tmp_path / "L").exists()


def test_progress_tells_of_every_chunk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_module, "CHUNK", 2)
    seen: list[int] = []
    add(tmp_path / "L", [song(n) for n in range(5)], progress=lambda done: seen.append(done.read))
    assert seen == [2, 4, 5]


def stopped_after(count: int) -> Iterator[Song]:
    """Give `count` songs, then what Ctrl-C gives."""
    yield from (song(n) for n in range(count))
    raise KeyboardInterrupt


def test_an_interrupted_add_keeps_whole_chunks_and_the_next_one_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding_module, "CHUNK", 4)
    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "L", stopped_after(10))
    assert ids(tmp_path / "L") == {f"s{n}" for n in range(8)}
    assert len(Library.open(tmp_path / "L").search("train", k=9).hits) > 0
    done = add(tmp_path / "L", [song(n) for n in range(12)])
    assert counts(done) == (12, 4, 0, 8)
    assert ids(tmp_path / "L") == {f"s{n}" for n in range(12)}
    assert unencoded(tmp_path / "L") == 0


def test_an_interrupted_fill_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_module, "CHUNK", 3)
    songs = [song(n) for n in range(8)]
    add(tmp_path / "L", songs, encode=False)

    def stop(done: Added) -> None:
        if done.filled:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "L", [], progress=stop)
    assert unencoded(tmp_path / "L") == 5
    assert add(tmp_path / "L", []).encoded == 5
    assert unencoded(tmp_path / "L") == 0


def test_another_encoder_needs_to_be_allowed_and_then_reads_every_song(tmp_path: Path) -> None:
    songs = [song(n) for n in range(5)]
    add(tmp_path / "L", songs)
    with pytest.raises(
        StoreError, match="its vectors come from the shipped encoder; to change to wide, add --reencode"
    ):
        add(tmp_path / "L", songs, encoder="wide")
    done = add(tmp_path / "L", [], encoder="wide", reencode=True)
    assert done.encoded == 5
    library = Library.open(tmp_path / "L")
    assert library.encoder is not None
    assert library.encoder.dim == 96
    assert library.search("ocean", channels=("meaning",), k=1).hits[0].song.id == "s2"
    assert add(tmp_path / "L", songs).encoded == 0  # the library's own encoder goes on without being named


def test_the_same_encoder_of_another_make_reads_every_song_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    songs = [song(n) for n in range(3)]
    add(tmp_path / "L", songs)
    newer = ToyEncoder()
    newer.fingerprint = "toy-2"
    monkeypatch.setattr(*LOAD, use(newer))
    with pytest.raises(EncoderError, match="--reencode"):
        Library.open(tmp_path / "L").search("ocean")
    assert add(tmp_path / "L", songs).encoded == 3
    assert dict(Store.open(tmp_path / "L").common("encoder")) == {encoder_mark(newer): 3}
    assert Library.open(tmp_path / "L").search("ocean", k=1).hits


def test_a_folder_encoder_is_remembered_from_the_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model").mkdir()
    add(tmp_path / "L", [song(1)], encoder="model")
    assert Store.open(tmp_path / "L").facts()["encoder"] == str((tmp_path / "model").resolve())


def test_to_encode_again_needs_a_library(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no library here"):
        add(tmp_path / "L", [], reencode=True)
    assert not (tmp_path / "L").exists()


def test_a_language_that_was_recognised_is_the_lyrics_not_the_songs(tmp_path: Path) -> None:
    words = "Dans la nuit je marche seul et je pense encore à toi\nLa pluie tombe sur les toits de la ville"
    add(tmp_path / "L", [song(1, lyrics=Lyrics(text=words)), song(2, language="de", lyrics=Lyrics(text=words))])
    library = Library.open(tmp_path / "L")
    guessed, given = library.song("s1").song, library.song("s2").song
    assert guessed.language is None
    assert guessed.lyrics is not None
    assert guessed.lyrics.language == "fr"
    assert given.language == "de"
    assert {hit.song.id for hit in library.search("pluie", where="language:fr", k=5).hits} == {"s1"}
    assert counts(add(tmp_path / "L", [song(1, lyrics=Lyrics(text=words))])) == (1, 0, 0, 1)


def test_numbers_of_numpy_and_mappings_of_any_kind_are_taken(tmp_path: Path) -> None:
    odd = song(1, year=np.int64(1999), features={"energy": np.float32(0.5)}, tags=MappingProxyType({"rain": 1.0}))
    assert add(tmp_path / "L", [odd, song(2, features={"energy": float("nan")})]).added == 2
    stored = Library.open(tmp_path / "L").song("s1").song
    assert (stored.year, stored.features["energy"], stored.tags["rain"]) == (1999, 0.5, 1.0)
    assert "energy" not in Library.open(tmp_path / "L").song("s2").song.features
