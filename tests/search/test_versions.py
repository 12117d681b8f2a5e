"""Versions of one song are shown as one, reversibly, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from search_songs import Shelf, counted, shelved

from songkin.filters import Between, Is
from songkin.library import Library
from songkin.search import Versions
from songkin.store import writing
from songkin.testing import StageContract
from songkin.types import Lyrics, Query, Ranking, Song

FERRY = """The last ferry leaves at a quarter to nine
Lanterns are swinging along the line
My coat full of gravel, my pocket of rain
I wave at the window that waves back again"""
GULLS = "Gulls over chimneys, a bakery door\nFlour on the counter and sand on the floor\nNever so early before"
SONGS = (
    Song("ferry", "Late Ferry", ("Grey Hulls",), year=1994, lyrics=Lyrics(FERRY, language="en")),
    Song("live", "Late Ferry (Live)", ("The Grey Hulls",), year=2001, lyrics=Lyrics(f"Hello\n{FERRY}", language="en")),
    Song("demo", "Late Ferry - Demo", ("Grey Hulls",), year=1993),
    Song("cover", "Late Ferry", ("Ada Moss",), year=2010, lyrics=Lyrics(FERRY, language="en")),
    Song("namesake", "Late Ferry", ("Bo Lux",), year=2012, lyrics=Lyrics(GULLS, language="en")),
    Song("orphan", "Late Ferry", lyrics=Lyrics(FERRY, language="en")),
    Song("intro1", "Intro", ("Grey Hulls",), duration_s=60.0),
    Song("intro2", "Intro", ("Grey Hulls",), duration_s=60.0),
    Song("blank"),
    Song("blank2", "", ("Grey Hulls",)),
)
IDS = tuple(song.id for song in SONGS)
GROUP = {"ferry", "live", "demo", "cover"}
EVEN = dict.fromkeys(IDS, 1.0)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("versions") / "library"


@pytest.fixture(scope="module")
def pier(place: Path) -> Shelf:
    return shelved(place, SONGS)


class TestVersions(StageContract):
    queries = (Query(), Query(grouped=False), Query(like=("live",)), Query(unlike=("nobody", "cover")))

    @pytest.fixture(autouse=True)
    def library(self, pier: Shelf) -> None:
        self.stage = Versions(pier.store)
        self.rankings = (pier.ranking(**EVEN), pier.ranking(live=0.9, ferry=0.8), Ranking.of([404], [1.0]))


def test_songs_are_grouped_by_what_they_sing_and_namesakes_stay_apart(pier: Shelf) -> None:
    groups = dict(zip(IDS, Versions(pier.store).groups(pier.keys(*IDS)).tolist(), strict=True))
    assert {name for name, group in groups.items() if group == groups["ferry"]} == GROUP
    assert all(groups[name] == pier.key(name) for name in set(IDS) - GROUP)


def test_the_best_ranked_version_is_shown(pier: Shelf) -> None:
    ranking = pier.ranking(live=0.9, namesake=0.85, ferry=0.8, orphan=0.7, demo=0.6)
    assert pier.ids(Versions(pier.store)(ranking, Query())) == ["live", "namesake", "orphan"]


def test_ungrouped_shows_each_by_itself(pier: Shelf) -> None:
    ranking = pier.ranking(**EVEN)
    assert Versions(pier.store)(ranking, Query(grouped=False)) is ranking


def test_versions_of_a_seed_are_left_out_and_a_namesake_is_not(pier: Shelf) -> None:
    for query in (Query(like=("demo",)), Query(unlike=("demo",))):
        assert pier.ids(Versions(pier.store)(pier.ranking(live=0.9, cover=0.8, namesake=0.1), query)) == ["namesake"]


def test_an_id_that_no_song_has_asks_for_no_comparing(pier: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    stage = Versions(pier.store)
    monkeypatch.setattr(pier.store, "passage_column", lambda *_: pytest.fail("songs were compared for an unknown id"))
    assert stage.groups(pier.store.keys(["nobody"])).tolist() == [-1]


def test_the_others_are_named_in_the_library_not_only_in_the_ranking(pier: Shelf) -> None:
    versions = Versions(pier.store)
    told = versions.others(pier.keys("live", "namesake", "blank"))
    assert [set(own) for own in told] == [GROUP - {"live"}, set(), set()]
    assert versions.others([404]) == [()]
    assert versions.others([]) == []


def test_versions_that_do_not_meet_the_condition_are_not_named(pier: Shelf) -> None:
    assert set(Versions(pier.store).others(pier.keys("live"), Between("year", 1994.0, 2001.0))[0]) == {"ferry"}


def test_a_title_that_no_other_song_shares_is_not_looked_into(pier: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    versions = Versions(pier.store)
    monkeypatch.setattr(pier.store, "passage_column", lambda *_: pytest.fail("songs of one title each were compared"))
    assert versions.first(pier.keys("ferry", "intro1", "blank", "blank2")).all()
    assert versions.first(np.array([404, -1])).all()


def test_many_versions_at_the_top_do_not_hide_what_is_below(pier: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songkin.search.versions.LOOKED_AT", 4)
    ranking = pier.ranking(live=0.9, ferry=0.8, cover=0.7, demo=0.6, namesake=0.5, intro1=0.4)
    shown = pier.ids(Versions(pier.store)(ranking, Query(k=1)))
    assert shown == ["live", "namesake", "intro1"]  # of the first four one is left, so it looks further


def test_under_a_title_of_very_many_only_the_artists_own_are_compared(
    pier: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.search.versions.COVERS_AMONG", 3)  # "Late Ferry" has six songs, "Intro" two
    versions = Versions(pier.store)
    with counted(pier.store, "songs") as calls:
        assert versions.others(pier.keys("live")) in ([("ferry", "demo")], [("demo", "ferry")])
        assert versions.others(pier.keys("cover", "orphan", "namesake")) == [(), (), ()]
    assert calls == {"songs": 1}, "who is alone is not read"
    groups = dict(zip(IDS, versions.groups(pier.keys(*IDS)).tolist(), strict=True))
    assert {name for name, group in groups.items() if group == groups["ferry"]} == GROUP - {"cover"}
    assert groups["intro1"] != groups["intro2"], "intros say nothing, crowded or not"


def test_titles_are_looked_into_once(pier: Shelf) -> None:
    versions = Versions(pier.store)
    with counted(pier.store, "songs", "song_stems") as calls:
        for _ in range(3):
            versions.groups(pier.keys(*IDS))
    assert calls == {"songs": 1, "song_stems": 1}


def test_what_another_process_adds_is_seen_after_a_refresh(tmp_path: Path) -> None:
    shelf = shelved(tmp_path / "library", SONGS[:1])
    versions = Versions(shelf.store)
    assert versions.others(shelf.keys("ferry")) == [()]
    shelved(tmp_path / "library", SONGS[1:2])
    shelf.store.refresh()
    assert versions.others(shelf.keys("ferry")) == [("live",)]
    with writing(tmp_path / "library", dim=64) as writer:
        writer.remove(["live"])
    shelf.store.refresh()
    assert versions.others(shelf.keys("ferry")) == [()]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(some.dictionaries(some.sampled_from(IDS), some.floats(0, 1, width=32), min_size=1))
def test_one_of_each_group_is_kept_the_best_and_the_rest_is_named(pier: Shelf, scores: dict[str, float]) -> None:
    ranking, versions = pier.ranking(**scores), Versions(pier.store)
    shown = versions(ranking, Query())
    groups = versions.groups(ranking.keys)
    assert len(shown) == len(np.unique(groups))
    assert versions.groups(shown.keys).tolist() == list(dict.fromkeys(groups.tolist()))
    named = {name for own in versions.others(shown.keys) for name in own}
    assert set(scores) <= named | set(pier.ids(shown))


def test_an_empty_library_has_no_versions(empty: Shelf) -> None:
    versions = Versions(empty.store)
    assert versions.groups([3]).tolist() == [3]
    assert versions.others([3]) == [()]


# -- through the library -----------------------------------------------------------------------------------------------


@pytest.fixture
def library(pier: Shelf) -> Library:
    opened = Library(pier.store, encoder=pier.encoder)
    opened.__dict__["encoder"] = pier.encoder
    return opened


def test_an_answer_shows_one_version_and_names_the_others(library: Library) -> None:
    found = {hit.song.id: set(hit.versions) for hit in library.search("late ferry lanterns", k=10).hits}
    (shown,) = found.keys() & GROUP
    assert found[shown] == GROUP - {shown}
    apart = library.search("late ferry lanterns", k=10, grouped=False).hits
    assert {hit.song.id for hit in apart} >= GROUP
    assert not any(hit.versions for hit in apart)


def test_a_line_is_found_once_and_k_songs_are_filled(library: Library) -> None:
    hits = library.line("lanterns are swinging along the line", k=2).hits
    assert [len({hit.song.id} & GROUP) for hit in hits].count(1) == 1
    assert {hit.song.id for hit in hits} - GROUP == {"orphan"}
    assert len(library.line("lanterns are swinging along the line", grouped=False, k=9).hits) >= 4


def test_batches_group_as_answers_do(library: Library) -> None:
    for lines, text in ((False, "late ferry lanterns"), (True, "lanterns are swinging along the line")):
        grouped, apart = library.batch([Query(text, k=9), Query(text, k=9, grouped=False)], lines=lines)
        assert len({one.id for one in grouped} & GROUP) == 1
        assert len({one.id for one in apart} & GROUP) >= 3
        assert {name for one in grouped for name in one.versions} | {one.id for one in grouped} >= GROUP


def test_similar_does_not_answer_with_the_seed_sung_live(library: Library) -> None:
    assert not {hit.song.id for hit in library.similar("ferry", k=9).hits} & GROUP
    assert {hit.song.id for hit in library.similar("ferry", k=9, grouped=False).hits} & GROUP


def test_a_song_shown_under_another_version_has_the_rank_of_the_group(library: Library) -> None:
    ranks = {name: library.explain(name, "late ferry lanterns").rank for name in sorted(GROUP - {"demo"})}
    assert len(set(ranks.values())) == 1
    apart = {name: library.explain(name, "late ferry lanterns", grouped=False).rank for name in ranks}
    assert len(set(apart.values())) == len(ranks)


def test_a_condition_chooses_which_version_is_shown(library: Library) -> None:
    answer = library.search("late ferry lanterns", where=Is("id", ("demo", "live")), k=9)
    assert len(answer.hits) == 1
    assert {answer.hits[0].song.id, *answer.hits[0].versions} == {"demo", "live"}
