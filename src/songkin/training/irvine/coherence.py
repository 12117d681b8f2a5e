"""How well the words of a topic belong together: normalised pointwise mutual information over documents.

Conventions
-----------
Documents are sequences of words; a word counts once a document. For words i and j with document shares p,
NPMI = ln(p_ij / (p_i p_j)) / -ln(p_ij), in [-1, 1]: -1 for words that never meet, 0 for independent ones, 1 for words
that only come together. A topic's coherence is the mean over all pairs of its words, a model's the mean over topics.
Bouma, GSCL 2009 [bouma2009npmi]; Röder, Both and Hinneburg, WSDM 2015 [roeder2015coherence].
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations

__all__ = ["coherence", "npmi"]


def coherence(topics: Sequence[Sequence[str]], documents: Sequence[Sequence[str]]) -> float:
    """Return the mean coherence of topics in [-1, 1], each given by its foremost words; NaN where none has two words.

    Every model is measured alike by giving the same number of words a topic and the same documents.
    """
    wanted = {word for topic in topics for word in topic}
    holding: dict[str, set[int]] = {word: set() for word in wanted}
    for at, words in enumerate(documents):
        for word in wanted.intersection(words):
            holding[word].add(at)
    means = []
    for topic in topics:
        pairs = [npmi(holding[a], holding[b], len(documents)) for a, b in combinations(dict.fromkeys(topic), 2)]
        if pairs:
            means.append(math.fsum(pairs) / len(pairs))
    return math.fsum(means) / len(means) if means else math.nan


def npmi(one: set[int], other: set[int], documents: int) -> float:
    """Return the NPMI of two words by the documents that hold them; words that stand in every document give 0.

    Words that never meet give -1, the limit, and so do words that no document holds.
    """
    both = len(one & other)
    if not both:
        return -1.0
    if both == documents:
        return 0.0
    share = both / documents
    return math.log(share / (len(one) / documents * len(other) / documents)) / -math.log(share)
