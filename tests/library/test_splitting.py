"""A library in shards answers as the one it was made from does, and follows it when it changes."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
from library_songs import LOAD, use

from songkin.errors import StoreError
from songkin.library import Library
from songkin.library.backups import export
from songkin.library.splitting import Split, split_into
from songkin.search import described
from songkin.store import Store, nearness, probing, row_ids, search, splitting, view
from songkin.store.splitting import home
from songkin.store.upkeep import upkeep
from songkin.testing import ToyEncoder
from songkin.types import Lyrics, Song

ENDS = ("ay", "ee", "ore", "ine", "oon", "ush", "ack")
WORDS = [f"{one}{end}{other}{last}" for last in ENDS for other in "dlmt" for end in ENDS for one in "bdfglmnprst"]
SONGS = 2000
SHARDS = 3


def made(number: int) -> Song:
    """A song of some verses whose words fall roughly as Zipf's law has it."""
    drawn = Random(number)
    rare = f"only{number % 700}"
    verses = [
        [" ".join(WORDS[int(len(WORDS) * drawn.random() ** 3)] for _ in range(6)) for _ in range(4)]
        for _ in range(drawn.randrange(1, 4))
    ]
    return Song(
        id=f"s{number}",
        title=" ".join(drawn.sample(WORDS, 2)),
        artists=(f"Artist {number % 150}",),
        year=1960 + number % 60 if number % 7 else None,
        genres=(("folk", "jazz", "pop")[number % 3],),
        description=f"a {drawn.choice(WORDS)} song about {drawn.choice(WORDS)} and {rare}",
        features={"valence": (number % 100) / 100},
        lyrics=Lyrics("\n\n".join("\n".join(verse) for verse in verses) + f"\n{rare} {rare}"),
    )


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("split") / "one"
    Library.add([made(number) for number in range(SONGS)], place, encoder=ToyEncoder())
    return place


