"""A fast add: the student reads lyrics, the encoder the rest; later the encoder reads them after all."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from library_songs import LOAD, CountingToy, FastToy, add, song, use

from songkin.encoders import student_of
from songkin.errors import EncoderError
from songkin.library import Added, Library, importing
from songkin.library import adding as adding_module
from songkin.store import Store
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

KILLED = Path(__file__).with_name("killed_fast_add.py")
TOY, FAST = "toy-1/2", "toy-fast-1/2"


@pytest.fixture(autouse=True)
def _student(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "student_of", lambda encoder: FastToy())


def readers(place: Path) -> list[tuple[str | None, str | None]]:
    """Return what read each song's description and its passages, by id."""
    table = Store.open(place).read(["id", "encoder", "passage_encoder"]).sort_by("id")
    return list(zip(table["encoder"].to_pylist(), table["passage_encoder"].to_pylist(), strict=True))


def check_vectors(place: Path) -> None:
    """Every vector is the one that its song says it is."""
    store = Store.open(place)
    table = store.read(["about", "encoder", "passage_encoder"])
    keys = table["key"].to_numpy()
    own, sung = store.vectors_of("songs", keys), store.vectors_of("passages", keys)
    toys: dict[str, ToyEncoder] = {TOY: ToyEncoder(), FAST: FastToy()}
    texts = {int(key): ["\n".join(p.lines) for p in store.passages([key])] for key in keys}
    for key, about, encoder, by in zip(*(table[name].to_pylist() for name in table.column_names), strict=True):
        np.testing.assert_allclose(own[key], toys[encoder].encode_songs([about]), atol=2e-3)
        np.testing.assert_allclose(sung[key], toys[by].encode_songs(texts[key]), atol=2e-3)


def test_the_student_reads_the_lyrics_and_the_encoder_the_descriptions(tmp_path: Path) -> None:
    done = add(tmp_path / "L", [song(n) for n in range(4)], fast=True)
    assert (done.added, done.encoded) == (4, 4)
    assert readers(tmp_path / "L") == [(TOY, FAST)] * 4
    check_vectors(tmp_path / "L")
    library = Library.open(tmp_path / "L")
    assert library.encoder is not None
    assert library.encoder.name == "toy"
    assert library.search("ocean", k=1).hits[0].song.id == "s2"
    assert library.search("ocean", channels=("meaning",), part="lyrics", k=1).hits[0].song.id == "s2"


def test_a_fast_add_again_has_nothing_to_do(tmp_path: Path) -> None:
    songs = [song(n) for n in range(4)]
    add(tmp_path / "L", songs, fast=True)
    again = add(tmp_path / "L", songs, fast=True)
    assert (again.unchanged, again.encoded) == (4, 0)


@pytest.mark.parametrize("more", [{}, {"reencode": True}])
def test_an_add_without_it_lets_the_encoder_read_the_lyrics_after_all(tmp_path: Path, more: dict[str, bool]) -> None:
    add(tmp_path / "L", [song(n) for n in range(4)], fast=True)
    done = add(tmp_path / "L", [], **more)
    assert (done.waiting, done.filled, done.encoded) == (4, 4, 4)
    assert readers(tmp_path / "L") == [(TOY, TOY)] * 4
    check_vectors(tmp_path / "L")


def test_a_fast_add_leaves_what_the_encoder_has_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    add(tmp_path / "L", [song(n) for n in range(3)])
    toy = CountingToy()
    monkeypatch.setattr(*LOAD, use(toy))
    done = add(tmp_path / "L", [song(n) for n in range(5)], fast=True)
    assert (done.added, done.unchanged, done.encoded) == (2, 3, 2)
    assert readers(tmp_path / "L") == [(TOY, TOY)] * 3 + [(TOY, FAST)] * 2
    assert not any("Number" in text for text in toy.read)
    check_vectors(tmp_path / "L")


