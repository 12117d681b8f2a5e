"""From a song as it came to the row it is found by: cleaned passages, their search columns, its description."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from hashlib import blake2b
from typing import Any

from songkin.search.line import search_columns
from songkin.search.terms import description_terms
from songkin.store import PassageRow, SongRow
from songkin.text.description import about, descriptors, told_apart
from songkin.text.language import detect
from songkin.text.lyrics import Passage, fold, lines, passages
from songkin.text.words import STOP_WORDS, stems, tokens
from songkin.types import Encoder, Lyrics, Song

__all__ = ["PREPARATION", "digest", "encoded", "encoder_mark", "prepared"]

PREPARATION = "2"  # raise it when songs are cut or cleaned differently, so that libraries are encoded again


def digest(song: Song) -> str:
    """Return what changes when the source's record changes."""
    own = _fields(song)
    own["audio"] = str(song.audio)
    text = json.dumps(own, sort_keys=True, ensure_ascii=False, default=_plain)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _fields(record: Song | Lyrics) -> dict[str, Any]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _plain(value: Any) -> Any:
    """Write lyrics and mappings as dicts, and a numpy number as the plain one it stands for."""
    if isinstance(value, Lyrics):
        return _fields(value)
    return dict(value) if isinstance(value, Mapping) else value.item()


def prepared(song: Song) -> SongRow:
    """Clean, cut and spell out a song; its vectors are filled by `encoded`."""
    mark = digest(song)
    song = with_language(without_nan(song))
    said = about(song)
    named = "\t".join(" ".join(tokens(text)) for text in (song.title, " ".join(song.artists)))
    described = description_terms(said, [*descriptors(song), *told_apart(song.description or "")], song.language)
    cut = cut_passages(song)
    return SongRow(song, mark, about=said, about_stems=described, title_words=named, passages=tuple(cut))


def without_nan(song: Song) -> Song:
    """Leave out features that are no finite number: what is not known is absent."""
    known = {name: value for name, value in song.features.items() if value is not None and math.isfinite(value)}
    return song if len(known) == len(song.features) else replace(song, features=known)


def with_language(song: Song) -> Song:
    """Note the language its words are in, where the source says nothing; the song's own field stays as it was given."""
    if song.language or song.lyrics is None or song.lyrics.language or not song.lyrics.text:
        return song
    return replace(song, lyrics=replace(song.lyrics, language=detect(song.lyrics.text).language))


def cut_passages(song: Song) -> list[PassageRow]:
    """Return the passages a song is found by; a bag of words makes one, of its words alone."""
    if song.lyrics is None:
        return []
    language = song.language or song.lyrics.language
    if not song.lyrics.text and song.lyrics.bag:
        return [bag_row(song.lyrics.bag, language)]
    return [passage_row(passage, language) for passage in passages(fold(lines(song.lyrics.text)))]


def passage_row(passage: Passage, language: str | None) -> PassageRow:
    """Spell a passage out for search."""
    columns = search_columns([line.text for line in passage.lines])
    stamps = tuple(-1 if line.start_ms is None else line.start_ms for line in passage.lines)
    timed = stamps if any(stamp >= 0 for stamp in stamps) else ()
    return PassageRow(passage.text, columns.words, stemmed(columns.words.split(), language), columns.sounds, timed)


def bag_row(bag: Mapping[str, int], language: str | None) -> PassageRow:
    """Spell a bag of words out for search: each as often as it counts, at most three times, the commonest first."""
    ordered = sorted(bag, key=lambda word: (-bag[word], word))
    words = [token for word in ordered for token in tokens(word) * min(bag[word], 3)]
    return PassageRow("", "", stemmed(words, language))


def stemmed(words: Sequence[str], language: str | None) -> str:
    """Return the stems of the words that mean something, joined by spaces."""
    return " ".join(stems([word for word in words if word not in STOP_WORDS], language))


def encoded(rows: Sequence[SongRow], encoder: Encoder, student: Encoder | None = None) -> list[SongRow]:
    """Fill the rows' vectors in one go, so that the encoder can sort all their texts by length.

    A song without a description, or a passage without text, keeps no vector. A `student`, which lives in the encoder's
    space, reads the passages in its place.
    """
    sung = [passage.text for row in rows for passage in row.passages]
    said = [row.about for row in rows]
    vectors = [*_vectors(said, encoder), *_vectors(sung, student)] if student else _vectors([*said, *sung], encoder)
    mark, rest, full = encoder_mark(encoder), iter(vectors[len(rows) :]), []
    for row, vector in zip(rows, vectors, strict=False):
        passages = tuple(replace(passage, vector=next(rest)) for passage in row.passages)
        by = encoder_mark(student) if student and any(passage.text for passage in passages) else mark
        full.append(replace(row, vector=vector, encoder=mark, passage_encoder=by, passages=passages))
    return full


def _vectors(texts: Sequence[str], encoder: Encoder) -> list[Any]:
    """Encode texts (n,), None for one without text."""
    vectors = iter(encoder.encode_songs([text for text in texts if text]))
    return [next(vectors) if text else None for text in texts]


def encoder_mark(encoder: Encoder) -> str:
    """Return what a song's vectors were made by: the encoder and how texts were prepared for it."""
    return f"{encoder.fingerprint}/{PREPARATION}"
