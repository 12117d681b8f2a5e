"""The whole run: words, then sound, each kept as it is measured, and one page of both."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from songkin.encoders import load
from songkin.encoders.student import student_of
from songkin.errors import SongkinError, TrainingError
from songkin.training.changes import changed
from songkin.training.checkpoints import atomically, make_folder
from songkin.training.heads.remembering import Remembering
from songkin.training.markdown import joined
from songkin.training.report_command import Report
from songkin.training.robustness.figures import draw_sound, draw_words
from songkin.training.robustness.grid import MEASURES, STRENGTHS, Point, measure_grid, points
from songkin.training.robustness.kept import KeptEncoder
from songkin.training.robustness.page import sound_page, words_page
from songkin.training.robustness.songs import Songs, drawn_songs, knows
from songkin.training.robustness.sound import folder_tracks, hear_tracks, made_up_tracks
from songkin.training.robustness.steadiness import steadiness
from songkin.training.robustness.systems import System, of_network, of_space, of_vectors, of_words

__all__ = ["PAGE", "Setting", "quick", "robustness"]

log = logging.getLogger(__name__)
PAGE, READINGS, CELLS, TRACKS = "report.md", "readings", "words.jsonl", "sound.jsonl"
QUICK = "**A quick run**: few songs, a few strengths. It tests the code; its figures are no results."


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What is run: `parts` of "words" and "sound"; songs that are `judged`, and `known` ones to learn from.

    `recipe` is that of the paper's network, which says which artists are tested; `network` a folder where it was
    trained, None = its row says so. `music` is a folder of sound files, None = made-up tracks; `tracks` of them at
    most, the middle `seconds` of each.
    """

    recipe: Path
    parts: tuple[str, ...] = ("words", "sound")
    judged: int = 600
    known: int = 2400
    strengths: tuple[float, ...] = STRENGTHS
    network: Path | None = None
    music: Path | None = None
    tracks: int = 40
    seconds: float = 60.0
    threads: int | None = None
    seed: int = 0
    hurried: bool = False


def quick(setting: Setting) -> Setting:
    """Return the setting of a quick run."""
    return replace(setting, judged=60, known=300, strengths=(0.2, 0.6), tracks=6, seconds=15.0, hurried=True)


def robustness(setting: Setting, out: Path) -> Report:
    """Measure into OUT what is not there yet, and write report.md, words.json, sound.json and the figures.

    A part that cannot be run is told on the page, and the other goes on; TrainingError where none could.
    """
    make_folder(out)
    parts, failed = [], []
    for name, run in (("words", _words), ("sound", _sound)):
        if name not in setting.parts:
            continue
        try:
            parts.append(run(setting, out))
        except SongkinError as error:
            log.info("%s could not be run: %s", name, error)
            failed.append(f"{name}: {error}")
            parts.append(f"## Damaged {name}\n\nCould not be run: {error}")
    if len(failed) == len(parts):
        raise TrainingError("; ".join(failed) or "no part is named; parts are words and sound")
    page = joined(["# Robustness", QUICK if setting.hurried else "", *parts])
    with atomically(out / PAGE) as file:
        file.write((page + "\n").encode())
    return Report(page, [out / PAGE])


def _words(setting: Setting, out: Path) -> str:
    recipe = changed(setting.recipe, {"pairs": {"split": "artist"}})
    drawn = drawn_songs(recipe, judged=setting.judged, known=setting.known, seed=setting.seed)
    judged = drawn.question.songs
    log.info("%d songs are judged, %d are learnt from", len(judged), len(drawn.known))
    systems, absent = _systems(setting, out, drawn)
    cells = measure_grid(
        drawn.question, drawn.known, systems, out / CELLS, at=points(setting.strengths), seed=setting.seed, tell=_tell
    )
    rows = [{"system": cell.system, **cell.point._asdict(), **cell.values} for cell in cells]
    _write(out / "words.json", {"judged": len(judged), "known": len(drawn.known), "absent": absent, "cells": rows})
    for name, measure in zip(("spearman", "ndcg"), MEASURES, strict=True):
        draw_words(out / f"words_{name}.png", cells, measure)
    artists = len({song.key for song in judged})
    said = (
        f"{len(judged):,} songs by {artists:,} artists are asked for and looked through; a song is as relevant as the "
        "same people hear its artist. Partial Spearman takes the artists' fame out; bounds are drawn again over "
        f"artists. What learns, learns from {len(drawn.known):,} songs of other artists."
    )
    return words_page(cells, {system.name: system.says for system in systems}, said, absent=absent)


def _systems(setting: Setting, out: Path, drawn: Songs) -> tuple[list[System], list[str]]:
    """Return the systems, and what is said of one that is not there."""
    encoder = load(None, threads=setting.threads)
    reader = Remembering(KeptEncoder(encoder, out / READINGS))
    student = Remembering(KeptEncoder(student_of(encoder), out / READINGS))
    mark = encoder.fingerprint
    own = [
        of_words(),
        of_vectors(reader, mark),
        of_space("ours", "our space, foretold from words", reader, mark),
        of_space("ours, noise", "fitted to damaged copies as well", reader, mark, noisy=True),
        of_space("ours, three", "the mean of three, each fitted to a draw", reader, mark, layers=3),
        of_space("ours, student", "the fast student reads", student, student_of(encoder).fingerprint),
    ]
    if setting.network is None:
        return own, ["The paper's BiLSTM is not in the table: no trained one was given (--network FOLDER)."]
    met = knows(setting.network, drawn.question.songs)
    said = f"; **it learnt from {met} of the judged songs or their artists' others**" if met else ""
    return [*own, of_network(setting.network, said=said)], []


def _sound(setting: Setting, out: Path) -> str:
    if setting.music is not None:
        tracks = folder_tracks(setting.music, most=setting.tracks, seconds=setting.seconds)
        said = (
            f"{len(tracks)} recordings of the folder {setting.music.name}, {setting.seconds:g} s of the middle of each."
        )
    else:
        tracks = made_up_tracks(setting.tracks, seconds=setting.seconds, seed=setting.seed)
        said = f"{len(tracks)} made-up tracks of {setting.seconds:g} s; --music FOLDER takes real ones."
    heard = hear_tracks(tracks, out / TRACKS, seed=setting.seed, tell=lambda name: log.info("hear %s", name))
    told = steadiness(heard, seed=setting.seed)
    _write(out / "sound.json", told)
    draw_sound(out / "sound.png", told)
    return sound_page(told, said)


def _tell(name: str, point: Point) -> None:
    log.info("%s: %s %g %s", name, point.damage or "whole words", point.strength, point.side)


def _write(place: Path, told: dict[str, Any]) -> None:
    with atomically(place) as file:
        file.write(json.dumps(told, indent=1, ensure_ascii=False).encode() + b"\n")
