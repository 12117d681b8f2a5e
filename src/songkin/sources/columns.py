"""Which column feeds which field of a song: the aliases, blind to case, spaces, '-' and '_'.

Conventions
-----------
Aliases come best first. Genre and tag columns are merged; of other fields the first column that knows a value speaks.
A further id column goes into the links under its own name. Every other column is a feature if its values are numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from songkin.errors import ColumnError

__all__ = ["ALIASES", "LINKS", "RATIOS", "Columns", "columns_of", "feature_name", "folded", "require"]

ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("id", "track_id", "song_id", "recording_id", "ytid"),
    "title": ("title", "song", "song_name", "song_title", "track", "track_name", "track_title", "name"),
    "artists": ("artist", "artists", "artist_name", "artist_names", "performer", "performers", "singer", "author"),
    "album": ("album", "release", "album_name", "album_title"),
    "year": ("year", "release_year", "release_date", "date"),
    "duration_s": (
        *("duration_s", "duration", "length", "duration_ms", "track_length", "track_duration"),
        *("length_s", "length_ms", "duration_sec", "duration_seconds"),
    ),
    "lyrics": ("lyrics", "text", "lyric", "words"),
    "bag": ("bag", "bag_of_words"),
    "instrumental": ("instrumental", "is_instrumental"),
    "lyrics_source": ("lyrics_source",),
    "language": ("language", "lang"),
    "explicit": ("explicit", "is_explicit"),
    "genres": ("genre", "genre_coarse", "main_genre", "genres", "style", "styles"),
    "tags": (
        *("tags", "tag", "mb_tags", "mood", "moods", "moodtheme", "instrument", "instruments", "theme", "themes"),
        *("topics", "descriptors", "aspects", "aspect_list", "keywords", "tag_top188"),
    ),
    "description": ("description", "caption", "caption_writing", "notes"),
    "features": ("features",),
    "links": ("links",),
}
LINKS: Mapping[str, tuple[str, ...]] = {
    "isrc": ("isrc",),
    "mbid": ("mbid", "musicbrainz_id", "musicbrainz_track_id", "musicbrainz_recording_id", "recording_mbid"),
    "spotify": ("spotify", "spotify_id", "spotify_track_id", "spotify_uri"),
    "msd": ("msd", "msd_id", "msd_track_id"),
    "mxm": ("mxm", "mxm_id", "mxm_track_id", "musixmatch_id"),
}
FEATURES: Mapping[str, str] = {
    "bpm": "tempo_bpm",
    "tempo": "tempo_bpm",
    "tempo_qpm": "tempo_bpm",
    "loudness": "loudness_db",
}
RATIOS = frozenset(
    ["valence", "energy", "danceability", "acousticness", "instrumentalness", "liveness", "speechiness"],
)
SPOKEN = frozenset([*RATIOS, "tempo_bpm", "loudness_db", "popularity", "key", "mode", "time_signature"])
GAPS = re.compile(r"[\W_]+")
PREDICTED = "predicted_"  # of columns that songkin writes itself, of what a song was not given
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
ID_LIKE = re.compile(
    r"(?:.*_)?(?:ids?|uid|uuid|uri|url|isrc|upc|ean|barcode)|index|row|level_0|unnamed.*|(?:start|end)_m?s"
)


def folded(name: str) -> str:
    """Return a column name without case, spaces, '-', '_' and signs: 'Track-Name' -> 'trackname'."""
    return GAPS.sub("", name).casefold()


PLACES = {folded(alias): (field, i) for field, names in ALIASES.items() for i, alias in enumerate(names)}
LINKED = {folded(alias): (link, i) for link, names in LINKS.items() for i, alias in enumerate(names)}


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a record: `fields` and `links` map ours to theirs, best first; `features` maps theirs to ours."""

    fields: Mapping[str, tuple[str, ...]]
    links: Mapping[str, tuple[str, ...]]
    features: Mapping[str, str]

    @property
    def named(self) -> Mapping[str, str]:
        """Map their columns to our fields as a person would want to see it; columns of no known meaning are absent."""
        found = {name: field for field, names in self.fields.items() for name in names}
        found |= {name: f"links.{link}" for link, names in self.links.items() for name in names}
        return found | {name: feature for name, feature in self.features.items() if feature in SPOKEN}


@lru_cache(maxsize=256)
def columns_of(names: tuple[str, ...]) -> Columns:
    """Say what each column is; the answer for the same names is remembered."""
    claimed = sorted((name for name in names if folded(name) in PLACES), key=lambda name: PLACES[folded(name)][1])
    linked = sorted((name for name in names if folded(name) in LINKED), key=lambda name: LINKED[folded(name)][1])
    fields: dict[str, tuple[str, ...]] = {}
    links: dict[str, tuple[str, ...]] = {}
    for name in claimed:
        field = PLACES[folded(name)][0]
        fields[field] = (*fields.get(field, ()), name)
    for name in linked:
        link = LINKED[folded(name)][0]
        links[link] = (*links.get(link, ()), name)
    rest = (name for name in names if folded(name) not in PLACES and folded(name) not in LINKED)
    return Columns(fields, links, {name: feature for name in rest if (feature := feature_name(name))})


def feature_name(name: str) -> str | None:
    """Return the feature a column would be: 'Tempo' -> 'tempo_bpm', 'Spectral Flux' -> 'spectral_flux'.

    None for a name that looks like an id or holds predictions, as songkin's own files name them ('predicted_valence'),
    and for one that is no identifier of ASCII letters, digits and '_'.
    """
    snake = GAPS.sub("_", HUMP.sub("_", name.strip())).strip("_").lower()
    if not NAME.fullmatch(snake) or ID_LIKE.fullmatch(snake) or snake.startswith(PREDICTED):
        return None
    return FEATURES.get(snake, snake)


def require(names: Iterable[str], place: str) -> None:
    """Raise ColumnError unless there is an id or a title column."""
    present = tuple(dict.fromkeys(names))
    fields = columns_of(present).fields
    if "id" in fields or "title" in fields:
        return
    shown = ", ".join(repr(name[:40]) for name in present[:20]) + (" ..." if len(present) > 20 else "")
    raise ColumnError(
        f"{place}: no id and no title column among {shown or 'no columns'}; "
        f"name one {' | '.join(ALIASES['id'])} or {' | '.join(ALIASES['title'])}"
    )
