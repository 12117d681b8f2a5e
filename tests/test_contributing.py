"""The four plugs of CONTRIBUTING.md run as they stand there, and keep the laws of their kind."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from songkin.filters import parse
from songkin.library.preparing import encoded, prepared
from songkin.sources import Loss
from songkin.store import Store, writing
from songkin.testing import ChannelContract, EncoderContract, SourceContract, StageContract
from songkin.types import Query, Ranking, Song

PAGE = (Path(__file__).parent.parent / "CONTRIBUTING.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
SONGS = (
    Song("a", "Slow Tide", ("Mara Lind",), year=1994, genres=("folk",), description="a quiet song about the sea"),
    Song("b", "Slow Tide (Live)", ("Mara Lind",), year=1997, genres=("folk",), description="a quiet song, on a stage"),
    Song("c", "Night Tram", ("The Kerbs",), year=1995, genres=("punk",), description="a loud song about a city"),
    Song("d", "Untitled", description="nobody knows who made it"),
    Song("e", "Untitled", description="nor this one"),
)


def plugs() -> SimpleNamespace:
    """Run every block as a module and gather what they offer."""
    offered: dict[str, object] = {}
    for number, block in enumerate(BLOCKS):
        module = ModuleType(f"plug_{number}")
        exec(compile(block, f"CONTRIBUTING.md block {number + 1}", "exec"), module.__dict__)
        offered |= {name: getattr(module, name) for name in module.__all__}
    return SimpleNamespace(**offered)


PLUGS = plugs()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Keep five songs, encoded by the encoder of the page."""
    place = tmp_path_factory.mktemp("plugs") / "library"
    encoder = PLUGS.LetterPairs()
    with writing(place, dim=encoder.dim) as writer:
        writer.upsert(encoded([prepared(song) for song in SONGS], encoder))
        writer.finish()
    return Store.open(place)


def ids(store: Store, ranking: Ranking) -> list[str | None]:
    return store.ids(ranking.keys)


def test_there_is_one_block_for_each_kind_of_plug() -> None:
    assert len(BLOCKS) == 4
    assert all(ast.get_docstring(ast.parse(block)) for block in BLOCKS)


class TestTypedLists(SourceContract):
    read = PLUGS.read

    @pytest.fixture(autouse=True)
    def write(self, tmp_path: Path) -> None:
        self.path, self.damaged = tmp_path / "sound.txt", tmp_path / "damaged.txt"
        self.path.write_text("Mara Lind - Slow Tide\n\nThe Kerbs - Night Tram\n", encoding="utf-8")
        self.damaged.write_text("Mara Lind - Slow Tide\nno dash here\nThe Kerbs - Night Tram\n", encoding="utf-8")

    def test_a_line_is_a_song_and_a_line_without_a_dash_is_told(self) -> None:
        arrived, losses = self.arrive(self.damaged)
        assert [song.name for song in arrived] == ["Mara Lind - Slow Tide", "The Kerbs - Night Tram"]
        assert losses == [Loss("damaged.txt:2", "no ' - ' between artist and title")]


class TestLetterPairs(EncoderContract):
    encoder = PLUGS.LetterPairs()

    def test_texts_that_share_letter_pairs_lie_nearer(self) -> None:
        sea, seas, tram = self.encoder.encode_songs(["the sea", "the seas", "a tram"])
        assert sea @ seas > sea @ tram


class TestEra(ChannelContract):
    @pytest.fixture(autouse=True)
    def open(self, store: Store) -> None:
        self.store, self.channel = store, PLUGS.Era(store)
        self.songs = dict(zip(store.keys([song.id for song in SONGS]).tolist(), SONGS, strict=True))
        self.punk = parse("genre:punk", store.features())
        self.queries = (Query.of("from 1994"), Query.of("about 1994", where=self.punk), Query.of("no year"))

    def test_songs_near_the_year_come_best_first(self) -> None:
        assert ids(self.store, self.channel(Query.of("something from 1994"), 10)) == ["a", "c", "b"]

    def test_it_is_silent_without_a_year_and_holds_the_condition(self) -> None:
        assert len(self.channel(Query.of("something"), 10)) == 0
        assert ids(self.store, self.channel(Query.of("about 1994", where=self.punk), 10)) == ["c"]


class TestOneVersion(StageContract):
    @pytest.fixture(autouse=True)
    def open(self, store: Store) -> None:
        self.store, self.stage = store, PLUGS.OneVersion(store)
        self.rankings = (Ranking.of(store.keys(["b", "a", "c", "d", "e"]), [0.9, 0.8, 0.7, 0.6, 0.5]), Ranking.empty())

    def test_the_best_version_stays_and_songs_without_artists_all_do(self) -> None:
        assert ids(self.store, self.stage(self.rankings[0], Query())) == ["b", "c", "d", "e"]
