"""Label songs from their words: read, score, say what is sure enough, and say why where nothing is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import numpy as np

from songkin.annotate.abstaining import Heard, heard
from songkin.annotate.heads import FEATURES, Floats, Heads
from songkin.annotate.labels import HAPPY, SAD, Labels, quadrant
from songkin.annotate.reading import read
from songkin.errors import EncoderError
from songkin.types import Encoder, Lyrics, Song

__all__ = ["AT_ONCE", "LIKELY", "MOST_THEMES", "Annotator"]

AT_ONCE = 64  # songs read together
LIKELY = 0.2  # of a further genre, to be told beside the first
MOST_THEMES = 3
BAG_NOTE = "told from a bag of words: without lines less is known"


class Annotator:
    """Label heads with the encoder whose vectors they read."""

    def __init__(self, heads: Heads, encoder: Encoder) -> None:
        if heads.fingerprint != encoder.fingerprint:
            cure = "install the songkin-labels of this songkin, or train heads for this encoder (docs/labels.md)"
            raise EncoderError(f"the label heads read vectors of another encoder than {encoder.name}; {cure}")
        self.heads, self._encoder = heads, encoder

    def labels(self, songs: Iterable[Song]) -> Iterator[Labels]:
        """Label songs one after another, in order, by nothing but their words (and their language, if given)."""
        rest = iter(songs)
        while chunk := list(islice(rest, AT_ONCE)):
            yield from self._chunk(chunk)

    def _chunk(self, songs: Sequence[Song]) -> Iterator[Labels]:
        told = [heard(song) for song in songs]
        readable = [song.lyrics or Lyrics() for song, own in zip(songs, told, strict=True) if not own.reason]
        reading = read(readable, self._encoder)
        scored = iter(zip(self._beliefs(self.heads.scores(reading)), reading.bags, strict=True))
        for song, own in zip(songs, told, strict=True):
            if own.reason:
                yield self._silent(song, own)
            else:
                belief, bag = next(scored)
                yield self._said(song, own, belief, bag=bool(bag))

    def _beliefs(self, scores: Floats) -> list[_Belief]:
        """Return what is believed of each text (n,)."""
        means, heads = self.heads.meanings, self.heads
        columns = {f"p_{name}_high": means.high[name](heads.column(scores, name)) for name in FEATURES}
        columns["p_happy"] = means.happy(heads.column(scores, HAPPY))
        genres = means.genres(scores[:, [heads.places[name] for name in means.genres.inputs]].astype(np.float64))
        columns |= {f"p_{name}": genres[:, at] for at, name in enumerate(means.genres.names)}
        themes = {name: curve(heads.column(scores, f"theme:{name}")) for name, (curve, _) in means.themes.items()}
        said = means.genres.said(genres) if genres.size else []
        return [
            _Belief(
                scores[row],
                {name: float(own[row]) for name, own in columns.items()},
                means.genres.names[said[row]] if said else None,
                {name: float(own[row]) for name, own in themes.items()},
            )
            for row in range(len(scores))
        ]

    def _said(self, song: Song, own: Heard, belief: _Belief, *, bag: bool) -> Labels:
        """Return the labels of a song that was read."""
        means, p = self.heads.meanings, belief.probabilities
        scores = {name: float(belief.scores[self.heads.places[name]]) for name in FEATURES}
        explicit = self.heads.explicit.judge(own.sung)
        return Labels(
            song.id,
            genre=belief.genre,
            genres=tuple(_genres(belief.genre, {name: p[f"p_{name}"] for name in means.genres.names})),
            mood=HAPPY if p["p_happy"] >= 0.5 else SAD,
            quadrant=quadrant(p["p_valence_high"], p["p_energy_high"]),
            estimates={name: means.value[name](scores[name]) for name in FEATURES},
            probabilities=p,
            language=own.language,
            explicit=explicit.explicit,
            explicit_words=explicit.words,
            themes=self._themes(belief.themes),
            note=BAG_NOTE if bag else "",
        )

    def _themes(self, p: dict[str, float]) -> dict[str, float]:
        """Return the themes sure enough to be said, the surest first, and how likely each is."""
        cuts = {name: cut for name, (_, cut) in self.heads.meanings.themes.items()}
        sure = sorted((name for name in p if p[name] >= cuts[name]), key=lambda name: -p[name] / cuts[name])
        return {name: p[name] for name in sure[:MOST_THEMES]}

    def _silent(self, song: Song, own: Heard) -> Labels:
        """Return what can be said of a song that cannot be judged: its language, explicit words, how common each is."""
        explicit = self.heads.explicit.judge(own.sung)
        return Labels(
            song.id,
            probabilities=dict(self.heads.meanings.base),
            language=own.language,
            explicit=explicit.explicit,
            explicit_words=explicit.words,
            note=own.reason,
        )


class _Belief(NamedTuple):
    """What is believed of one text: scores, the columns' probabilities, the genre to say (None: none known), themes."""

    scores: Floats
    probabilities: dict[str, float]
    genre: str | None
    themes: dict[str, float]


def _genres(first: str | None, p: dict[str, float]) -> list[str]:
    """Return the genre that is said, and the others that are likely, the likeliest first."""
    others = sorted((name for name in p if name != first and p[name] >= LIKELY), key=lambda name: -p[name])
    return [*([first] if first else []), *others]
