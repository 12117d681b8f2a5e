"""The whole run: words, then sound, each kept as it is measured, and one page of both."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

from songkin.encoders import load
from songkin.encoders.student import student_of
from songkin.errors import SongkinError, TrainingError
from songkin.evaluation.tasks.similar import SungSong
from songkin.training.changes import changed
from songkin.training.checkpoints import atomically, make_folder
from songkin.training.heads.remembering import Remembering
from songkin.training.markdown import joined
from songkin.training.report_command import Report
from songkin.training.robustness.figures import draw_sound, draw_words
from songkin.training.robustness.grid import STRENGTHS, Point, measure_grid, points
from songkin.training.robustness.kept import KeptEncoder
from songkin.training.robustness.page import FIGURES, sound_page, words_page
from songkin.training.robustness.songs import drawn_songs, knows
from songkin.training.robustness.sound import folder_tracks, hear_tracks, made_up_tracks
from songkin.training.robustness.steadiness import steadiness
from songkin.training.robustness.systems import System, of_network, of_space, of_vectors, of_words

__all__ = ["PAGE", "PARTS", "Setting", "quick", "robustness"]

log = logging.getLogger(__name__)
PAGE, READINGS, CELLS, TRACKS = "report.md", "readings", "words.jsonl", "sound.jsonl"
BILSTM = "the paper's BiLSTM"
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
    failed = []
    for name, run in PARTS.items():
        if name not in setting.parts:
            continue
        try:
            told = run(setting, out)
        except SongkinError as error:
            log.info("%s could not be run: %s", name, error)
            failed.append(f"{name}: {error}")
            told = f"## Damaged {name}\n\nCould not be run: {error}"
        _write(out / f"{name}.md", told)
    if len(failed) == len(setting.parts):
        raise TrainingError("; ".join(failed) or f"no part is named; parts are {' and '.join(PARTS)}")
    pages = [out / f"{name}.md" for name in PARTS]
    page = joined(["# Robustness", *(place.read_text(encoding="utf-8").strip() for place in pages if place.is_file())])
    _write(out / PAGE, page)
    return Report(page, [out / PAGE])


def _words(setting: Setting, out: Path) -> str:
    recipe = changed(setting.recipe, {"pairs": {"split": "artist"}})
    drawn = drawn_songs(recipe, judged=setting.judged, known=setting.known, seed=setting.seed)
    judged = drawn.question.songs
    log.info("%d songs are judged, %d are learnt from", len(judged), len(drawn.known))
    encoder = load(None, threads=setting.threads)
    fast = student_of(encoder)
    with closing(KeptEncoder(encoder, out / READINGS)) as whole, closing(KeptEncoder(fast, out / READINGS)) as student:
        systems = _systems(whole, student)
        if setting.network is not None:
            systems.append(_network(setting.network, judged))
        at = points(setting.strengths)
        cells = measure_grid(drawn.question, drawn.known, systems, out / CELLS, at=at, seed=setting.seed, tell=_tell)
    rows = [{"system": cell.system, **cell.point._asdict(), **cell.values} for cell in cells]
    _write(out / "words.json", _json({"judged": len(judged), "known": len(drawn.known), "cells": rows}))
    for name, measure in FIGURES.items():
        draw_words(out / f"words_{name}.png", cells, measure)
    artists = len({song.key for song in judged})
    said = (
        f"{len(judged):,} songs by {artists:,} artists are asked for and looked through; a song is as relevant as the "
        "same people hear its artist. Partial Spearman takes the artists' fame out; bounds are drawn again over "
        f"artists. What learns, learns from {len(drawn.known):,} songs of other artists."
    )
    says = {system.name: system.says for system in systems}
    absent = {} if setting.network else {BILSTM: "not trained here: --network FOLDER"}
    return words_page(cells, says, joined([QUICK if setting.hurried else "", said]), absent=absent)


def _systems(encoder: KeptEncoder, student: KeptEncoder) -> list[System]:
    """Return the systems that need no network of the paper's."""
    reader, mark = Remembering(encoder), encoder.fingerprint
    return [
        of_words(),
        of_vectors(reader, mark),
        of_space("ours", "our space, foretold from words", reader, mark),
        of_space("ours, noise", "fitted to damaged copies as well", reader, mark, noisy=True),
        of_space("ours, three", "the mean of three, each fitted to a draw", reader, mark, layers=3),
        of_space("ours, student", "the fast student reads", Remembering(student), student.fingerprint),
    ]


def _network(folder: Path, judged: Sequence[SungSong]) -> System:
    met = knows(folder, judged)
    said = f"; **it knew the artists of {met} of the judged songs**" if met else ""
    return of_network(BILSTM, folder, said=said)


def _sound(setting: Setting, out: Path) -> str:
    if setting.music is not None:
        tracks = folder_tracks(setting.music, most=setting.tracks, seconds=setting.seconds)
        said = f"{len(tracks)} recordings below the folder {setting.music.name}, {setting.seconds:g} s from the middle."
    else:
        tracks = made_up_tracks(setting.tracks, seconds=setting.seconds, seed=setting.seed)
        said = f"{len(tracks)} made-up tracks of {setting.seconds:g} s; --music FOLDER takes real ones."
    heard = hear_tracks(
        tracks, out / TRACKS, seed=setting.seed, tell=lambda name: log.info("hear %s", name), lost=log.warning
    )
    told = steadiness(heard, seed=setting.seed)
    _write(out / "sound.json", _json(told))
    draw_sound(out / "sound.png", told)
    return sound_page(told, joined([QUICK if setting.hurried else "", said]))


PARTS: Mapping[str, Callable[[Setting, Path], str]] = MappingProxyType({"words": _words, "sound": _sound})


def _tell(name: str, point: Point) -> None:
    log.info("%s: %s %g %s", name, point.damage or "whole words", point.strength, point.side)


def _json(told: Mapping[str, Any]) -> str:
    return json.dumps(told, indent=1, ensure_ascii=False)


def _write(place: Path, text: str) -> None:
    with atomically(place) as file:
        file.write(text.encode() + b"\n")
