"""Score a remembered line against the lines of candidate passages, however it was misheard, misspelt, shuffled or cut.

Conventions
-----------
A passage is its lines' words: words joined by spaces, lines by line breaks, as `songkin.text.words.tokens` writes them.
A unit is one to four neighbouring lines of one song. Scores and likenesses lie in [0, 1], 1 = the same. Letters of
axes: q words of the request; v distinct words, t words, l lines of all candidates; u units, w places in the longest.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from songkin.text.sounds import phrase, sound

__all__ = ["MOST_WORDS", "WIDEST", "Aligned", "align"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

MOST_WORDS = 40  # a longer request is cut here; lines have 24 words at most
WIDEST = 4  # lines of the widest unit
LONGEST_UNIT = 64  # words of a unit that are paired one by one
PAIRINGS = 2400  # units x words of the request that are paired one by one, 150 units for the usual 8-word line
LONG_REQUEST = 16  # words; from here on four lines together are a unit too
SHARPNESS = 3  # a likeness counts to this power: half alike is hardly alike
SOUND = 0.8  # what a word that sounds the same counts at most, against one that is spelt the same
DOUBT = 0.5  # each sound of a word halves the doubt that its likeness is chance: "a", "you", "oh" are all one vowel
WEIGHT = 3  # what any word weighs, in letters; its own letters come on top
WHOLE = 0.3  # how much a unit's own coverage counts when units are shortlisted
WEIGHTS = np.array(
    [1.0, 0.3, 0.2, 0.2, 0.2], np.float32
)  # of `Aligned.parts`, chosen on spoilt lines of the open chart songs
WEIGHTS /= WEIGHTS.sum()
ROUNDED = 1e-4  # how far a bound may lie above what is computed in another order
VERBATIM = 0.25  # how much of what lacks to 1 remains where the request stands word for word in the unit


class Aligned(NamedTuple):
    """Songs by their best unit, best first (ties: fewer lines, then the nearest in length, then the lower key).

    rows, lines, widths (n,): the passage's place among the candidates, the unit's first line in it, and how many lines
    it spans; parts (n, 5), from which scores (n,) come: words covered, unit covered, letters within, sounds within,
    letters overall; letters, sounds (n, q): how alike each word of the request is to its partner in spelling and in
    sound; places (n, q): where the partner stands in the unit, -1 = none.
    """

    keys: Ints
    scores: Floats
    rows: Ints
    lines: Ints
    widths: Ints
    parts: Floats
    letters: Floats
    sounds: Floats
    places: Ints


class _Layout(NamedTuple):
    """All candidates' lines, end to end: texts (l,), starts (l + 1,) into words (t,), indices of vocabulary (v,).

    rows (l,) says which passage a line is of; lines of one run (l,) follow each other in one song.
    """

    texts: list[str]
    rows: Ints
    runs: Ints
    starts: Ints
    words: Ints
    vocabulary: list[str]


class _Likeness(NamedTuple):
    """How alike each word of the request is to each word of the candidates, (q, v): in spelling, in sound, in all."""

    letters: Floats
    sounds: Floats
    all: Floats


class _Units(NamedTuple):
    """Units as their first line and their number of lines, both (u,)."""

    first: Ints
    width: Ints


def align(tokens: Sequence[str], keys: Ints, parts: Ints, passages: Any, *, least: float = 0.0) -> Aligned:
    """Score `tokens`, the words of a request, against passages (n,), part `parts` (n,) of the songs `keys` (n,).

    `passages` is an Arrow column or a sequence of strings, each passage once; no tokens or no passages give no songs.
    They are taken in the order of key and part, so that lines on both sides of a border are neighbours. Songs that must
    score below `least` may be left out.
    """
    tokens = tokens[:MOST_WORDS]
    order = np.lexsort((parts, keys))
    if not len(tokens) or not len(order):
        return _nothing(len(tokens))
    lay = _laid_out(_column(passages).take(pa.array(order)), keys[order], parts[order])
    like = _likeness(tokens, lay.vocabulary)
    units = _shortlist(tokens, lay, like, least)
    if not len(units.first):
        return _nothing(len(tokens))
    places, partners, worth = _paired(lay, like, units)
    texts = _texts(lay, units)
    evidence = _evidence(tokens, lay, units, partners, worth, texts)
    scores = _scores(" ".join(tokens), texts, evidence)
    own = keys[order][lay.rows[units.first]]
    best = np.lexsort((units.first, own, -evidence[:, 4], units.width, -scores))
    _, once = np.unique(own[best], return_index=True)
    best = best[np.sort(once)]
    at, asked = partners[best], np.arange(len(tokens))
    first = units.first[best]
    return Aligned(
        own[best], scores[best], order[lay.rows[first]], first - np.searchsorted(lay.rows, lay.rows[first]),
        units.width[best], evidence[best], like.letters[asked, at], like.sounds[asked, at], places[best],
    )  # fmt: skip


def _nothing(asked: int) -> Aligned:
    none, floats = np.empty(0, np.int64), np.empty(0, np.float32)
    wide = np.empty((0, asked), np.float32)
    return Aligned(none, floats, none, none, none, np.empty((0, 5), np.float32), wide, wide, wide.astype(np.int64))


def _column(passages: Any) -> Any:
    if isinstance(passages, pa.ChunkedArray):
        return passages.combine_chunks()
    return passages if isinstance(passages, pa.Array) else pa.array(list(passages), pa.string())


def _laid_out(passages: Any, keys: Ints, parts: Ints) -> _Layout:
    """Cut passages into lines and words; a run is lines that follow each other in one song."""
    by_line = pc.split_pattern(passages, "\n")
    lines = by_line.flatten()
    by_word = pc.split_pattern(lines, " ")
    words = by_word.flatten().dictionary_encode()
    rows = np.repeat(np.arange(len(keys)), np.diff(by_line.offsets.to_numpy()))
    broken = (np.diff(keys) != 0) | (np.diff(parts) != 1)
    runs = np.concatenate([[0], np.cumsum(broken)])[rows]
    starts = by_word.offsets.to_numpy().astype(np.int64)
    return _Layout(
        lines.to_pylist(), rows, runs, starts, words.indices.to_numpy().astype(np.int64), words.dictionary.to_pylist()
    )


def _likeness(tokens: Sequence[str], vocabulary: Sequence[str]) -> _Likeness:
    """Compare every word of the request with every word there is, by letters and by phonetic key."""
    heard = [sound(token) for token in tokens]
    letters = process.cdist(tokens, vocabulary, scorer=Indel.normalized_similarity, dtype=np.float32)
    keys = [sound(word) for word in vocabulary]
    sounds = process.cdist(heard, keys, scorer=Indel.normalized_similarity, dtype=np.float32)
    sounds *= 1.0 - DOUBT ** np.array([[len(key)] for key in heard], np.float32)  # a word without sounds: none
    return _Likeness(letters, sounds, np.maximum(letters**SHARPNESS, SOUND * sounds**SHARPNESS))


def _weights(words: Sequence[str]) -> Floats:
    """Return what words weigh (n,): long ones tell songs apart better than short ones."""
    return np.fromiter(map(len, words), np.float32, len(words)) + WEIGHT


def _shortlist(tokens: Sequence[str], lay: _Layout, like: _Likeness, least: float) -> _Units:
    """Keep the units that hold most of the request's words, in any order and counting no word twice against them.

    Of those, units whose words alone keep them below a score of `least` are left out.
    """
    asked = _weights(tokens) / _weights(tokens).sum()
    weight = _weights(lay.vocabulary)
    covered = np.maximum.reduceat(like.all[:, lay.words], lay.starts[:-1], axis=1)  # (q, t) -> (q, l)
    found = np.add.reduceat((like.all.max(0) * weight)[lay.words], lay.starts[:-1])  # (t,) -> (l,)
    there = np.add.reduceat(weight[lay.words], lay.starts[:-1])
    firsts, widths, worths, holds = [], [], [], []
    for width in (1, 2) if len(tokens) < LONG_REQUEST else (1, 2, WIDEST):
        first = np.arange(len(lay.runs) - width + 1)
        first = first[lay.runs[first] == lay.runs[first + width - 1]]
        span = first + np.arange(width)[:, None]  # (width, u)
        whole = found[span].sum(0) / there[span].sum(0)
        firsts.append(first)
        widths.append(np.full(len(first), width))
        with np.errstate(invalid="ignore"):  # BLAS may flag lanes it reads past the end; all values here are finite
            holds.append(asked @ covered[:, span].max(1))  # (q, width, u) -> (q, u) -> (u,)
        worths.append(holds[-1] + WHOLE * whole)
    first, worth = np.concatenate(firsts), np.concatenate(worths)
    room = min(max(PAIRINGS // len(tokens), 40), 150, len(first))
    kept = np.sort(np.argpartition(-worth, room - 1)[:room])
    kept = kept[1 - WEIGHTS[0] * (1 - np.concatenate(holds)[kept]) >= least - ROUNDED]
    return _Units(first[kept], np.concatenate(widths)[kept])


def _paired(lay: _Layout, like: _Likeness, units: _Units) -> tuple[Ints, Ints, Floats]:
    """Pair each word of the request with a word of the unit, likest first, each word once.

    Returns the partners' places (u, q), -1 where the unit is too short, their indices in the vocabulary (u, q), and how
    alike they are (u, q). Among equals the one at the same share of the way wins.
    """
    asked, n = len(like.all), len(units.first)
    begin = lay.starts[units.first]
    size = np.minimum(lay.starts[units.first + units.width] - begin, LONGEST_UNIT)
    room = np.arange(size.max())
    words = lay.words[np.minimum(begin[:, None] + room, len(lay.words) - 1)]  # (u, w)
    drift = np.abs(np.arange(asked)[None, :, None] / asked - room[None, None, :] / size[:, None, None])
    left = like.all[:, words].transpose(1, 0, 2) - 0.001 * drift  # (u, q, w)
    left = np.where((room < size[:, None])[:, None, :], left, -1.0).astype(np.float32)
    places, worth, at = np.full((n, asked), -1), np.zeros((n, asked), np.float32), np.arange(n)
    for _ in range(min(asked, len(room))):
        which = left.reshape(n, -1).argmax(1)
        word, place = which // len(room), which % len(room)
        real = left[at, word, place] > -0.5
        places[at[real], word[real]] = place[real]
        left[at, word, :] = -1.0
        left[at, :, place] = -1.0
    partners = np.take_along_axis(words, np.maximum(places, 0), 1)
    worth = np.where(places >= 0, like.all[np.arange(asked), partners], 0.0).astype(np.float32)
    return places, partners, worth


def _texts(lay: _Layout, units: _Units) -> list[str]:
    """Return the words of each unit, joined by spaces."""
    return [" ".join(lay.texts[i : i + n]) for i, n in zip(units.first.tolist(), units.width.tolist(), strict=True)]


def _evidence(
    tokens: Sequence[str], lay: _Layout, units: _Units, partners: Ints, worth: Floats, texts: Sequence[str]
) -> Floats:
    """Return the parts of the score (u, 5), in the order of `WEIGHTS`."""
    asked, weight = _weights(tokens), _weights(lay.vocabulary)
    line_weight = np.add.reduceat(weight[lay.words], lay.starts[:-1])
    total = np.concatenate([[0.0], np.cumsum(line_weight)])
    unit_weight = total[units.first + units.width] - total[units.first]
    heard = [phrase(text.split()) for text in texts]
    request, asked_sound = " ".join(tokens), phrase(tokens)
    letters = process.cdist([request], texts, scorer=fuzz.partial_ratio, dtype=np.float32)[0] / 100
    sounds = process.cdist([asked_sound], heard, scorer=fuzz.partial_ratio, dtype=np.float32)[0] / 100
    overall = process.cdist([request], texts, scorer=Indel.normalized_similarity, dtype=np.float32)[0]
    covered = worth @ (asked / asked.sum())
    own = (worth * weight[partners]).sum(1) / unit_weight
    evidence = [covered, np.minimum(own, 1.0), letters, sounds if asked_sound else letters, overall]
    return np.stack(evidence, axis=1).astype(np.float32)


def _scores(request: str, texts: Sequence[str], evidence: Floats) -> Floats:
    """Weigh the parts; a unit that holds the request word for word is nearer to 1, or else short lines outdo it."""
    verbatim = np.array([f" {request} " in f" {text} " for text in texts])
    # no BLAS: its float32 kernels flag numbers beyond such short rows
    lacking = 1.0 - (evidence * WEIGHTS).sum(1)
    scores = 1.0 - np.where(verbatim, VERBATIM * lacking, lacking)
    return np.asarray(np.clip(scores, 0.0, 1.0).round(5), np.float32)
