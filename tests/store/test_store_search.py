"""A channel returns only songs for which the condition holds, by full text, exact vectors and an index alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from lancedb.index import IvfFlat
from store_rows import DIM, row, song, unit

from songkin.filters import parse
from songkin.store import Store, writing
from songkin.store.indexes import MADE_AT

SONGS = 240
CONDITIONS = (
    "genre:hip-hop",
    "-genre:hip-hop",
    "genre:hip-hop,jazz year:1995..2003",
    "-year:1995..2003",
    "year:..1994",
    "year:2000",
    "-year:2000",
    "explicit:true",
    "-explicit:true",
    "explicit:false -genre:jazz",
    "language:de",
    "-language:de",
    "language:en,de -artist:a/b",
    'artist:"Artist 3"',
    '-artist:"Artist 3"',
    "valence:0.5..",
    "-valence:0.5..",
    "duration_s:150..250 -explicit:false",
    "genre:soul",
    'title:"Title 7"',
    "id:s7,s9",
    "genre:polka",
)


def fill(place: Path, *, passages: int = 2) -> None:
    """Two thirds before the indexes are made, one third after, with changed and removed songs."""
    with writing(place, dim=DIM) as writer:
        writer.upsert([row(number, passages=passages) for number in range(160)])
        writer.finish()
        writer.upsert([row(number, passages=passages) for number in range(140, SONGS + 5)])
        writer.remove([f"s{number}" for number in range(SONGS, SONGS + 5)])


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Store:
    place = tmp_path_factory.mktemp("plain") / "library"
    fill(place)
    return Store.open(place)


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The same library with every scalar and vector index, some rows outside them."""
    place = tmp_path_factory.mktemp("indexed") / "library"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.store.indexes.INDEX_FROM_ROWS", 0)
        patch.setattr("songkin.store.indexes.EXACT_ROWS", 100)
        fill(place)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.store.view.EXACT_ROWS", 100)
        yield Store.open(place)


