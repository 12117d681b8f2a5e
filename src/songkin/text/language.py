"""The language lyrics are sung in.

Conventions
-----------
Languages are ISO 639-1 codes; None = not known. Confidence lies in [0, 1]. The model loads at the first question
(about 0.4 s) and not before.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from songkin.text.lyrics import lines

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

__all__ = ["FLOOR", "Guess", "detect"]

FLOOR = 0.6
"""Below it a guess counts as unknown: of English passages of some 40 words one in twenty falls below, and of those
above one in a thousand is called something else (4,162 passages of chart songs)."""
ENOUGH = 5_000
LEAST_WORDS = 3
LEAST_LETTERS = 4


class Guess(NamedTuple):
    """A language and how sure it is; (None, confidence) when that is too little to name one."""

    language: str | None
    confidence: float


def detect(text: str) -> Guess:
    """Guess the language of lyrics or of any text, marks and credits set aside; under 3 words give (None, 0.0).

    Text in a script without spaces needs 4 characters instead.
    """
    sung = "\n".join(line.text for line in lines(text) if line.text)[:ENOUGH]
    if len(sung.split()) < LEAST_WORDS and (sung.isascii() or len(sung) < LEAST_LETTERS):
        return Guess(None, 0.0)
    language, confidence = _identifier().classify(sung)
    return Guess(language if confidence >= FLOOR else None, min(float(confidence), 1.0))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages([code for code in identifier.labels if len(code) == 2])
    return identifier
