"""The one writer: upsert, remove, new features, a change of encoder, and keys that never mean another song."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from store_rows import DIM, row, unit

from songkin.errors import LockedError, StoreError
from songkin.filters import column, parse
from songkin.store import Known, PassageRow, SongRow, Store, writing
from songkin.store.migrations import SCHEMA
from songkin.types import Lyrics, Song

STRANGE_IDS = (
    "plain",
    "Plain",
    "plain ",
    "it's",
    'say "hi"',
    "line\nbreak",
    "tab\t",
    "nul\0id",
    "nul",
    "😀",
    "'; DROP TABLE songs; --",
    "x') OR ('1'='1",
    "back\\slash",
    "%",
    "é",
    "e\u0301",
    "",
)


def write(place: Path, *rows: SongRow, dim: int = DIM) -> Store:
    with writing(place, dim=dim) as writer:
        writer.upsert(rows)
    return Store.open(place)


def test_a_changed_song_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    write(tmp_path, row(1, passages=3), row(2))
    changed = dataclasses.replace(row(1, passages=1, digest="new"), song=Song(id="s1", title="New", genres=("Polka",)))
    store = write(tmp_path, changed)
    key = int(store.keys(["s1"])[0])
    assert store.counts() == (2, 3)
    assert store.songs([key]) == [changed.song]
    assert [passage.part for passage in store.passages([key])] == [0]
    assert store.count("array_has_any(w_genre, ['polka'])") == 1
    assert store.ids(store.match("words", ["w1"], where=parse("genre:polka"), limit=5).keys) == ["s1"]
    assert store.match("words", ["p2"], where=None, limit=5).keys.size == 0


def test_the_writer_knows_what_the_library_holds(tmp_path: Path) -> None:
    write(tmp_path, row(1), row(2, vectors=False))
    with writing(tmp_path, dim=DIM) as writer:
        assert writer.known == {"s1": Known(0, "d", "toy", "toy"), "s2": Known(1, "d", None)}
        writer.upsert([row(2, digest="e")])
        assert writer.known["s2"] == Known(2, "e", "toy", "toy")
        assert writer.remove(["s1", "s1", "nobody"]) == 1
        assert set(writer.known) == {"s2"}
        writer.upsert([])


def test_a_removed_song_and_its_passages_are_gone(tmp_path: Path) -> None:
    write(tmp_path, *(row(number) for number in range(5)))
    with writing(tmp_path, dim=DIM) as writer:
        assert writer.remove(["s1", "s3"]) == 2
        assert writer.remove([]) == 0
    store = Store.open(tmp_path)
    assert store.counts() == (3, 6)
    assert store.keys(["s1", "s2", "s3"]).tolist() == [-1, 2, -1]
    assert set(store.ids(store.match("words", ["all"], where=None, limit=9).keys)) == {"s0", "s2", "s4"}


def test_a_key_once_given_never_means_another_song(tmp_path: Path) -> None:
    old = write(tmp_path, row(1), row(2))
    with writing(tmp_path, dim=DIM) as writer:
        writer.remove(["s1", "s2"])
    store = write(tmp_path, row(3))
    assert store.keys(["s3"]).tolist() == [2]
    assert old.ids([0, 1, 2]) == ["s1", "s2", None]


def test_a_song_goes_in_and_comes_out_the_same(tmp_path: Path) -> None:
    whole = Song(
        id="full",
        title="T\0itle",
        artists=("A", "B"),
        album="Album",
        year=0,
        duration_s=0.0,
        language="en",
        explicit=False,
        genres=("x",),
        lyrics=Lyrics(text="[00:01.00] a\0b\n", bag={"love": 2}, language="de", instrumental=True, source="lrc"),
        description="😀",
        tags={"sad": 0.5},
        features={"valence": 0.0, "tempo bpm": 120.0, "Ünicode": -1.0},
        predicted={"energy": float(np.float32(0.5))},
        links={"isrc": "X"},
        audio=Path("music/a.mp3"),
    )
    bare = Song(id="bare")
    store = write(tmp_path, SongRow(whole, digest=""), SongRow(bare, digest=""))
    keys = store.keys(["full", "bare"])
    assert store.songs(keys, lyrics=True) == [whole, bare]
    assert store.songs(keys[:1])[0].lyrics.text == ""  # type: ignore[union-attr]


def test_numpy_numbers_are_written_as_plain_ones(tmp_path: Path) -> None:
    song = Song(id="x", year=np.int64(1990), features={"valence": np.float32(0.5)}, predicted={"sad": np.float32(0.25)})
    store = write(tmp_path, SongRow(song, digest=""))
    assert store.songs(store.keys(["x"])) == [song]
    assert store.count("w_year = 1990 AND f_valence = 0.5") == 1


def test_two_ids_never_merge_whatever_they_hold(tmp_path: Path) -> None:
    rows = [dataclasses.replace(row(at), song=Song(id=name, title=str(at))) for at, name in enumerate(STRANGE_IDS)]
    write(tmp_path, *rows)
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert(rows)
        assert set(writer.known) == set(STRANGE_IDS)
    store = Store.open(tmp_path)
    keys = store.keys(STRANGE_IDS)
    assert store.counts() == (len(STRANGE_IDS), 2 * len(STRANGE_IDS))
    assert store.ids(keys) == list(STRANGE_IDS)
    assert [song.title for song in store.songs(keys) if song] == [str(at) for at in range(len(STRANGE_IDS))]
    with writing(tmp_path, dim=DIM) as writer:
        for left, name in enumerate(reversed(STRANGE_IDS)):
            assert writer.remove([name]) == 1
            assert writer.tables.run(writer.tables.songs.count_rows()) == len(STRANGE_IDS) - left - 1


def test_two_songs_of_one_id_in_a_chunk_are_a_mistake_of_the_caller(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer, pytest.raises(AssertionError, match="two songs of one id"):
        writer.upsert([row(1), row(1)])


def test_half_a_character_is_replaced_in_text_and_refused_in_an_id(tmp_path: Path) -> None:
    broken = Song(id="x", title="a\ud83d", genres=("b\ud83d",), lyrics=Lyrics(text="c\ud83d"))
    passage = PassageRow(text="c\ud83d", words="c\ud83d")
    store = write(tmp_path, SongRow(broken, digest="", passages=(passage,)))
    assert store.keys(["x", "a\ud83d"]).tolist() == [0, -1]
    assert store.passages([0])[0].lines == ("c?",)
    with writing(tmp_path, dim=DIM) as writer, pytest.raises(StoreError, match="half a character"):
        writer.upsert([SongRow(Song(id="x\ud83d"), digest="")])


def test_stamps_beyond_what_a_song_can_last_are_kept_in_range(tmp_path: Path) -> None:
    passage = PassageRow(text="a\nb\nc", start_ms=(-5, 7, 2**40))
    store = write(tmp_path, SongRow(Song(id="x"), digest="", passages=(passage,)))
    assert store.passages([0])[0].start_ms == (None, 7, 2**31 - 1)


def test_features_seen_later_add_columns_to_both_tables(tmp_path: Path) -> None:
    write(tmp_path, row(1))
    names = [f"Feature {number}" for number in range(70)]
    many = dataclasses.replace(row(4), song=Song(id="many", features=dict.fromkeys(names, 0.5) | {"year": 1.0}))
    store = write(tmp_path, many)
    assert set(store.features()) == {"valence", *(column(name)[2:] for name in names)}
    where = parse("valence:0..1", store.features())
    assert store.match("words", ["all"], where=where, limit=5).keys.tolist() == [0]
    for name in store.features()[-3:]:
        where = parse(f"{name}:0.4..0.6", store.features())
        assert store.ids(store.match("words", ["all"], where=where, limit=5).keys) == (
            ["many"] if name != "valence" else []
        )
    with writing(tmp_path, dim=DIM) as writer:
        assert writer.features == set(store.features())
        writer.upsert([many])
        assert writer.features == set(store.features())


def test_too_many_different_features_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    far_too_many = Song(id="x", features={f"f{number}": 1.0 for number in range(300)})
    with (
        writing(tmp_path, dim=DIM) as writer,
        pytest.raises(StoreError, match="more than 256 different features") as told,
    ):
        writer.upsert([SongRow(far_too_many, digest="")])
    assert "\n" not in str(told.value)
    assert Store.open(tmp_path).counts() == (0, 0)


@pytest.mark.parametrize("indexed", [False, True])
def test_a_change_of_encoder_drops_every_vector_and_keeps_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indexed: bool
) -> None:
    if indexed:
        monkeypatch.setattr("songkin.store.indexes.EXACT_ROWS", 0)
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(50)])
        writer.finish()
        writer.forget_vectors(dim=16)
        assert {(known.encoder, known.passage_encoder) for known in writer.known.values()} == {(None, None)}
    store = Store.open(tmp_path)
    assert store.tables.dim() == 16
    assert store.lacking("encoder") == 50
    assert store.counts() == (50, 100)
    assert not len(store.nearest("passages", unit(1, 16), where=None, limit=5).keys)
    assert store.ids(store.match("words", ["w7"], where=None, limit=5).keys) == ["s7"]
    with writing(tmp_path, dim=16) as writer:
        assert {(known.encoder, known.passage_encoder) for known in writer.known.values()} == {(None, None)}
        writer.upsert([row(number, dim=16) for number in range(50)])
        writer.finish()
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0 if indexed else 100_000)
    store.refresh()
    assert store.ids(store.nearest("passages", unit(71, 16), where=None, limit=1).keys) == ["s7"]
    assert store.counts() == (50, 100)


def test_a_change_of_encoder_that_was_killed_is_finished_by_the_next_writer(tmp_path: Path) -> None:
    write(tmp_path, row(1), row(2))
    with writing(tmp_path, dim=DIM) as writer:
        writer.tables.run(writer.tables.passages.drop_columns(["vector"]))
    assert Store.open(tmp_path).counts() == (2, 4)
    with writing(tmp_path, dim=16) as writer:
        assert writer.tables.dim() == 16
        writer.upsert([row(1, dim=16)])
    store = Store.open(tmp_path)
    assert store.ids(store.nearest("songs", unit(10, 16), where=None, limit=5).keys) == ["s1"]


def test_orphans_of_a_killed_writer_are_invisible_and_swept(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(1)])
        writer._commit = None  # type: ignore[method-assign,assignment]
        with pytest.raises(TypeError):
            writer.upsert([row(2)])
    store = Store.open(tmp_path)
    assert store.tables.run(store.tables.passages.count_rows()) == 4
    assert store.counts() == (1, 2)
    assert store.passages([0, 1]) == store.passages([0])
    assert store.match_passages("words", ["all"], where=None, limit=9).keys.tolist() == [0, 0]
    assert store.match("words", ["w2"], where=None, limit=9).keys.tolist() == []
    assert store.nearest("passages", unit(21), where=None, limit=9).keys.tolist() == [0]
    assert store.vectors_of("passages", [1]) == {}
    with writing(tmp_path, dim=DIM) as writer:
        assert writer.tables.run(writer.tables.passages.count_rows()) == 2
        writer.upsert([row(2)])
    store.refresh()
    assert store.keys(["s2"]).tolist() == [2]


def test_orphans_do_not_crowd_songs_out_of_a_search(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(1, passages=1), row(2, passages=1)])
        writer._commit = None  # type: ignore[method-assign,assignment]
        with pytest.raises(TypeError):
            writer.upsert([row(3, passages=60)])
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    store = Store.open(tmp_path)
    assert len(store.match("words", ["all"], where=None, limit=2).keys) == 2
    assert len(store.nearest("passages", unit(33), where=None, limit=2).keys) == 2


def test_facts_are_kept_and_replaced(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        for value in ("a", "b", "it's ; DROP"):
            writer.tell("encoder", value)
        writer.finish()
    assert Store.open(tmp_path).facts() == {"schema": str(SCHEMA), "encoder": "it's ; DROP"}


def test_a_second_writer_is_turned_away_at_once_and_the_lock_ends_with_the_first(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        with pytest.raises(LockedError, match="another songkin is writing"), writing(tmp_path, dim=DIM):
            pass
        writer.upsert([row(1)])
        assert Store.open(tmp_path).counts() == (1, 2)
    with pytest.raises(RuntimeError, match="mine"), writing(tmp_path, dim=DIM):
        raise RuntimeError("mine")
    with writing(tmp_path, dim=DIM) as writer:
        assert "s1" in writer.known
