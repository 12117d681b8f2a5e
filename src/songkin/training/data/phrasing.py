"""Descriptions turned into requests without a language model: templates, and a hook for a user's own.

Conventions
-----------
A template holds {text}, the description as it would follow the words before it, or {tags}. An opening such as "This
song features" is taken off a description, so that what it features stands in the request; where none is known the
sentence stays whole.
"""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from songkin.errors import TrainingError
from songkin.training.data.templates import DENIALS, HAS, IS, SENTENCE, TAGS

__all__ = ["Rephrase", "denied", "rephrased", "rephraser"]

Rephrase = Callable[[str, Sequence[str], np.random.Generator], str]
THING = (
    r"(?:the|this|a|an) (?:low quality |amateur |live |instrumental )*"
    r"(?:song|music|piece|track|clip|audio|recording|tune|composition)"
)
HAVING = re.compile(
    rf"^(?:{THING} (?:features|contains|has|consists of|includes)|there (?:is|are)|we (?:hear|can hear)|you can hear"
    r"|here we have) ",
    re.I,
)
BEING = re.compile(rf"^(?:{THING} is|this is|it is|it's|it sounds(?: like)?) ", re.I)


def rephrased(text: str, tags: Sequence[str], rng: np.random.Generator, own: Rephrase | None = None) -> str:
    """Turn a description, or its descriptors, into a request."""
    if own is not None:
        return own(text, tags, rng).strip() or text
    if tags and rng.random() < 0.25:
        return _pick(TAGS, rng).format(tags=_listed(tags, rng))
    for opening, templates in ((HAVING, HAS), (BEING, IS)):
        if (found := opening.match(text)) and found.end() < len(text):
            return _pick(templates, rng).format(text=_tail(text[found.end() :]))
    return _pick(SENTENCE, rng).format(text=_tail(text))


def denied(text: str, lacking: str, rng: np.random.Generator) -> str:
    """Add to a request that something is not wanted."""
    return f"{text.rstrip(' .,;')}{_pick(DENIALS, rng).format(lacking=lacking)}"


def rephraser(hook: str, data: Path | None = None) -> Rephrase | None:
    """Return the function a recipe names as "module:function", None for ""; TrainingError where there is none.

    One that has a parameter `data` is given the folder of corpora, None = as the settings say.
    """
    if not hook:
        return None
    module, _, name = hook.partition(":")
    try:
        function = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        cure = 'write "module:function" of a module Python finds'
        raise TrainingError(f"the recipe's hook '{hook}' cannot be imported ({error}); {cure}") from error
    if not callable(function):
        raise TrainingError(f"the recipe's hook '{hook}' is no function; it takes text, descriptors and a generator")
    called: Rephrase = partial(function, data=data) if "data" in inspect.signature(function).parameters else function
    return called


def _tail(text: str) -> str:
    """Return a description as it stands within a request: no full stop, a small first letter unless a name's."""
    text = text.strip().rstrip(".")
    return text[:1].lower() + text[1:] if text[1:2].islower() or text[1:2] == " " else text


def _listed(tags: Sequence[str], rng: np.random.Generator) -> str:
    few = [tags[at] for at in rng.permutation(len(tags))[:4]]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} and {few[-1]}"


def _pick(templates: Sequence[str], rng: np.random.Generator) -> str:
    return templates[int(rng.integers(len(templates)))]