def test_a_changed_song_is_read_as_the_add_that_brings_it_asks(tmp_path: Path) -> None:
    new = Lyrics(text="An altogether other song\nabout a lighthouse", language="en")
    add(tmp_path / "L", [song(0), song(1)])
    add(tmp_path / "L", [replace(song(0), lyrics=new), song(1)], fast=True)
    assert readers(tmp_path / "L") == [(TOY, FAST), (TOY, TOY)]
    add(tmp_path / "L", [song(2)], fast=True)
    Library.open(tmp_path / "L").edit("s2", lyrics="Words put right by hand\nand a lighthouse")
    assert readers(tmp_path / "L") == [(TOY, FAST), (TOY, TOY), (TOY, TOY)]
    check_vectors(tmp_path / "L")


def test_a_song_without_lyrics_needs_no_second_reading(tmp_path: Path) -> None:
    bare = song(0, lyrics=None), song(1, lyrics=Lyrics(bag={"rain": 2, "train": 1}))
    add(tmp_path / "L", bare, fast=True)
    assert readers(tmp_path / "L") == [(TOY, TOY)] * 2
    assert add(tmp_path / "L", bare).encoded == 0


def test_info_says_which_encoder_filled_how_many_vectors(tmp_path: Path) -> None:
    add(tmp_path / "L", [song(0), song(1, lyrics=Lyrics(bag={"rain": 2}))])
    add(tmp_path / "L", [song(2), song(3), Song("bare", title="Only a title")], fast=True)
    about = Library.open(tmp_path / "L").info()
    each = about["passages"] // 3  # songs 0, 2 and 3 are cut alike; the bag is a passage without a vector
    assert about["encoders"]["songs"] == {TOY: 4}
    assert about["encoders"]["passages"] == {FAST: 2 * each, TOY: each}
    assert about["encoders"]["dim"] == 64


def test_an_upgrade_that_is_stopped_goes_on_where_it_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_module, "CHUNK", 3)
    add(tmp_path / "L", [song(n) for n in range(8)], fast=True)

    def stop(done: Added) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "L", [], progress=stop)
    counted = readers(tmp_path / "L")
    assert (counted.count((TOY, TOY)), counted.count((TOY, FAST))) == (3, 5)
    check_vectors(tmp_path / "L")
    assert Library.open(tmp_path / "L").search("ocean", k=1).hits[0].song.id == "s2"
    assert add(tmp_path / "L", []).encoded == 5
    assert readers(tmp_path / "L") == [(TOY, TOY)] * 8


def test_a_fast_add_that_is_stopped_keeps_whole_chunks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adding_module, "FAST_CHUNK", 4)

    def stopped() -> Iterator[Song]:
        yield from (song(n) for n in range(10))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        add(tmp_path / "L", stopped(), fast=True)
    assert readers(tmp_path / "L") == [(TOY, FAST)] * 8
    done = add(tmp_path / "L", [song(n) for n in range(10)], fast=True)
    assert (done.added, done.unchanged, done.encoded) == (2, 8, 2)
    check_vectors(tmp_path / "L")


def test_a_fast_add_that_is_killed_goes_on_where_it_ended(tmp_path: Path) -> None:
    command = [sys.executable, str(KILLED), str(tmp_path / "L"), "300"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        process.kill()
        said += process.stdout.readlines()
    committed = len(readers(tmp_path / "L"))
    assert int(said[-1]) <= committed < 300
    check_vectors(tmp_path / "L")
    done = add(tmp_path / "L", [song(n) for n in range(committed + 5)], fast=True)
    assert (done.added, done.unchanged) == (5, committed)
    assert readers(tmp_path / "L") == [(TOY, FAST)] * (committed + 5)


def test_a_new_make_of_the_student_reads_the_old_ones_share_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path / "L", [song(0)])
    add(tmp_path / "L", [song(1)], fast=True)
    newer = FastToy()
    newer.fingerprint = "toy-fast-2"
    monkeypatch.setattr(importing, "student_of", lambda encoder: newer)
    assert add(tmp_path / "L", [], fast=True).encoded == 1
    assert readers(tmp_path / "L") == [(TOY, TOY), (TOY, "toy-fast-2/2")]


def test_without_a_student_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "student_of", student_of)
    with pytest.raises(EncoderError, match="toy has no fast student; add without --fast"):
        add(tmp_path / "L", [song(1)], fast=True)
    assert not Store.exists(tmp_path / "L")