@pytest.fixture(params=["plain", "indexed"])
def store(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue(request.param)


def test_the_indexed_library_has_its_indexes(indexed: Store) -> None:
    for table in (indexed.tables.songs, indexed.tables.passages):
        columns = {column for index in indexed.tables.run(table.list_indices()) for column in index.columns}
        assert {"key", "vector", "w_year", "w_genre", "w_artist", "w_language", "w_explicit"} <= columns


@pytest.mark.parametrize("condition", CONDITIONS)
def test_every_channel_returns_exactly_the_songs_for_which_the_condition_holds(store: Store, condition: str) -> None:
    where = parse(condition, store.features())
    assert where is not None
    wanted = {f"s{number}" for number in range(SONGS) if where.matches(song(number))}
    found = {
        "count": set(store.ids(store.keys_where(where))),
        "songs by words": set(store.ids(store.match("about_stems", ["all"], where=where, limit=SONGS).keys)),
        "passages by words": set(store.ids(store.match("words", ["all"], where=where, limit=SONGS).keys)),
        "songs by vector": set(store.ids(store.nearest("songs", unit(3), where=where, limit=SONGS).keys)),
        "passages by vector": set(store.ids(store.nearest("passages", unit(3), where=where, limit=SONGS).keys)),
    }
    assert found == dict.fromkeys(found, wanted)
    assert store.count(where.sql()) == len(wanted)


def test_what_is_lacking_is_counted(store: Store) -> None:
    assert store.lacking("w_year") == sum(song(number).year is None for number in range(SONGS))
    assert store.lacking("f_valence") == SONGS // 2


def test_a_rare_word_finds_its_song_and_the_passage_that_says_it(store: Store) -> None:
    matches = store.match("words", ["p1", "w7"], where=None, limit=3)
    assert store.ids(matches.keys[:1]) == ["s7"]
    assert matches.parts[0] == 1
    assert (np.diff(matches.scores) <= 0).all()


def test_words_never_asked_for_find_nothing(store: Store) -> None:
    assert not len(store.match("words", [], where=None, limit=3).keys)
    assert not len(store.match("words", ["absent"], where=None, limit=3).keys)
    assert not len(store.match_passages("words", [], where=None, limit=3).keys)


def test_passages_may_be_ranked_by_themselves(store: Store) -> None:
    matches = store.match_passages("words", ["w7"], where=None, limit=10)
    assert store.ids(matches.keys) == ["s7", "s7"]
    assert set(matches.parts) == {0, 1}


def test_a_vector_finds_itself_first_with_cosine_one(store: Store) -> None:
    for number in (0, 7, 150, 239):
        matches = store.nearest("passages", unit(10 * number + 2), where=None, limit=5)
        assert store.ids(matches.keys[:1]) == [f"s{number}"]
        assert matches.parts[0] == 1
        assert matches.scores[0] == pytest.approx(1.0, abs=1e-3)
        assert len(set(matches.keys)) == 5


def test_the_index_ranks_as_exact_search_does(plain: Store, indexed: Store) -> None:
    for table in ("songs", "passages"):
        exact = plain.nearest(table, unit(5), where=None, limit=10)
        found = indexed.nearest(table, unit(5), where=None, limit=10)
        assert plain.ids(exact.keys) == indexed.ids(found.keys)
        np.testing.assert_allclose(exact.scores, found.scores, atol=1e-3)
        np.testing.assert_array_equal(exact.parts, found.parts)


def test_a_limit_beyond_the_library_gives_every_song_once(store: Store) -> None:
    for matches in (
        store.nearest("passages", unit(1), where=None, limit=10 * SONGS),
        store.match("words", ["all"], where=None, limit=10 * SONGS),
    ):
        assert len(matches.keys) == len(set(matches.keys)) == SONGS


def test_vectors_of_songs_come_by_key_in_unit_length(store: Store) -> None:
    key = int(store.keys(["s150"])[0])
    found = store.vectors_of("passages", [key, -1])
    assert list(found) == [key]
    np.testing.assert_allclose(found[key], [unit(1501), unit(1502)], atol=2e-3)
    np.testing.assert_allclose(np.linalg.norm(found[key], axis=1), 1.0, atol=1e-6)
    assert not store.vectors_of("songs", [])


def test_songs_without_vectors_are_never_near(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number, vectors=number % 2 == 0) for number in range(20)])
    for exact_rows in (100_000, 0):
        monkeypatch.setattr("songkin.store.view.EXACT_ROWS", exact_rows)
        store = Store.open(tmp_path)
        found = store.ids(store.nearest("passages", unit(1), where=None, limit=50).keys)
        assert sorted(found) == sorted(f"s{number}" for number in range(0, 20, 2))
        assert list(store.vectors_of("songs", store.keys(["s0", "s1"]))) == [int(store.keys(["s0"])[0])]


