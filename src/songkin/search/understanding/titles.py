"""Titles and artists that a request spells out, exactly or nearly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from rapidfuzz import fuzz

from songkin.search.understanding.sentence import Sentence, Token, squashed
from songkin.text.words import STOP_WORDS, tokens

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import SongName, Vocabulary

__all__ = ["Name", "artist_at", "is_title", "name_at", "nearest_name", "within_title"]

LONGEST = 12  # words of a name
BY = ("by", "from", "of")
MARKS = frozenset(
    [
        "remaster",
        "remastered",
        "live",
        "version",
        "edit",
        "mix",
        "mono",
        "stereo",
        "remix",
        "acoustic",
        "demo",
        "radio",
        "single",
        "original",
        "album",
        "feat",
        "bonus",
        "instrumental",
        "karaoke",
        "session",
        "deluxe",
    ]
)
CLOSE_TITLE = 84
CLOSE_PART = 72


class Name(NamedTuple):
    """What a phrase names: songs by id, how many words of it were used, and whether it was spelt so."""

    ids: tuple[str, ...]
    size: int
    label: str
    artist: bool
    exact: bool = True
    note: str = ""


def is_title(text: str, vocabulary: Vocabulary) -> bool:
    """Say whether a whole request is a title of the library, with or without its artist, however it is written."""
    asked = tuple(tokens(text)[: LONGEST + 1])
    if not 1 < len(asked) <= LONGEST:
        return False
    whole = squashed(text)
    for song in vocabulary.named(asked):
        title, by = "".join(song.title), "".join(song.artists)
        spelt = {_joined(song.title)} | {
            _joined(parts) for parts in ((*song.title, *song.artists), (*song.artists, *song.title))
        }
        if whole in spelt or whole == title + "by" + by or _joined(asked) in spelt:
            return True
    return False


def within_title(sentence: Sentence, start: int, end: int, vocabulary: Vocabulary) -> bool:
    """Say whether a stretch of the request is part of a title spelt out there: "no woman no cry"."""
    before = sentence.tokens(max(0, start - 40), start, quoted=True)[-4:]
    around = [*before, *sentence.tokens(start, min(len(sentence.whole), end + 40), quoted=True)[: LONGEST - 4]]
    words = [word for token in around for word in tokens(token.word)]
    inner = squashed(sentence.whole[start:end])
    if len(inner) < 4:
        return False
    text = _joined(words)
    cue = tokens(sentence.whole[start:end])[:2]
    for song in vocabulary.named(tuple(words)):
        title = _joined(song.title)
        if len(song.title) > 1 and title in text and " ".join(cue) in " ".join(song.title):
            return True
    return False


def artist_at(words: Sequence[Token], vocabulary: Vocabulary) -> tuple[int, tuple[str, ...]]:
    """Return how many words from the first on name an artist, and the artist's values; 0 where none do."""
    for size in range(min(7, len(words)), 0, -1):
        name = " ".join(token.word for token in words[:size])
        values = vocabulary.artists.get(squashed(name)) if words[size - 1].word not in ("and", "the") else None
        if values and not STOP_WORDS.issuperset(tokens(name)):
            return size, values
    return 0, ()


def name_at(words: Sequence[Token], vocabulary: Vocabulary, *, whole: bool = False) -> Name | None:
    """Return what the words from the first on name exactly, the longest such name; `whole` = all of them."""
    words = words[:LONGEST]
    size, values = artist_at(words, vocabulary)
    song, used, by = _title_at(words, vocabulary)
    if whole:
        size, used = (n if n == len(words) else 0 for n in (size, used))
    if used and (by or used > size):
        return _songs(song, used, vocabulary)
    if not size:
        return None
    label = vocabulary.spelt(values)
    return Name(vocabulary.songs_by(values), size, label, artist=True)


def _title_at(words: Sequence[Token], vocabulary: Vocabulary) -> tuple[list[SongName], int, bool]:
    """Return the songs whose title the words begin with, how many words it takes with "by" and artist, if given."""
    spelt = [tokens(token.word) for token in words]
    asked = tuple(word for one in spelt for word in one)
    if not asked:
        return [], 0, False
    found: list[tuple[int, bool, SongName]] = []
    for song in vocabulary.named(asked):
        title = _joined(_plain_title(song.title))
        for size in range(1, len(words) + 1):
            if _joined([word for one in spelt[:size] for word in one]) in (title, _joined(song.title)):
                more = _by_artist(spelt[size:], song.artists)
                found.append((size + more, more > 0, song))
                break
    if not found:
        return [], 0, False
    used, by = max((size, by) for size, by, _ in found)
    return [song for size, own, song in found if size == used and own == by], used, by


