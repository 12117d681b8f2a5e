"""themes: which themes a language model read in a song's words, of songs by artists never learnt from."""

from __future__ import annotations

from dataclasses import replace

from songkin.datasets import songkin_readings
from songkin.evaluation.tasks import labels
from songkin.evaluation.tasks.labels import LabelledText

__all__ = ["FIRST", "MACRO", "MEASURES", "MICRO", "rows"]

MACRO, MICRO, FIRST = "macro-F1", "micro-F1", "first theme"
MEASURES = (MACRO, MICRO, FIRST)


def rows() -> list[LabelledText]:
    """Return the songs of the task `labels` that were read, with their themes; SourceError where they are not here."""
    read = songkin_readings.readings()
    songs = [song for part in labels.rows() for song in part]
    found = ((song, read.get(songkin_readings.mark(song.text))) for song in songs)
    return [replace(song, themes=own.themes) for song, own in found if own is not None]