def test_an_empty_library_answers_every_question_with_nothing(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.finish()
    store = Store.open(tmp_path)
    where = parse("genre:jazz -year:1990..")
    assert where is not None
    assert store.counts() == (0, 0)
    assert store.features() == []
    assert store.lacking("w_year") == 0
    for column in ("w_genre", "w_language", "w_year"):
        assert store.common(column) == []
    assert store.ids([3]) == [None]
    assert store.keys(["s1"]).tolist() == [-1]
    assert store.songs([0]) == [None]
    assert store.passages([0]) == []
    assert not len(store.match("words", ["all"], where=where, limit=5).keys)
    assert not len(store.match("title_words", ["all"], where=None, limit=5).keys)
    for table in ("songs", "passages"):
        assert not len(store.nearest(table, unit(1), where=where, limit=5).keys)
        assert store.vectors_of(table, [0]) == {}


def test_the_commonest_values_come_first_and_ties_by_name(plain: Store) -> None:
    counted = plain.common("w_language")
    assert counted == [("de", 80), ("en", 80)]
    assert plain.common("w_genre", limit=1)[0][1] == max(count for _, count in plain.common("w_genre"))
    assert plain.common("w_explicit") == [(False, 80), (True, 80)]


@pytest.mark.parametrize("dim", [8, 12, 32])
def test_the_index_recalls_what_exact_search_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dim: int) -> None:
    """Clustered vectors, as songs are; 12 is no multiple of 8, which IVF_RQ cannot take."""
    random = np.random.default_rng(0)
    centres = random.normal(size=(30, dim))
    points = centres[random.integers(30, size=3000)] + 0.4 * random.normal(size=(3000, dim))
    rows = [row(number, passages=1, dim=dim) for number in range(3000)]
    for one, point in zip(rows, points, strict=True):
        object.__setattr__(one.passages[0], "vector", (point / np.linalg.norm(point)).astype(np.float32))
    with writing(tmp_path, dim=dim) as writer:
        writer.upsert(rows)
        monkeypatch.setattr("songkin.store.indexes.EXACT_ROWS", 1000)
        writer.finish()
    exact = Store.open(tmp_path)
    wanted = [exact.nearest("passages", rows[i].passages[0].vector, where=None, limit=10).keys for i in range(50)]
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 1000)
    found = [exact.nearest("passages", rows[i].passages[0].vector, where=None, limit=10).keys for i in range(50)]
    recall = np.mean([np.isin(a, b).mean() for a, b in zip(wanted, found, strict=True)])
    assert recall >= 0.98


def test_a_narrow_condition_looks_into_every_partition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With 2 of 60 partitions looked into at first, a condition that few songs meet still finds all of them."""
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number, passages=1) for number in range(2000)])
        kind = IvfFlat(distance_type="cosine", num_partitions=60)
        writer.tables.run(writer.tables.passages.create_index("vector", config=kind))
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 1000)
    monkeypatch.setattr("songkin.store.nearness.PROBES", 2)
    store = Store.open(tmp_path)
    where = parse("year:1999 language:de")
    assert where is not None
    wanted = {f"s{number}" for number in range(2000) if where.matches(song(number))}
    found = store.nearest("passages", unit(1), where=where, limit=200).keys
    assert 0 < len(wanted) < 200
    assert set(store.ids(found)) == wanted


def test_an_index_of_codes_gives_the_best_hits_the_cosines_of_their_vectors(indexed: Store, plain: Store) -> None:
    for table in ("songs", "passages"):
        exact = plain.nearest(table, unit(7), where=None, limit=40)
        found = indexed.nearest(table, unit(7), where=None, limit=40)
        assert plain.ids(exact.keys) == indexed.ids(found.keys)
        np.testing.assert_allclose(found.scores, exact.scores, atol=1e-6)


def test_an_index_is_made_anew_when_its_table_has_outgrown_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.store.indexes.EXACT_ROWS", 300)
    fact = MADE_AT.format("songs", "vector")
    made = {}
    for songs in (301, 600, 1204):
        with writing(tmp_path, dim=DIM) as writer:
            writer.upsert([row(number) for number in range(songs)])
            writer.finish()
        made[songs] = Store.open(tmp_path).facts()[fact]
    assert made == {301: "301", 600: "301", 1204: "1204"}


def test_rows_that_no_index_covers_are_found_among_those_it_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.store.indexes.EXACT_ROWS", 300)
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(number) for number in range(400)])
        writer.finish()
        writer.upsert([row(number) for number in range(400, 450)])
    store = Store.open(tmp_path)
    exact = store.nearest("songs", unit(410), where=None, limit=20)
    monkeypatch.setattr("songkin.store.view.EXACT_ROWS", 0)
    found = store.nearest("songs", unit(410), where=None, limit=20)
    assert store.ids(found.keys) == store.ids(exact.keys)
    np.testing.assert_allclose(found.scores, exact.scores, atol=1e-6)