def _by_artist(rest: Sequence[Sequence[str]], artists: Sequence[str]) -> int:
    """Return how many words after a title name its artist: "by Queen", "- Queen"."""
    if not artists or not rest:
        return 0
    start = 1 if rest[0] and rest[0][0] in BY else 0
    for size in range(min(len(rest), start + 6), start, -1):
        said = _joined([word for one in rest[start:size] for word in one])
        alike = fuzz.ratio(said, _joined(artists))
        if said and (alike >= 85 if start else said == _joined(artists)):
            return size
    return 0


def nearest_name(words: Sequence[Token], vocabulary: Vocabulary) -> Name | None:
    """Return what all the words nearly name: an artist, a title, or "title by artist", with typos."""
    plain = [word for token in words for word in tokens(token.word)]
    if not plain or STOP_WORDS.issuperset(plain):
        return None
    at = max((i for i, word in enumerate(plain) if word in BY), default=0)
    if 0 < at < len(plain) - 1 and (found := _near_song(plain[:at], plain[at + 1 :], words, vocabulary)):
        return found
    if not vocabulary.strange([token.word for token in words]):
        return None
    said = " ".join(token.word for token in words)
    if len(plain) <= 5 and (values := vocabulary.near_artist(said)):
        label = vocabulary.spelt(values)
        note = f"'{said}' was taken for {label}"
        return Name(vocabulary.songs_by(values), len(words), label, artist=True, exact=False, note=note)
    return _near_song(plain, [], words, vocabulary)


def _near_song(
    title: Sequence[str], artist: Sequence[str], words: Sequence[Token], vocabulary: Vocabulary
) -> Name | None:
    asked, by = _joined(title), _joined(artist)
    if len(asked) < 6 and not by:
        return None
    best: list[tuple[float, SongName]] = []
    for song in vocabulary.named(vocabulary.corrected([*title, *artist])):
        fit = max(fuzz.ratio(asked, _joined(song.title)), fuzz.ratio(asked, _joined(_plain_title(song.title))))
        if by:
            own = fuzz.ratio(by, _joined(song.artists)) if song.artists else 0.0
            if len(asked) >= 6 and own >= CLOSE_TITLE and _joined(song.title).startswith(asked):
                fit = max(fit, CLOSE_TITLE)  # "All Night Long (All Night)"
            fit = (fit + own) / 2 if min(fit, own) >= CLOSE_PART else 0.0
        if fit >= CLOSE_TITLE:
            best.append((fit, song))
    if not best:
        return None
    top = max(fit for fit, _ in best)
    found = _songs([song for fit, song in best if fit == top], len(words), vocabulary)
    said = " ".join(token.word for token in words)
    note = "; ".join(filter(None, [f"'{said}' was taken for {found.label}", found.note]))
    return found._replace(exact=False, note=note)


def _songs(songs: Sequence[SongName], used: int, vocabulary: Vocabulary) -> Name:
    """Name songs of one title: all recordings of one artist; of several artists the best known, and a note."""
    keys = vocabulary.by_fame([song.key for song in songs])
    first = next(song for song in songs if song.key == keys[0])
    same = [song.key for song in songs if song.artists == first.artists]
    chosen = vocabulary.ids(sorted(same, key=keys.index)[:5])
    label = vocabulary.label(keys[0])
    others = len({song.artists for song in songs}) - 1
    note = f"{others + 1} artists have a song called so; took {label} (id {chosen[0]})" if others else ""
    return Name(chosen, used, label, artist=False, note=note)


def _plain_title(title: Sequence[str]) -> Sequence[str]:
    """Leave out what marks a recording: "yesterday remastered 2009" -> "yesterday"."""
    at = next(
        (i for i, word in enumerate(title) if i and (word in MARKS or (word.isdigit() and len(word) == 4))), len(title)
    )
    rest = title[at:]
    return title[:at] if any(word in MARKS for word in rest) else title


def _joined(words: Sequence[str]) -> str:
    """Join words as names are compared."""
    kept = [word for word in words if word != "and"] or list(words)
    return "".join(kept[1:] if len(kept) > 1 and kept[0] == "the" else kept)
