"""Text as music writes it: lyrics, words, their sounds, names and languages. Pure functions, no input or output."""

from __future__ import annotations

from songkin.text.language import Guess, detect
from songkin.text.lyrics import Line, Passage, fold, instrumental, is_too_long, lines, passages
from songkin.text.names import Version, artist_key, split_artists, title_key, version_of
from songkin.text.sounds import phrase, sound
from songkin.text.words import REQUEST_WORDS, STOP_WORDS, content_words, normalise, stems, tokens

__all__ = [
    "REQUEST_WORDS",
    "STOP_WORDS",
    "Guess",
    "Line",
    "Passage",
    "Version",
    "artist_key",
    "content_words",
    "detect",
    "fold",
    "instrumental",
    "is_too_long",
    "lines",
    "normalise",
    "passages",
    "phrase",
    "sound",
    "split_artists",
    "stems",
    "title_key",
    "tokens",
    "version_of",
]