@pytest.fixture(scope="module")
def many(one: Path) -> Path:
    assert split_into(one.parent / "many", SHARDS, library=one) == Split(SHARDS, SONGS, SONGS, 0)
    return one.parent / "many"


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """A library that is held in memory, and one that is too large for it and is asked by its indexes."""
    monkeypatch.setattr(*LOAD, use(ToyEncoder()))
    monkeypatch.setattr(search, "WARM_AFTER", 0)
    if request.param == "large":
        monkeypatch.setattr(view, "EXACT_ROWS", 0)
        monkeypatch.setattr(search, "WARM_AFTER", 10**9)
        monkeypatch.setattr(described, "HELD_SONGS", SONGS // 10)
        monkeypatch.setattr(nearness, "PROBES", 10**6)
        monkeypatch.setattr(probing, "REFINED", 10**6)  # else scores of far hits are right to some thousandths
    return str(request.param)


def asked(library: Library, number: int, how: str, **more: Any) -> list[tuple[str, float]]:
    song, drawn = made(number), Random(number)
    assert song.lyrics
    words = song.lyrics.text.split()
    text = {"line": " ".join(words[4:10]), "search": " ".join(drawn.sample(words, 4)), "similar": song.id}[how]
    return [(hit.song.id, hit.score) for hit in getattr(library, how)(text, **more).hits]


@pytest.mark.parametrize("condition", ["", "year:1980..1999 genre:jazz"])
@pytest.mark.parametrize("how", ["search", "line", "similar"])
def test_the_hits_are_those_of_one_library(one: Path, many: Path, size: str, how: str, condition: str) -> None:
    here, there = Library.open(one), Library.open(many)
    more = {"where": here.where(condition)} if condition else {}
    others = 0
    for number in range(5, SONGS, 211):
        found, wanted = asked(there, number, how, **more), asked(here, number, how, **more)
        assert wanted
        same = [name for name, _ in found] == [name for name, _ in wanted]
        assert found[0] == (wanted[0][0], pytest.approx(wanted[0][1], abs=1e-4))
        assert not same or np.allclose([score for _, score in found], [score for _, score in wanted], atol=1e-4)
        others += not same
    assert others <= (size == "large")  # where songs tie at the end of a pool, an index gives any of them


@pytest.mark.parametrize("column", ["words", "stems", "sounds", "about_stems", "title_words"])
def test_full_text_scores_are_those_of_one_library(
    one: Path, many: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    monkeypatch.setattr(search, "WARM_AFTER", 10**9)
    here, there = Store.open(one), Store.open(many)
    for number in range(0, SONGS, 97):
        song = made(number)
        rows = here.passage_column(column, here.keys([song.id])) if column in ("words", "stems", "sounds") else None
        terms = (rows[column].to_pylist()[0] if rows else f"{song.title} only{number % 700}").split()[:5]
        wanted, found = (store.match(column, terms, where=None, limit=40) for store in (here, there))
        assert np.allclose(found.scores, wanted.scores, rtol=1e-5, atol=1e-6)
        certain = wanted.scores > wanted.scores.min(initial=99) * (1 + 1e-5)
        assert set(wanted.keys[certain]) <= set(found.keys)


def test_a_store_in_shards_gives_every_row_of_the_one(one: Path, many: Path) -> None:
    here, there = Store.open(one), Store.open(many)
    assert there.counts() == here.counts()
    assert there.read(["id", "digest", "w_year", "w_genre"]).equals(here.read(["id", "digest", "w_year", "w_genre"]))
    keys = here.catalogue()[0][::37]
    assert there.songs(keys, lyrics=True) == here.songs(keys, lyrics=True)
    assert there.passages(keys) == here.passages(keys)
    assert there.texts(keys) == here.texts(keys)
    assert (there.exact("passages").vectors == here.exact("passages").vectors).all()


def test_rows_are_found_by_their_ids_once_a_library_is_asked_often(one: Path, many: Path) -> None:
    here, there = Store.open(one), Store.open(many)
    keys = here.catalogue()[0][::101]
    for _ in range(row_ids.KNOWN_AFTER + 2):
        found = there.songs(keys[:2])
    assert found == here.songs(keys[:2])
    assert there.songs(keys) == here.songs(keys)


def test_songs_lie_where_their_ids_say_and_nowhere_else(many: Path) -> None:
    for shard in range(SHARDS):
        ids = Store.open(many / f"shard-{shard}").read(["id"])["id"].to_pylist()
        assert {home(name, SHARDS) for name in ids} == {shard}
        assert SONGS / SHARDS * 0.8 < len(ids) < SONGS / SHARDS * 1.2


def test_only_what_changed_is_copied_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*LOAD, use(ToyEncoder()))
    source, place = tmp_path / "one", tmp_path / "many"
    songs = [made(number) for number in range(60)]
    Library.add(songs, source)
    split_into(place, 2, library=source)
    assert split_into(place, library=source) == Split(2, 60, 0, 0)
    Library.add([replace(songs[7], title="Another title"), replace(made(99), features={"energy": 0.5})], source)
    Library.remove(["s3", "s4"], source)
    assert split_into(place, library=source) == Split(2, 59, 2, 2)
    here, there = Store.open(source), Store.open(place)
    assert there.read(["id", "record", "f_energy"]).equals(here.read(["id", "record", "f_energy"]))
    assert there.counts() == here.counts()
    for terms in (["only3"], ["only7", "bay"], ["another"]):
        for column in ("words", "title_words"):
            wanted = search.HeldText(_rows(here, column), column)._postings.scores(terms)
            found = there.match(column, terms, where=None, limit=60)
            assert np.allclose(found.scores.max(initial=0), wanted.max(initial=0), rtol=1e-5)


def _rows(store: Store, column: str) -> Any:
    return store.read([column]) if column == "title_words" else store.passage_column(column)


def test_what_users_decide_at_the_shards_stays_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(*LOAD, use(ToyEncoder()))
    source, place = tmp_path / "one", tmp_path / "many"
    Library.add([made(number) for number in range(20)], source)
    Library.open(source).exclude("genre:jazz")
    split_into(place, 2, library=source)
    assert len(Library.open(place).exclusions()) == 1
    Library.open(place).exclude("genre:pop")
    Library.add([made(30)], source)
    split_into(place, library=source)
    assert len(Library.open(place).exclusions()) == 2


def test_shards_are_not_written_to_and_say_where_to_write(many: Path, one: Path) -> None:
    for write in (lambda: Library.add([made(1)], many, encoder=ToyEncoder()), lambda: Library.remove(["s1"], many)):
        with pytest.raises(StoreError, match=f"is in shards, which are only read; .*songkin shard .* -L {one}"):
            write()


def test_shards_are_not_exported_and_say_what_to_export(many: Path, one: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=f"is in shards, which are copies; export .* -L {one}$"):
        export(many, tmp_path / "many.songkin")
    assert list(tmp_path.iterdir()) == []


def test_the_room_of_shards_is_that_of_all_their_tables(many: Path) -> None:
    spent = upkeep(many)
    assert spent is not None
    assert sum(spent) == sum(path.stat().st_size for path in many.rglob("*.lance/**/*") if path.is_file())


@pytest.mark.parametrize("step", ["_settle", "_finish"])
def test_a_split_that_was_stopped_goes_on_into_another_number_of_shards(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Library.add([made(number) for number in range(40)], tmp_path / "one", encoder=ToyEncoder())

    def stopped(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(splitting, step, stopped)
        with pytest.raises(KeyboardInterrupt):
            split_into(tmp_path / "many", 2, library=tmp_path / "one")
    assert not Store.exists(tmp_path / "many")
    split_into(tmp_path / "many", 3, library=tmp_path / "one")
    assert Store.open(tmp_path / "many").counts() == Store.open(tmp_path / "one").counts()
    for at in range(3):
        held = Store.open(tmp_path / "many" / f"shard-{at}").tables
        names = held.run(held.songs.query().select(["id"]).to_arrow())["id"].to_pylist()
        assert {home(name, 3) for name in names} == {at}


def test_what_cannot_be_split_says_why(many: Path, one: Path, tmp_path: Path) -> None:
    cases = {
        "is in 3 shards, and a song's shard goes by their number": (many, 4, one),
        "is in shards itself": (tmp_path / "x", 2, many),
        "no shards there yet; say how many": (tmp_path / "x", None, one),
        "a library rests there that is not in shards": (one, 2, one),
        "no library here": (tmp_path / "x", 2, tmp_path / "none"),
        "an empty name is no place": ("", 2, one),
        "a library is split into 1 to 128": (tmp_path / "x", 1000, one),
    }
    for said, (place, shards, source) in cases.items():
        with pytest.raises(StoreError, match=said):
            split_into(place, shards, library=source)


def test_a_lost_part_is_told_and_made_again(tmp_path: Path) -> None:
    Library.add([made(number) for number in range(20)], tmp_path / "one", encoder=ToyEncoder())
    split_into(tmp_path / "many", 2, library=tmp_path / "one")
    for part in ("shard-1", "terms.lance"):
        shutil.rmtree(tmp_path / "many" / part)
        with pytest.raises(StoreError, match="many: "):
            Store.open(tmp_path / "many")
        split_into(tmp_path / "many", library=tmp_path / "one")
        assert Store.open(tmp_path / "many").counts() == Store.open(tmp_path / "one").counts()
