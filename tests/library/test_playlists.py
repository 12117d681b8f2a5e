"""The laws of playlists, and what is saved of them."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playlist_songs import SONGS, made, song

from songkin.errors import QueryError
from songkin.filters import parse
from songkin.library import Library
from songkin.library.playlists import Playlists, Wish
from songkin.library.playlists.keeping import KIND
from songkin.search.playlists.fitting import tolerance
from songkin.store.state import Decision, State
from songkin.testing import ToyEncoder
from songkin.types import Playlist, Song

WHERES = ("", "genre:folk,rock", "year:1980..", '-artist:"Artist 3"', "energy:0.2..")
SLOW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    opened: Library = made(tmp_path_factory.mktemp("playlists") / "L")
    opened.exclude('artist:"Artist 5"', user="anna")
    return opened


@pytest.fixture
def own(tmp_path: Path) -> Library:
    opened: Library = made(tmp_path / "own")
    return opened


def songs_of(playlist: Playlist) -> list[Song]:
    return [hit.song for hit in playlist.hits]


def ids(playlist: Playlist) -> list[str]:
    return [hit.song.id for hit in playlist.hits]


def made_or_no_path(library: Library, wish: Wish) -> Playlist | None:
    try:
        return library.playlists.make(wish)
    except QueryError as error:
        if not str(error).startswith("no path"):
            raise
        return None


def nearest(songs: list[Song], name: str) -> float:
    """The fewest songs between two that share an artist, or artist and album; infinite where none do."""
    last: dict[Any, int] = {}
    least = math.inf
    for at, one in enumerate(songs):
        key = one.artists if name == "artist" else (one.artists, one.album)
        least = min(least, at - last[key] - 1 if key in last else math.inf)
        last[key] = at
    return least


@st.composite
def wishes(draw: st.DrawFn) -> Wish:
    """Any wish that names songs which are there."""
    names = [f"p{number}" for number in draw(st.lists(st.integers(0, SONGS - 1), min_size=4, max_size=4, unique=True))]
    own: dict[str, Any] = {}
    kind = draw(st.sampled_from(("path", "text", "arc", "like", "radio")))
    if kind == "path":
        own = {"start": names[0], "end": names[1], "via": tuple(names[2 : 2 + draw(st.integers(0, 2))])}
    elif kind == "text":
        own = {"text": draw(st.sampled_from(("a song about rain", "ocean and winter", "engine")))}
    elif kind == "like":
        own = {"like": (names[0], names[1]), "unlike": (names[2],)}
    elif kind == "radio":
        own = {"start": names[0]}
    if kind == "arc" or draw(st.booleans()):
        own["arc"] = draw(st.sampled_from(("energy:rise", "valence:0.8..0.1", "year:dip", "energy:peak")))
    own |= draw(
        st.fixed_dictionaries(
            {},
            optional={
                "songs": st.integers(3, 25),
                "minutes": st.integers(12, 60).map(float),
                "where": st.sampled_from(WHERES),
                "artist_gap": st.integers(0, 5),
                "album_gap": st.integers(0, 3),
                "per_artist": st.integers(1, 3),
                "floor": st.sampled_from((0.1, 0.3)),
                "language": st.sampled_from(("en", "english")),
                "user": st.sampled_from(("", "anna")),
            },
        )
    )
    return Wish(**own)


@SLOW
@given(wish=wishes())
def test_the_laws_of_playlists(library: Library, wish: Wish) -> None:
    playlist = made_or_no_path(library, wish)
    if playlist is None:
        return
    songs, said = songs_of(playlist), " ".join(playlist.notes)
    assert len(set(ids(playlist))) == len(songs), "no song twice"
    _keeps_its_anchors(wish, ids(playlist))
    for text in filter(None, (wish.where, f"language:{wish.language[:2]}" if wish.language else "")):
        term = parse(text, library.store.features())
        assert term is not None
        assert all(term.matches(one) for one in songs)
    assert wish.user != "anna" or not any("Artist 5" in one.artists for one in songs), "exclusions hold"
    if wish.floor is not None:
        assert all(hit.score >= wish.floor - 1e-6 for hit in playlist.hits if hit.song.id != wish.start)
    if wish.per_artist and not wish.via and not wish.end:
        assert all(sum(one.artists == other.artists for other in songs) <= wish.per_artist for one in songs)
    if wish.artist_gap and nearest(songs, "artist") < wish.artist_gap:
        assert "one artist cannot be kept" in said
    if wish.album_gap and nearest(songs, "album") < wish.album_gap:
        assert "one album cannot be kept" in said
    _lasts_as_wished(library, wish, playlist)
    for hit in playlist.hits:
        assert hit.reasons, "every song has a reason"
        assert 0 <= hit.score <= 1
        assert sum(reason.share for reason in hit.reasons) == pytest.approx(1.0, abs=1e-3)


def _keeps_its_anchors(wish: Wish, found: list[str]) -> None:
    if wish.start:
        assert found[0] == wish.start
    if wish.end:
        assert found[-1] == wish.end
    assert [name for name in found if name in wish.via] == list(wish.via), "waypoints are passed in order"


def _lasts_as_wished(library: Library, wish: Wish, playlist: Playlist) -> None:
    said = " ".join(playlist.notes)
    if wish.minutes is not None:
        typical = 263.0  # the median of the lengths there are
        lasts = sum(typical if one.duration_s is None else one.duration_s for one in songs_of(playlist))
        if abs(lasts - 60 * wish.minutes) > tolerance(60 * wish.minutes) + 1:
            assert "it lasts" in said
        if any(one.duration_s is None for one in songs_of(playlist)):
            assert "have no length, counted as 4:23" in said
    elif wish.songs is not None and len(playlist.hits) < wish.songs:
        assert "were found" in said
    if wish.songs is not None:
        assert len(playlist.hits) <= max(wish.songs, len(wish.via) + 2)


def test_the_same_wish_gives_the_same_playlist(library: Library) -> None:
    wish = Wish(start="p1", end="p40", songs=9, arc="energy:rise")
    assert ids(library.playlists.make(wish)) == ids(library.playlists.make(wish))


# -- paths -------------------------------------------------------------------------------------------------------------


def test_songs_of_a_path_come_nearer_to_its_end(library: Library) -> None:
    playlist = library.playlists.make(Wish(start="p0", end="p89", songs=10))
    places = [reason.words for hit in playlist.hits[1:-1] for reason in hit.reasons if reason.channel == "path"]
    assert places[0].startswith("between Rain Number 0 and Candle Number 89, nearer Rain Number 0")
    assert places[-1].startswith("between Rain Number 0 and Candle Number 89, nearer Candle Number 89")
    assert (playlist.hits[0].score, playlist.hits[-1].score) == (1.0, 1.0)
    assert [hit.reasons[0].words for hit in (playlist.hits[0], playlist.hits[-1])] == ["it begins here", "it ends here"]


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish(start="p1", end="p1"), "no path: Artist 1 - Train Number 1 is named twice"),
        (Wish(start="p1", end="p2", via=("p1",)), "is named twice"),
        (Wish(start="p1", end="p2", where="genre:folk"), r"does not meet the conditions \(genre is folk\)"),
        (Wish(start="p5", end="p2", user="anna"), "Artist 5 - Kitchen Number 5 is excluded"),
        (Wish(start="p1", end="p2", floor=0.99), r"no song reaches the floor of 0.99, the nearest 0\.\d+; ask for"),
        (Wish(start="nosuch", end="p2"), "no song here is called 'nosuch'"),
    ],
)
def test_a_path_that_is_none_says_why_and_the_cure(library: Library, wish: Wish, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        library.playlists.make(wish)


def test_the_floor_named_in_the_cure_makes_a_path(library: Library) -> None:
    with pytest.raises(QueryError) as error:
        library.playlists.make(Wish(start="p1", end="p2", floor=0.99, songs=3))
    floor = float(str(error.value).partition("ask for a floor of ")[2].partition(",")[0])
    assert len(library.playlists.make(Wish(start="p1", end="p2", floor=floor, songs=3)).hits) == 3


def test_a_path_with_too_few_songs_is_short_and_keeps_its_ends(library: Library) -> None:
    playlist = library.playlists.make(Wish(start="p1", end="p2", songs=20, where="id:p1,p2,p3,p4"))
    assert (ids(playlist)[0], ids(playlist)[-1], len(playlist.hits)) == ("p1", "p2", 4)
    assert "4 of the 20 songs asked for were found; the conditions leave no more" in playlist.notes


# -- arcs, floors, conditions ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shape", "signs"), [("rise", (1, 1)), ("fall", (-1, -1)), ("peak", (1, -1)), ("dip", (-1, 1))]
)
def test_a_feature_follows_its_arc(library: Library, shape: str, signs: tuple[int, int]) -> None:
    songs = songs_of(library.playlists.make(Wish(arc=f"energy:{shape}", songs=11)))
    values = [one.features["energy"] for one in songs]
    halves = (values[:6], values[5:])
    for half, sign in zip(halves, signs, strict=True):
        steps = [sign * (later - earlier) for earlier, later in pairwise(half)]
        assert sum(steps) > 0.4
        assert min(steps) > -0.1, "it hardly ever turns back"


def test_an_arc_by_values_says_what_it_wants(library: Library) -> None:
    playlist = library.playlists.make(Wish(arc="energy:0.2..0.8", songs=3))
    wanted = [hit.reasons[0].words.partition("where the arc wants ")[2] for hit in playlist.hits]
    assert wanted == [".20", ".50", ".80"]
    assert "9 of 90 songs have no energy; the arc leaves them out" in playlist.notes


@pytest.mark.parametrize(
    ("arc", "said"),
    [
        ("energi:rise", "did you mean 'energy'"),
        ("energy", "has no shape"),
        ("energy:up", "is none of rise, fall, peak, dip"),
        ("energy:0.2..nan", "is no arc"),
        ("title:rise", "no arc can go over 'title'"),
    ],
)
def test_an_arc_that_is_none_says_what_one_is(library: Library, arc: str, said: str) -> None:
    with pytest.raises(QueryError, match=said):
        library.playlists.make(Wish(arc=arc))


def test_a_floor_without_a_number_takes_all_that_reach_it(library: Library) -> None:
    low, high = (library.playlists.make(Wish(text="rain", floor=floor)).hits for floor in (0.2, 0.6))
    assert len(low) > len(high) > 0
    assert min(hit.score for hit in high) >= 0.6


def test_a_condition_alone_makes_a_playlist(library: Library) -> None:
    playlist = library.playlists.make(Wish(where="genre:jazz", songs=8))
    assert len(playlist.hits) == 8
    assert {hit.reasons[0].words for hit in playlist.hits} == {"meets: genre is jazz"}


def test_no_song_that_fits_gives_an_empty_playlist_and_notes(library: Library) -> None:
    playlist = library.playlists.make(Wish(text="rain", where="year:3000.."))
    assert playlist.hits == ()
    assert any("were found" in note for note in playlist.notes)


def test_an_empty_wish_and_a_bare_floor_mean_nothing(library: Library) -> None:
    with pytest.raises(QueryError, match="the playlist's wish is empty"):
        library.playlists.make(Wish(minutes=45))
    with pytest.raises(QueryError, match="a floor needs something to compare"):
        library.playlists.make(Wish(where="genre:folk", floor=0.5))


def test_a_gap_that_can_be_kept_is_kept(library: Library) -> None:
    where = 'artist:"Artist 1","Artist 2","Artist 3"'
    playlist = library.playlists.make(Wish(where=where, songs=18, artist_gap=2))
    assert nearest(songs_of(playlist), "artist") >= 2
    assert not [note for note in playlist.notes if "cannot be kept" in note]


def test_a_playlist_of_one_artist_cannot_keep_a_gap_and_says_so(library: Library) -> None:
    playlist = library.playlists.make(Wish(where='artist:"Artist 1"', songs=5, artist_gap=1))
    assert "1 other between two songs of one artist cannot be kept: 4 songs stand nearer" in " ".join(playlist.notes)


def test_words_are_understood(library: Library) -> None:
    playlist = library.playlist("folk songs about rain", songs=5)
    assert "folk" in playlist.understood
    assert all("folk" in one.genres for one in songs_of(playlist))


# -- saving ------------------------------------------------------------------------------------------------------------


def saved(library: Library, name: str = "evening", **wish: Any) -> Playlists:
    own = Wish(**(wish or {"text": "rain", "songs": 6}))
    library.playlists.save(name, own, library.playlists.make(own))
    return library.playlists


def test_a_saved_playlist_opens_as_it_was(own: Library) -> None:
    lists = saved(own)
    first = lists.open("evening")
    again = Library.open(own.store.tables.place, encoder=ToyEncoder()).playlists.open("evening")
    assert again == first
    assert ids(first.playlist) == ids(lists.make(first.wish))
    assert first.playlist.hits[0].reasons == lists.make(first.wish).hits[0].reasons
    assert [one.name for one in lists.all()] == ["evening"]


def test_a_saved_playlist_is_made_again_when_songs_came(own: Library) -> None:
    saved(own)
    before = ids(own.playlists.open("evening").playlist)
    more = replace(
        song(0), id="new", title="Rain Rain Rain", artists=("Newcomer",), genres=("rain",), description="rain"
    )
    Library.add([more], own.store.tables.place, encoder=ToyEncoder())
    own.refresh()
    assert ids(own.playlists.open("evening", refresh=False).playlist) == before
    opened = own.playlists.open("evening")
    assert "new" in ids(opened.playlist)
    assert opened.refreshed_at > opened.saved_at
    assert ids(own.playlists.open("evening", refresh=False).playlist) == ids(opened.playlist)


def test_what_is_excluded_since_is_not_shown(own: Library) -> None:
    saved(own)
    gone = ids(own.playlists.open("evening").playlist)[0]
    own.exclude(f"id:{gone}")
    assert gone not in ids(own.playlists.open("evening", refresh=False).playlist)
    fresh = own.playlists.open("evening")
    assert gone not in ids(fresh.playlist)
    assert len(fresh.playlist.hits) == 6, "another song took its place"


def test_songs_that_are_gone_are_left_out_and_counted(own: Library) -> None:
    saved(own)
    first = ids(own.playlists.open("evening").playlist)[0]
    Library.remove([first], own.store.tables.place)
    own.refresh()
    stale = own.playlists.open("evening", refresh=False).playlist
    assert "1 of its songs is no longer in the library" in stale.notes
    assert len(own.playlists.open("evening").playlist.hits) == 6


def test_a_playlist_that_cannot_be_made_again_keeps_its_songs(own: Library) -> None:
    saved(own, start="p1", end="p2", songs=5)
    Library.remove(["p2"], own.store.tables.place)
    own.refresh()
    [stale] = own.playlists.refresh("evening")
    assert len(stale.playlist.hits) == 4
    assert "it was not made again: no song here is called 'p2'" in " ".join(stale.playlist.notes)


def test_songs_placed_by_hand_stay_and_songs_taken_out_stay_out(own: Library) -> None:
    saved(own)
    first, second, *rest = ids(own.playlists.open("evening").playlist)
    edited = own.playlists.edit("evening", [second, "p44", *rest])
    assert edited.pinned == ("p44",)
    assert edited.dropped == (first,)
    [fresh] = own.playlists.refresh("evening")
    assert ids(fresh.playlist)[1] == "p44"
    assert first not in ids(fresh.playlist)
    assert fresh.playlist.hits[1].reasons[0].words == "put here by hand"
    moved = own.playlists.edit("evening", [*ids(fresh.playlist)[1:], ids(fresh.playlist)[0]])
    assert moved.pinned == ("p44", ids(fresh.playlist)[0]), "one song was moved, the others were not"
    assert ids(own.playlists.refresh("evening")[0].playlist)[-1] == ids(fresh.playlist)[0]


def test_a_hand_that_names_no_song_or_one_twice_is_told(own: Library) -> None:
    lists = saved(own)
    with pytest.raises(QueryError, match="no song here has the id 'nosuch'"):
        lists.edit("evening", ["p1", "nosuch"])
    with pytest.raises(QueryError, match="'p1' is in the playlist twice"):
        lists.edit("evening", ["p1", "p1"])
    assert lists.edit("evening", []).playlist.hits == ()


def test_playlists_belong_to_who_saved_them(own: Library) -> None:
    lists = saved(own, "shared")
    mine = Wish(text="ocean", songs=3)
    lists.save("shared", mine, lists.make(mine), user="anna")
    lists.save("private", mine, lists.make(mine), user="anna")
    assert [(one.name, one.user) for one in lists.all(user="anna")] == [
        ("shared", ""),
        ("shared", "anna"),
        ("private", "anna"),
    ]
    assert [one.name for one in lists.all(user="bob")] == ["shared"]
    assert lists.open("shared", user="anna").wish.text == "ocean"
    assert lists.open("shared", user="bob").wish.text == "rain"
    with pytest.raises(QueryError, match="no playlist is called 'private'"):
        lists.open("private", user="bob")
    with pytest.raises(QueryError, match="is the library's"):
        lists.drop("shared", user="bob")
    lists.drop("shared", user="anna")
    assert lists.open("shared", user="anna").wish.text == "rain"


def test_a_name_is_kept_as_one_can_type_it_again(own: Library) -> None:
    lists, wish = own.playlists, Wish(text="rain", songs=2)
    assert lists.save("  late\n night ", wish, lists.make(wish)).name == "late night"
    for name in ("", " \n", "x" * 300, "a\x1b[31m"):
        with pytest.raises(QueryError, match="is no name for a playlist"):
            lists.save(name, wish, lists.make(wish))
    with pytest.raises(QueryError, match="did you mean 'late night'"):
        lists.open("late nigt")


def test_a_row_that_cannot_be_read_spoils_no_others(own: Library) -> None:
    lists = saved(own)
    State(own.store.tables).put(Decision("", KIND, "future", '{"wish": {"mood": "blue"}}'))
    assert [one.name for one in lists.all()] == ["evening", "future"]
    assert "cannot be read" in lists.open("future").playlist.notes[0]
    assert lists.refresh("future")[0].playlist.hits == ()
    lists.drop("future")
    assert [one.name for one in lists.all()] == ["evening"]


def test_songs_chosen_by_hand_are_a_playlist_of_their_own(own: Library) -> None:
    lists = own.playlists
    kept = lists.keep("mine", ["p3", "p1", "p2"])
    assert (kept.ids, kept.pinned, kept.wish) == (("p3", "p1", "p2"), ("p3", "p1", "p2"), Wish())
    assert lists.refresh("mine")[0].ids == kept.ids
    own.exclude("id:p1")
    assert lists.open("mine").ids == ("p3", "p2"), "what is excluded is not shown"
    own.include("id:p1")
    assert lists.keep("mine", ["p1", "p2"]).dropped == (), "it takes the place of the other, whole"
    assert lists.open("mine").ids == ("p1", "p2")
    with pytest.raises(QueryError, match="no song here has the id"):
        lists.keep("other", ["nosuch"])


def test_who_edits_may_say_which_songs_are_pinned(own: Library) -> None:
    lists = saved(own)
    first, *rest = lists.open("evening").ids
    edited = lists.edit("evening", [*rest, first], pinned=[rest[0]])
    assert edited.pinned == (rest[0],)
    assert lists.refresh("evening")[0].ids[0] == rest[0]


def test_what_is_dropped_while_it_is_made_again_stays_dropped(own: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    lists = saved(own)
    made_again = lists._made

    def slow(*told: Any, **more: Any) -> Playlist:
        lists.drop("evening")
        return made_again(*told, **more)

    monkeypatch.setattr(lists, "_made", slow)
    assert len(lists.refresh("evening")[0].ids) == 6
    assert lists.all() == []
