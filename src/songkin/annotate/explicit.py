"""Words for which a song is called explicit, by family, and how much each family counts.

Conventions
-----------
A word counts in the first family it fits, also where stars hide a part of it. Weights are of a logistic model on which
families a song has, learned by `songkin.training.heads`; how often says less than whether. `cut` divides true
from false.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.text.words import in_place

__all__ = ["FAMILIES", "Explicit", "Explicitness", "counted", "families"]

WORD = re.compile(r"[^\W_](?:[\w'*@$-]*[\w*])?")
FAMILIES: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        name: re.compile(pattern)
        for name, pattern in {
            "fuck": r"\w*fuck\w*'?|f+u+c*k+(?:e[dr]s?|in'?g?s?|s)?|f[*@]+(?:c?k)?\w*'?|fck\w*|"
            r"f-+c?k(?:e[dr]s?|in'?g?s?|s)?|f-ing|f-u-c-k",
            "shit": r"\w*shit\w*|sh[*@]+t\w*|s[*@]+t",
            "slur": r"n[i1*]+gg*[auersz*]+h?|n\*+\w*|fag(?:got)?s?|dyke",
            "bitch": r"\w*b[i*]+a?t+ch\w*'?|b\*+h?",
            "body": r"dicks?|cocks?|puss(?:y|ies)|p\*+y|cunts?|titt?(?:y|ies|s)|balls?ack|cum(?:ming|min'?)?|d\*+k",
            "ass": r"(?:dumb|bad|fat|jack|big|fine|punk|broke|lame|kick|bitch|smart)?-?ass(?:es|hole|holes)?|a\*+|arse",
            "whore": r"hoe?s?|whores?|sluts?|thots?|pimp(?:s|in'?|ing)?",
            "oath": r"god-?damn(?:ed|it)?|goddam|damn(?:ed|it)?|bastards?|piss(?:ed|in'?|ing)?|hell|crap",
            "sex": r"sex|sexy|naked|horny|orgasm|condoms?|panties|booty|strippers?|freaky|suck(?:s|in'?|ing|ed)?",
            "drugs": r"weed|blunts?|cocaine|coke|crack|dope|molly|xans?|xanax|percs?|percocets?|kush|heroin|meth",
            "violence": r"guns?|glocks?|pistols?|murder(?:ed|er|ers|s)?|kill(?:a|er|ers|ed|in'?|ing|s)?|choppa|bodies",
        }.items()
    }
)
QUOTED = ("fuck", "shit", "slur", "bitch", "body", "ass", "whore")  # named first; the others where these are not there
MOST_QUOTED = 6


class Explicitness(NamedTuple):
    """Whether a song is explicit, how likely that is, and the words that say so, the commonest first."""

    explicit: bool
    p: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explicit:
    """What was learned: a weight for each family, what they are added to, and the p from which a song is explicit."""

    weights: Mapping[str, float]
    bias: float
    cut: float = 0.5

    def judge(self, lines: Sequence[str]) -> Explicitness:
        """Judge sung lines; a song in which no word of a family stands is never explicit."""
        found = counted(lines)
        if not any(found.values()):
            return Explicitness(False, _share(self.bias), ())
        p = _share(self.bias + sum(self.weights[name] for name, own in found.items() if own))
        return Explicitness(p >= self.cut, p, _quoted(found) if p >= self.cut else ())


def counted(lines: Iterable[str]) -> dict[str, dict[str, int]]:
    """Return family -> word as sung -> count; a word counts in the first family it fits."""
    found: dict[str, dict[str, int]] = {name: {} for name in FAMILIES}
    for line in lines:
        for match in WORD.finditer(in_place(line)):
            word = match[0]
            name = _family(word)
            if name:
                found[name][word] = found[name].get(word, 0) + 1
    return found


def _family(word: str) -> str | None:
    return next((name for name, pattern in FAMILIES.items() if pattern.fullmatch(word)), None)


def _quoted(found: Mapping[str, Mapping[str, int]]) -> tuple[str, ...]:
    """Return the words to quote: of the plain families, of the others where there are none."""
    plain = {word: count for name in QUOTED for word, count in found[name].items()}
    words = plain or {word: count for own in found.values() for word, count in own.items()}
    return tuple(sorted(words, key=lambda word: (-words[word], word))[:MOST_QUOTED])


def _share(score: float) -> float:
    """Return 1 / (1 + e^-score)."""
    return float(1 / (1 + np.exp(-np.clip(score, -30, 30))))


def families(lines: Sequence[str]) -> NDArray[np.float64]:
    """Return 1 for each family that the lines have a word of, else 0: (len(FAMILIES),)."""
    return np.array([float(bool(own)) for own in counted(lines).values()])
