"""Targets: lyrics on their way to lines, names, literals in cells, conditions."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from itertools import islice

import file_seeds
from laws import STEERS, check_lines, refused
from targets import Target

from songkin.datasets import demo
from songkin.filters import Except, parse
from songkin.filters.plain import each_of, plainly
from songkin.search.line import search_columns
from songkin.sources import literals, values
from songkin.text.language import detect
from songkin.text.lyrics import fold, instrumental, lines, passages
from songkin.text.names import artist_key, split_artists, title_key, version_of
from songkin.text.words import normalise, tokens
from songkin.types import Song

FEATURES = ("valence", "energy", "tempo_bpm", "loudness_db", "predicted_valence")


def text_of(content: bytes) -> str:
    """Return any bytes as text, with what no encoding has: halves of characters."""
    return content.decode("utf-8", "surrogatepass" if b"\xed" in content else "replace") if _whole(content) else (
        content.decode("utf-8", "surrogateescape"))  # fmt: skip


def _whole(content: bytes) -> bool:
    try:
        content.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return False
    return True


def legible(content: bytes) -> str:
    """Return any bytes as text that can be kept."""
    return content.decode("utf-8", "replace")


def lyrics(content: bytes) -> None:
    """Clean lyrics, fold them, cut passages: no word is lost on the way to search."""
    raw = legible(content)
    found = lines(raw)
    check_lines(found, raw)
    assert instrumental(raw) in (True, False)
    folded = fold(found)
    check_lines(folded, raw)
    assert len(folded) <= len(found)
    cut = passages(folded)
    said = "".join("".join(line.text.split()) for line in folded)
    assert "".join("".join(line.text.split()) for one in cut for line in one.lines) == said, "a passage loses words"
    for one in cut:
        search_columns([line.text for line in one.lines])
    detect(raw)


def names(content: bytes) -> None:
    """Take names and titles apart: keys are stable, nothing grows, nothing is empty that had letters."""
    text = legible(content)
    for listed in (True, False):
        artists = split_artists(text, listed=listed)
        assert len(set(artists)) == len(artists)
        assert all(artists), "an artist without a name"
        assert sum(map(len, artists)) <= len(text)
    assert normalise(normalise(text)) == normalise(text), "normalise is not idempotent"
    assert all(tokens(text))
    title = version_of(text)
    assert len(title.base) <= len(text)
    assert list(title.marks) == sorted(set(title.marks))
    for key in (artist_key(text), title_key(text)):
        assert bool(key) == bool(text.strip()), "a name without a key"


def cells(content: bytes) -> None:
    """Read a cell every way a cell is read; what means nothing is a ValueError and nothing else."""
    text = text_of(content)
    for read in (values.text, values.number, values.year, values.seconds, values.milliseconds, values.flag,
                 values.language, values.listed, values.weights, values.bag, values.unknown, values.shown,
                 literals.pieces, literals.pairs):  # fmt: skip
        with suppress(ValueError):
            read(text)


@cache
def _songs() -> tuple[Song, ...]:
    return tuple(islice(demo.songs(), 0, 154, 7))


def conditions(content: bytes) -> None:
    """Read a condition: it says itself, holds or does not, and so does its negation; or one legible error."""
    text = text_of(content)
    with refused():
        term = parse(text, FEATURES)
        if term is None:
            assert not text.strip()
            return
        term.sql().encode("utf-8")
        assert term.fields()
        assert parse(text, FEATURES) == term
        assert not STEERS.search(plainly(term)) or STEERS.search(text)
        parts = each_of(term)
        for song in _songs():
            truth = term.truth(song)
            assert Except(term).truth(song) is (truth is not True)
            assert all(part.matches(song) for part in parts) == term.matches(song)


def _lyric_seeds() -> list[bytes]:
    sung = [song.lyrics.text.encode() for song in _songs() if song.lyrics]
    return [*sung[:6], *(seed[1:] for seed in file_seeds.sidecars())]


def _condition_seeds() -> list[bytes]:
    return [
        b'genre:jazz,blues -tag:live year:1990..1999 artist:"Simon & Garfunkel"', b'title:"a ""b"" c",x', b"year:..3",
        b"explicit:no -instrumental:yes valence:0.5..,-1 tempo-bpm:90..120", b"id:A-1 season:christmas language:en-GB",
    ]  # fmt: skip


CONDITION_WORDS = ("genre:", "artist:", "year:", "valence:", "-", "..", ",", '"', '""', "true", "no", "1e308", "nan",
                   "1_0", "“", "”", "tempo-bpm:", "duration:", "season:", "id:", " ", "\n", "\x1b")  # fmt: skip
NAME_WORDS = (" feat. ", " ft. ", "(feat. ", " x ", " vs. ", " & ", " and ", ", ", "; ", "/", "(", ")", "[", "]", " - ",
              "Live", "Remaster", "(Live at ", "Radio Edit", "The ", "\0", "\u0301", "\u200b")  # fmt: skip
TARGETS = (
    Target("lyrics", lyrics, _lyric_seeds, file_seeds.LRC_WORDS),
    Target("names", names, lambda: [song.name.encode() for song in _songs()], NAME_WORDS, 1024),
    Target("literals", cells, lambda: [str(value).encode() for row in file_seeds.SMALL for value in row.values()],
           file_seeds.CSV_WORDS, 1024),
    Target("filters", conditions, _condition_seeds, CONDITION_WORDS, 1024),
)  # fmt: skip
