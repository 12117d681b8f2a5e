"""The fields of one record, coerced: what a value means, what it is left out for, what of it is told.

Conventions
-----------
A field that means nothing is left out and named (a kept loss). Lyrics stay as they came. A key that is no number ("G")
is no feature and goes to `links["key"]`. Ratios outside [0, 1] are left out, named once a column and file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, TypeVar

from songkin.sources import values
from songkin.sources.columns import LINKS, RATIOS, Columns, feature_name, folded
from songkin.sources.literals import pairs
from songkin.sources.records import Loss, Lost
from songkin.text.lyrics import instrumental, is_too_long
from songkin.text.names import split_artists
from songkin.types import Lyrics

__all__ = ["Fields", "Reading"]

T = TypeVar("T")
MOST = 256
LYRICS_LIMIT = 1 << 20
INSTRUMENTAL_LENGTH = 200
LARGEST = 1e30  # of a feature: sums of larger ones overflow
ABOVE_ZERO = frozenset(["tempo_bpm", "time_signature"])
MODES = {"major": 1.0, "maj": 1.0, "minor": 0.0, "min": 0.0}


@dataclass(slots=True)
class Reading:
    """What holds while one file is read: who hears of losses, and what was told once already.

    `numeric` names the columns of text that hold numbers; None where numbers arrive as numbers.
    """

    lost: Lost
    numeric: frozenset[str] | None = None
    told: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Fields:
    """One record with the meaning of its columns; every method returns one field of the song, empty when unknown."""

    row: Mapping[str, Any]
    columns: Columns
    place: str
    reading: Reading

    def first(self, name: str, coerce: Callable[[Any], T]) -> T | None:
        """Return the first known value of a field, coerced; None if there is none or it means nothing."""
        for column, value in self.known(name):
            coerced = self.tried(column, value, coerce)
            if coerced is not None:
                return coerced
        return None

    def known(self, name: str) -> Iterator[tuple[str, Any]]:
        """Give the columns of a field that know a value, best first, with the value."""
        for column in self.columns.fields.get(name, ()):
            value = self.row[column]
            if not values.unknown(value):
                yield column, value

    def tried(self, column: str, value: Any, coerce: Callable[[Any], T]) -> T | None:
        """Coerce a value; one that means nothing is told and left out."""
        try:
            return coerce(value)
        except ValueError as problem:
            self.keep(f"column {column[:40]!r}: {problem}; the song is kept without it")
            return None

    def keep(self, reason: str, *, once: str = "") -> None:
        """Tell what is left out of a song that arrives; `once` names what is told only once a file."""
        if once not in self.reading.told:
            self.reading.lost(Loss(self.place, reason + (" (said once for this file)" if once else ""), kept=True))
        if once:
            self.reading.told.add(once)

    def title(self) -> str:
        """Return the title; '' and '-' are unknown, "None" and "Nan" are titles."""
        for column in self.columns.fields.get("title", ()):
            value = self.row[column]
            if value is None or value != value:
                continue
            title = (self.tried(column, value, values.text) or "").strip()
            if title not in ("", "-"):
                return title
        return ""

    def artists(self) -> tuple[str, ...]:
        """Return the artists of the first column that knows some; guests behind "feat." are artists of their own."""
        found = self.first("artists", lambda value: values.listed(value, commas=False) or None) or ()
        return tuple(dict.fromkeys(name for credit in found for name in split_artists(credit)))

    def identity(self, title: str, artists: tuple[str, ...], links: Mapping[str, str]) -> str | None:
        """Return the source's own id, else a digest of title, artists and links; None, and told, without a title."""
        try:
            own = next((spelt for _, value in self.known("id") if (spelt := values.text(value))), "")
        except ValueError as problem:
            self.reading.lost(Loss(self.place, f"the id cannot be read: {problem}"))
            return None
        if own:
            return own
        if not title:
            self.reading.lost(Loss(self.place, "neither id nor title"))
            return None
        elsewhere = [f"{link}={links[link]}" for link in sorted(links) if link in LINKS]
        return "x" + blake2b("\n".join([title, *artists, *elsewhere]).encode(), digest_size=8).hexdigest()

    def words(self, name: str) -> str | None:
        """Return a text field without the space around it."""
        return self.first(name, lambda value: values.text(value).strip() or None)

    def duration_s(self) -> float | None:
        """Return the duration in seconds; a column whose name ends in 'ms' holds milliseconds."""
        for column, value in self.known("duration_s"):
            unit = values.milliseconds if folded(column).endswith("ms") else values.seconds
            found = self.tried(column, value, unit)
            if found is not None:
                return found
        return None

    def genres(self) -> tuple[str, ...]:
        """Return the genres of all genre columns, each once whatever its case."""
        found: dict[str, str] = {}
        for column, value in self.known("genres"):
            for genre in self.tried(column, value, values.listed) or ():
                found.setdefault(genre.casefold(), genre)
        return tuple(found.values())

    def tags(self) -> dict[str, float]:
        """Return the descriptors of all tag columns with their largest weight in (0, 1]; the heaviest 256 at most."""
        found: dict[str, float] = {}
        spelling: dict[str, str] = {}
        for column, value in self.known("tags"):
            if self.measures(column, value):
                continue
            for tag, weight in (self.tried(column, value, values.weights) or {}).items():
                tag = spelling.setdefault(tag.casefold(), tag)
                found[tag] = max(found.get(tag, 0.0), weight)
        return self.heaviest(found, "tags", lambda tag: -found[tag])

    def measures(self, column: str, value: Any) -> bool:
        """Say whether a value is a number, so that a column such as 'mood' is a feature and no descriptor."""
        return isinstance(value, bool | int | float) or column in (self.reading.numeric or ())

    def heaviest(self, found: dict[str, float], what: str, order: Callable[[str], float]) -> dict[str, float]:
        """Keep the first 256 by `order` (stable) and tell how many there were."""
        if len(found) <= MOST:
            return found
        self.keep(f"{len(found):,} {what}; the song is kept with {MOST} of them")
        return {name: found[name] for name in sorted(found, key=order)[:MOST]}

    def lyrics(self, language: str | None) -> Lyrics | None:
        """Return text, bag of words and whether there are none to sing; None when nothing of it is known."""
        text = self.first("lyrics", _text) or ""
        bag = self.first("bag", lambda value: values.bag(value) or None) or {}
        silent = self.instrumental() or (0 < len(text) < INSTRUMENTAL_LENGTH and instrumental(text))
        if not (text or bag or silent):
            return None
        if is_too_long(text):
            capped = f", cut at {LYRICS_LIMIT:,}" if len(text) > LYRICS_LIMIT else ""
            self.keep(f"lyrics of {len(text):,} characters{capped}: is this one song?")
        return Lyrics(text[:LYRICS_LIMIT], bag, language, silent, self.words("lyrics_source"))

    def instrumental(self) -> bool:
        """Say whether a column states that the song has no words."""
        return bool(self.first("instrumental", values.flag))

    def features(self) -> dict[str, float]:
        """Return feature -> value of every column of numbers and of a nested mapping; no more than 256."""
        found: dict[str, float] = {}
        for column, feature in self.columns.features.items():
            self.feature(column, feature, self.row[column], found)
        for _, value in self.known("features"):
            for name, measured in pairs(value) or ():
                if isinstance(name, str) and (own := feature_name(name)):
                    self.feature("", own, measured, found)
        for column, value in self.known("tags"):
            if self.measures(column, value) and (own := feature_name(column)):
                self.feature(column, own, value, found)
        return self.heaviest(found, "features", lambda _: 0.0)

    def feature(self, column: str, name: str, value: Any, found: dict[str, float]) -> None:
        """Add the value under `name` unless it is no number, unknown as this feature goes, or there already."""
        numeric = column in (self.reading.numeric or ()) or name in ALWAYS_NUMBERS
        written = value
        if isinstance(value, str):
            value = _spelt(name, value, numeric)
        measured = values.number(value)
        if measured is None and numeric and not values.unknown(written):
            self.keep(f"{column or name} '{str(written)[:40]}' is no number; the song is kept without it")
        if measured is None or name in found or _stands_for_none(name, measured):
            return
        if abs(measured) > LARGEST:
            self.keep(f"{name} {measured:g} is no measure of a song; songs are kept without it", once=f"large {name}")
            return
        if name in RATIOS and not 0.0 <= measured <= 1.0:
            self.keep(f"{name} {measured:g} is not between 0 and 1; songs are kept without it", once=name)
            return
        found[name] = measured

    def links(self) -> dict[str, str]:
        """Return the ids of other catalogues, further id columns under their own name, and a key such as "G"."""
        named = [(link, column) for link, columns in self.columns.links.items() for column in columns]
        named += [(column, column) for column in [column for column, _ in self.known("id")][1:]]
        named += [("key", column) for column, feature in self.columns.features.items() if feature == "key"]
        found: dict[str, str] = {}
        for link, column in named:
            value = self.row[column]
            if not values.unknown(value) and (link != "key" or _is_notation(value)):
                self.link(link, column, value, found)
        for column, value in self.known("links"):
            for link, target in pairs(value) or ():
                if isinstance(target, str) and not values.unknown(target):
                    self.link(link, column, target, found)
        return found

    def link(self, name: Any, column: str, value: Any, found: dict[str, str]) -> None:
        """Add a link of at most 200 characters unless it is there already."""
        label = self.tried(column, name, values.text)
        spelt = (self.tried(column, value, values.text) or "").strip()[:200]
        if label and spelt:
            found.setdefault(label, spelt)


def _is_notation(value: Any) -> bool:
    """Say whether a key is written as musicians do, "G" or "F# minor", and not as a number."""
    return isinstance(value, str) and values.number(value) is None


def _text(value: Any) -> str | None:
    """Return lyrics verbatim; lists hold their lines, other things than text are none."""
    return (values.text(value) or None) if isinstance(value, str | bytes | list | tuple) else None


ALWAYS_NUMBERS = RATIOS | {"tempo_bpm", "loudness_db", "popularity"}


def _spelt(name: str, value: str, numeric: bool) -> Any:
    """Read a feature written as text: 'minor', '6/8', and numbers where the column holds numbers."""
    if name == "mode":
        value = str(MODES.get(value.strip().casefold(), value))
        numeric = True
    if name == "time_signature":
        value = value.partition("/")[0]
        numeric = True
    return value if numeric or name in RATIOS else None


def _stands_for_none(name: str, measured: float) -> bool:
    """Say whether a number means that the feature is unknown: a tempo or metre of 0, a key of -1."""
    return (name in ABOVE_ZERO and measured <= 0) or (name == "key" and measured == -1.0)
