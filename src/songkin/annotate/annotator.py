"""Label songs from their words: read, score, say what is sure enough, and say why where nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from songkin.annotate.abstaining import Heard, heard
from songkin.annotate.heads import FEATURES, Floats, Heads
from songkin.annotate.labels import HAPPY, SAD, Labels, quadrant
from songkin.annotate.reading import Reading, read
from songkin.errors import EncoderError
from songkin.types import Encoder, Lyrics, Song

__all__ = ["AT_ONCE", "LIKELY", "MOST_THEMES", "Annotator", "Heed"]

Heed = Callable[[Sequence[str], Reading], None]  # is called with ids of songs and with what was read of their words

AT_ONCE = 64  # songs read together
LIKELY = 0.2  # of a further genre, to be named beside the first
MOST_THEMES = 3
BAG_NOTE = "predicted from a bag of words: without lines less is known"


class Annotator:
    """Label heads with the encoder whose vectors they read."""

    def __init__(self, heads: Heads, encoder: Encoder) -> None:
        if heads.fingerprint != encoder.fingerprint:
            cure = "install the songkin-labels of this songkin (pip install --upgrade 'songkin[labels]'), "
            cure += "or train heads for this encoder (docs/labels.md)"
            raise EncoderError(f"the label heads read vectors of another encoder than {encoder.name}; {cure}")
        self.heads, self._encoder = heads, encoder

    def labels(self, songs: Iterable[Song], *, heed: Heed | None = None) -> Iterator[Labels]:
        """Label songs one after another, in order, by nothing but their words (and their language, if given).

        `heed` is shown what is read on the way, so that nothing need be read twice.
        """
        rest = iter(songs)
        while chunk := list(islice(rest, AT_ONCE)):
            yield from self._chunk(chunk, heed)

    def read(self, songs: Sequence[Song], *, heed: Heed) -> dict[str, str]:
        """Read songs' words and label nothing; return why of each song, by id, that could not be judged."""
        reasons: dict[str, str] = {}
        for at in range(0, len(songs), AT_ONCE):
            part = songs[at : at + AT_ONCE]
            each = [heard(song) for song in part]
            self._read(part, each, heed)
            reasons |= {song.id: own.reason for song, own in zip(part, each, strict=True) if own.reason}
        return reasons

    def _read(self, songs: Sequence[Song], each: Sequence[Heard], heed: Heed | None) -> Reading:
        """Read those of some songs that can be judged."""
        readable = [song for song, own in zip(songs, each, strict=True) if not own.reason]
        reading = read([song.lyrics or Lyrics() for song in readable], self._encoder)
        if heed and readable:
            heed([song.id for song in readable], reading)
        return reading

    def _chunk(self, songs: Sequence[Song], heed: Heed | None) -> Iterator[Labels]:
        each = [heard(song) for song in songs]
        reading = self._read(songs, each, heed)
        scored = iter(zip(self._predictions(self.heads.scores(reading)), reading.bags, strict=True))
        for song, own in zip(songs, each, strict=True):
            if own.reason:
                yield self._silent(song, own)
            else:
                predicted, bag = next(scored)
                yield self._said(song, own, predicted, bag=bool(bag))

    def _predictions(self, scores: Floats) -> list[_Prediction]:
        """Return what the heads predict of each text (n,)."""
        calibration, heads = self.heads.calibration, self.heads
        columns = {f"p_{name}_high": calibration.high[name](heads.column(scores, name)) for name in FEATURES}
        columns["p_happy"] = calibration.happy(heads.column(scores, HAPPY))
        inputs = [heads.places[name] for name in calibration.genres.inputs]
        genres = calibration.genres(scores[:, inputs].astype(np.float64))
        columns |= {f"p_{name}": genres[:, at] for at, name in enumerate(calibration.genres.names)}
        themes = {name: curve(heads.column(scores, f"theme:{name}")) for name, (curve, _) in calibration.themes.items()}
        said = calibration.genres.said(genres) if genres.size else []
        return [
            _Prediction(
                scores[row],
                {name: float(own[row]) for name, own in columns.items()},
                calibration.genres.names[said[row]] if said else None,
                {name: float(own[row]) for name, own in themes.items()},
            )
            for row in range(len(scores))
        ]

    def _said(self, song: Song, own: Heard, predicted: _Prediction, *, bag: bool) -> Labels:
        """Return the labels of a song that was read."""
        calibration, p = self.heads.calibration, predicted.probabilities
        scores = {name: float(predicted.scores[self.heads.places[name]]) for name in FEATURES}
        explicit = self.heads.explicit.judge(own.sung)
        return Labels(
            song.id,
            genre=predicted.genre,
            genres=tuple(_genres(predicted.genre, {name: p[f"p_{name}"] for name in calibration.genres.names})),
            mood=HAPPY if p["p_happy"] >= 0.5 else SAD,
            quadrant=quadrant(p["p_valence_high"], p["p_energy_high"]),
            estimates={name: calibration.value[name](scores[name]) for name in FEATURES},
            probabilities=p,
            language=own.language,
            explicit=explicit.explicit,
            explicit_words=explicit.words,
            themes=self._themes(predicted.themes),
            note=BAG_NOTE if bag else "",
        )

    def _themes(self, p: dict[str, float]) -> dict[str, float]:
        """Return the themes sure enough to be said, the surest first, and how likely each is."""
        cuts = {name: cut for name, (_, cut) in self.heads.calibration.themes.items()}
        sure = sorted((name for name in p if p[name] >= cuts[name]), key=lambda name: -p[name] / cuts[name])
        return {name: p[name] for name in sure[:MOST_THEMES]}

    def _silent(self, song: Song, own: Heard) -> Labels:
        """Return what can be said of a song that cannot be judged: its language, explicit words, how common each is."""
        explicit = self.heads.explicit.judge(own.sung)
        return Labels(
            song.id,
            probabilities=dict(self.heads.calibration.base),
            language=own.language,
            explicit=explicit.explicit,
            explicit_words=explicit.words,
            note=own.reason,
        )


class _Prediction(NamedTuple):
    """What is predicted of one text: scores, the columns' probabilities, the genre to name (or None), themes."""

    scores: Floats
    probabilities: dict[str, float]
    genre: str | None
    themes: dict[str, float]


def _genres(first: str | None, p: dict[str, float]) -> list[str]:
    """Return the genre that is said, and the others that are likely, the likeliest first."""
    others = sorted((name for name in p if name != first and p[name] >= LIKELY), key=lambda name: -p[name])
    return [*([first] if first else []), *others]
