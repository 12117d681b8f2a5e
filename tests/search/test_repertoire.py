"""Songs by all they sing: numbers worked out by hand, whole and from candidates, and what is told of it."""

from __future__ import annotations

import math

import numpy as np
import pyarrow as pa
import pytest
from search_songs import Shelf, shelved

from songkin.filters import Has
from songkin.search import repertoire
from songkin.search.meaning import beside, described, levelled
from songkin.search.repertoire import Repertoire, SungWords, sung_weights
from songkin.store import Matches
from songkin.text.words import sung_stems
from songkin.types import Lyrics, Query, Song

SUNG = {1: ["snow bell snow", "snow day"], 2: ["day bell", "day"], 3: ["night"]}  # the stems of each song's passages


def sung_words() -> SungWords:
    return SungWords(list(SUNG), pa.array(list(map(sung_stems, SUNG.values()))))


HYMN = "\n".join(  # two passages, both of which sing of sleighs
    f"{number} {line}"
    for line in ("sleigh bells at the door", "my love is on the road", "the sleigh is late tonight", "love is all")
    for number in ("one", "two", "three")
)
SLEIGHS = (
    Song("seed", "One", tags={"pop": 1.0}, lyrics=Lyrics(HYMN)),
    Song("winter", "Two", genres=("jazz",), lyrics=Lyrics("I hear sleigh bells and think of love\nwalking home")),
    Song("lover", "Three", lyrics=Lyrics("love love love\nlove is all, my love, my love")),
    *(Song(f"l{n}", f"Many {n}", lyrics=Lyrics(f"love and love again word{n}")) for n in range(6)),
    Song("stone", "Four", lyrics=Lyrics("gravel and glass")),
)


@pytest.fixture(scope="module")
def sleighs(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return shelved(tmp_path_factory.mktemp("sleighs") / "library", SLEIGHS)


def test_a_stem_counts_once_a_passage() -> None:
    weights = sung_weights(sung_stems(["snow bell snow", "snow day", ""]))
    assert weights == pytest.approx({"snow": 1 + math.log(2), "bell": 1, "day": 1})
    assert sung_weights("") == {}


def test_songs_are_scored_by_bm25_of_whole_songs() -> None:
    sung = sung_words()
    assert sung.keys.tolist() == [1, 2, 3]
    assert sung.usage.songs_with == {"snow": 1, "bell": 2, "day": 2, "night": 1}
    assert (sung.usage.songs, sung.usage.length) == (3, pytest.approx(8 / 3))  # 4, 3 and 1 stems, each once a passage
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    wanted = [rarity * 1 * 2.2 / (1 + 1.2 * 4 / (8 / 3)), rarity * 2 * 2.2 / (2 + 1.2 * 3 / (8 / 3)), 0]
    np.testing.assert_allclose(sung.scores({"day": 1.0}), wanted, rtol=1e-5)
    np.testing.assert_allclose(sung.scores({"day": 2.0, "fog": 1.0}), 2 * np.array(wanted), rtol=1e-5)


def test_no_shared_stem_and_no_songs_score_nothing() -> None:
    assert sung_words().scores({"fog": 1.0}).tolist() == [0, 0, 0]
    assert SungWords([], pa.array([], pa.string())).scores({"fog": 1.0}).tolist() == []
    assert SungWords([5], pa.array([""])).scores({"fog": 1.0}).tolist() == [0]


def test_a_stem_that_nobody_sings_is_the_rarest() -> None:
    usage = sung_words().usage
    assert usage.rarity("fog") > usage.rarity("night") > usage.rarity("day") > 0


def test_the_telling_words_of_a_seed_find_songs_before_the_common_ones(sleighs: Shelf) -> None:
    ids = sleighs.ids(sleighs.channels["words"](Query(like=("seed",), part="lyrics"), 300))
    assert ids[:2] == ["seed", "winter"]
    assert "stone" not in ids
    own = Repertoire(sleighs.store)
    told = list(own.telling(own.seed(Query(like=("seed",)))))
    assert told.index("sleigh") < told.index("love")


def test_a_song_from_outside_is_a_seed_like_one_of_the_library(sleighs: Shelf) -> None:
    lyrics = SLEIGHS[0].lyrics
    assert lyrics is not None
    inside, outside = Query(like=("seed",), part="lyrics"), Query(lyrics=lyrics.text, part="lyrics")
    own = Repertoire(sleighs.store)
    assert own.seed(outside) == own.seed(inside)
    assert own.seed(inside)["sleigh"] == pytest.approx(1 + math.log(2))
    assert own.seed(Query("sleigh")) == {}


def test_conditions_hold(sleighs: Shelf) -> None:
    own = Repertoire(sleighs.store)
    found = own.find(own.seed(Query(like=("seed",))), Has("genre", ("jazz",)), 10)
    assert sleighs.store.ids(found.keys) == ["winter"]


def test_candidates_of_a_large_library_score_as_all_songs_do(sleighs: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    own = Repertoire(sleighs.store)
    seed = own.seed(Query(like=("seed",)))
    whole = own.find(seed, None, 10)
    monkeypatch.setattr(repertoire, "HELD_PASSAGES", 3)
    some = own.find(seed, None, 10)
    assert some.keys.tolist() == whole.keys.tolist()
    np.testing.assert_allclose(some.scores, whole.scores, rtol=1e-5)
    assert sleighs.store.ids(own.find(seed, Has("genre", ("jazz",)), 10).keys) == ["winter"]


def test_a_seed_without_words_finds_nothing(sleighs: Shelf, empty: Shelf) -> None:
    assert len(Repertoire(sleighs.store).find({}, None, 10).keys) == 0
    assert Repertoire(empty.store).telling({}) == {}
    assert len(Repertoire(empty.store).find({"fog": 1.0}, None, 10).keys) == 0


def test_the_reason_names_the_telling_words_and_quotes_their_line(sleighs: Shelf) -> None:
    hit = next(h for h in sleighs.engine.answer(Query(like=("seed",))).hits if h.song.id == "winter")
    reason = next(reason for reason in hit.reasons if reason.channel == "words")
    assert reason.words in ("both sing: sleigh, bells", "both sing: bells, sleigh")  # not "love", which all sing
    assert reason.line == "I hear sleigh bells and think of love"


def test_seeds_set_no_scale() -> None:
    matches = Matches(np.array([7, 8, 9]), np.array([10, 4, 2], np.float32), np.full(3, -1, np.int32))
    seeds = np.array([7])
    assert beside(matches.keys, matches.scores, seeds) == 4
    assert beside(matches.keys[:1], matches.scores[:1], seeds) == 10
    np.testing.assert_allclose(levelled(matches, 10, seeds, 0.5).scores, [1.25, 0.5, 0.25])
    np.testing.assert_allclose(levelled(matches, 3, seeds).scores, [4, 1, 0])


def test_a_description_weighs_by_how_much_it_tells(sleighs: Shelf) -> None:
    assert described(sleighs.store, Query(like=("seed",))) == 1 / 8
    assert described(sleighs.store, Query(like=("seed", "winter", "stone"))) == pytest.approx(2 / 8 / 3)
    assert described(sleighs.store, Query("love")) == 1
