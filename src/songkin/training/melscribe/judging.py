"""The tests of a re-run, and the systems that are judged on them: trained networks, and untrained rivals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import torch

from songkin.datasets.lpmusiccaps import Captioned, captioned
from songkin.evaluation import Rank, Round, System, TfIdf, first, rank_documents
from songkin.evaluation.tasks import melscribe
from songkin.training.data import VALID, Ground
from songkin.training.data.drawn import DrawnSets
from songkin.training.melscribe.agenda import HELD_OUT
from songkin.training.melscribe.mining import TFIDF, retriever
from songkin.training.melscribe.sampling import draw_sets, joined
from songkin.training.networks.text import TextNetwork
from songkin.training.tokens import TOKENIZER, Reader
from songkin.types import Vectors

__all__ = ["MAX_TOKENS", "encoder", "rival", "rounds", "rounds_of", "trained"]

MAX_TOKENS = 256
Encode = Callable[[Sequence[str]], Vectors]


def rounds(test: str, seeds: Sequence[int], ground: Ground, held: DrawnSets, *, limit: int = 0) -> list[Round]:
    """Draw a test, one round a seed: "held-out" of a source, "mc", "mc_reco", or an LP-MusicCaps file."""
    if test in melscribe.PAPER:
        found = melscribe.rounds(test, seeds)
    elif test == HELD_OUT:
        found = rounds_of(held.captions(ground, VALID), seeds, empty=False)
    else:
        found = rounds_of(captioned(ground.beside(test)), seeds)
    return [first(one, limit or None) for one in found]


def rounds_of(tracks: Sequence[Captioned], seeds: Sequence[int], *, empty: bool = True) -> list[Round]:
    """Draw one set for every sentence of captioned tracks, a round a seed, as the paper draws its tests.

    The paper keeps sentences that hold no descriptor: their document is `empty` and no text finds it.
    """
    found = []
    for seed in seeds:
        drawn = [one for one in draw_sets(tracks, seed=seed, sets=1) if empty or one.sets[0]]
        ids = [f"{one.track}:{at}" for at, one in enumerate(drawn)]
        found.append(
            Round(
                seed,
                {joined(one.sets[0]): one.sets[0] for one in drawn},
                {name: one.query for name, one in zip(ids, drawn, strict=True)},
                {name: {joined(one.sets[0]): 1.0} for name, one in zip(ids, drawn, strict=True)},
            )
        )
    return found


def rival(name: str) -> System:
    """Return an untrained system: "tf-idf", "shipped", a folder, or a hub name."""
    if name.casefold() == TFIDF:
        return System("Tf-Idf", "words, cosine", lambda drawn: rank_documents(_whole(drawn), TfIdf))
    own = retriever(name)
    assert own.encode is not None
    return encoder(own.name, "untrained on this", own.encode)


def trained(name: str, folder: Path) -> System:
    """Return the network of a folder as a system."""
    network = TextNetwork.read(folder)
    reader = Reader(folder / TOKENIZER, MAX_TOKENS, torch.device("cpu"))
    return encoder(name, folder.name, lambda texts: reader.encoded(network, texts))


def encoder(name: str, says: str, encode: Encode) -> System:
    """Return an encoder as a system that ranks by exact cosine; no text is encoded twice."""
    known: dict[str, Vectors] = {}

    def vectors(texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if new:
            known.update(zip(new, encode(new), strict=True))
        return np.stack([known[text] for text in texts])

    def fit(drawn: Round) -> Rank:
        ids = [name for name, texts in drawn.documents.items() if texts]
        own = vectors([joined(tuple(drawn.documents[name])) for name in ids])  # (m, dim)

        def rank(requests: Sequence[str], k: int) -> list[list[str]]:
            order = np.argsort(-(vectors(requests) @ own.T), axis=1, kind="stable")[:, :k]
            return [[ids[at] for at in row] for row in order]

        return rank

    return System(name, says, fit)


def _whole(drawn: Round) -> dict[str, list[str]]:
    return {name: [joined(tuple(texts))] for name, texts in drawn.documents.items()}
