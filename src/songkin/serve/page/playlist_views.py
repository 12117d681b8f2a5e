"""What a view of a playlist shows: its songs in rows with why each is there, how long it lasts, and its arc."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from songkin.library.playlists import Saved, Wish
from songkin.serve.page.arc_picture import ArcPicture, ArcPoint, arc_picture
from songkin.serve.page.links import named_link
from songkin.serve.page.wish_forms import form_of, name_for
from songkin.serve.playlist_payload import value_of
from songkin.types import Playlist, Reason, Song

__all__ = ["Listed", "PlaylistView", "Row", "listed", "playlist_link", "playlist_view"]

FIRST = ("energy", "valence", "danceability", "tempo_bpm", "loudness_db")  # the features that are offered first
MORE = ("year", "duration_s")  # fields that hold a number as features do
SHOWN_FEATURES = 12
WANTED = re.compile(r"^(?P<feature>\S+) .* where the arc wants (?P<value>-?[\d.]+)$")


class Row(NamedTuple):
    """One song of a playlist: its place from 1 on, whether it is pinned, and why it is there."""

    place: int
    song: Song
    pinned: bool
    reasons: tuple[Reason, ...]


class PlaylistView(NamedTuple):
    """A playlist as it is shown; `unknown` songs have no length, `feature` is the one drawn ('' = none)."""

    name: str
    understood: str
    notes: tuple[str, ...]
    rows: tuple[Row, ...]
    seconds: float
    unknown: int
    feature: str
    features: tuple[str, ...]
    picture: ArcPicture | None
    form: dict[str, str]


class Listed(NamedTuple):
    """A saved playlist as one line of the list."""

    name: str
    link: str
    songs: int
    seconds: float
    asks: str
    saved_at: str
    by_hand: int


def playlist_link(name: str, **fields: str) -> str:
    """Return the address of a saved playlist."""
    return named_link("/playlists", name, fields.items(), field="name")


def listed(saved: Saved) -> Listed:
    """Return the line of a saved playlist."""
    return Listed(
        saved.name, playlist_link(saved.name), len(saved.playlist.hits), saved.playlist.duration_s,
        name_for(saved.wish), _day(saved.saved_at), len(saved.pinned),
    )  # fmt: skip


def playlist_view(playlist: Playlist, wish: Wish, *, pinned: Sequence[str] = (), show: str = "") -> PlaylistView:
    """Return what a view shows of a playlist; `show` names the feature to draw, '' = the arc's, or the best known."""
    pins = frozenset(pinned)
    rows = tuple(Row(place, hit.song, hit.song.id in pins, hit.reasons) for place, hit in enumerate(playlist.hits, 1))
    songs = [row.song for row in rows]
    form, features = form_of(wish), _features(songs)
    arc = arc_of(playlist)
    feature = next((name for name in (show, arc.feature, *features) if name in features), "")
    wished = arc.wished if feature == arc.feature else (None,) * len(songs)
    points = [
        ArcPoint(song.name, value_of(song, feature), song.is_predicted(feature), goal)
        for song, goal in zip(songs, wished, strict=True)
    ]
    picture = arc_picture(points, feature=feature) if feature else None
    return PlaylistView(
        playlist.name, playlist.understood, playlist.notes, rows, playlist.duration_s, playlist.unmeasured, feature,
        features, picture, form,
    )  # fmt: skip


class Arc(NamedTuple):
    """What an arc wanted at each place (n,), as the songs' reasons tell it; feature '' = there is no arc."""

    feature: str
    wished: tuple[float | None, ...]


def arc_of(playlist: Playlist) -> Arc:
    """Read the wished arc back from the reasons of a playlist's songs; None where a song was put there by hand."""
    told = [[WANTED.search(reason.words) for reason in hit.reasons if reason.channel == "arc"] for hit in playlist.hits]
    found = [next((one for one in own if one), None) for own in told]
    feature = next((one["feature"] for one in found if one), "")
    return Arc(feature, tuple(float(one["value"]) if one else None for one in found))


def _features(songs: Sequence[Song]) -> tuple[str, ...]:
    """Return the features that some song has, the usual ones first, then those that most have."""
    known: dict[str, int] = {}
    for song in songs:
        for name in (*song.measures, *(field for field in MORE if value_of(song, field) is not None)):
            known[name] = known.get(name, 0) + 1
    first = {name: at for at, name in enumerate(FIRST)}
    order = sorted(known, key=lambda name: (first.get(name, len(FIRST)), name in MORE, -known[name], name))
    return tuple(order[:SHOWN_FEATURES])


def _day(moment: str) -> str:
    """Return the day and minute of a moment (ISO 8601, UTC)."""
    return moment[:16].replace("T", " ")
