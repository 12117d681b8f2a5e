"""Descriptors as corpora write them, spelt as people say them: "instrument---acousticguitar", "drum_machine".

Conventions
-----------
`JOINED` maps a descriptor written in one word to the words people say; only what is never one word in speech is there
("synthpop" is). Most are tags of MTG-Jamendo (Bogdanov et al., 2019 [bogdanov2019mtgjamendo]), the others like them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

__all__ = ["spelt_out"]

FAMILIES = """
guitar: acoustic electric classical bass spanish steel slide lead rhythm
bass guitar: acoustic electric
bass: double upright slap synth
piano: electric grand upright toy
organ: pipe church hammond electric
machine: drum
kit: drum
loop: drum
rock: alternative classic hard punk post blues indie folk progressive psychedelic soft garage instrumental art space
rock: southern country jazz surf stoner gothic acoustic electronic
pop: indie instrumental dream dance art
metal: heavy death black thrash doom power progressive symphonic
house: deep tech progressive acid
jazz: acid smooth free latin
fusion: jazz world ethnic
ambient: dark
folk: indie
age: new
wave: new
hop: trip hip
listening: easy
nova: bossa
out: chill
vocals: male female
vocal: male female
music: world film game
score: film
tempo: slow fast medium
"""
ODD = {
    "drumnbass": "drum and bass",
    "drumandbass": "drum and bass",
    "rocknroll": "rock and roll",
    "rockandroll": "rock and roll",
    "rhythmandblues": "rhythm and blues",
    "singersongwriter": "singer-songwriter",
    "popfolk": "folk pop",
    "poprock": "pop rock",
    "lofi": "lo-fi",
}
KIND = re.compile(r"^[\w /&-]{1,40}?---+")  # "mood/theme---"


def spelt_out(descriptor: str) -> str:
    """Return a descriptor as people say it: "instrument---acousticguitar" -> "acoustic guitar".

    What is not known to be joined stays as it is, but for underscores; blank text gives ''.
    """
    told = KIND.sub("", descriptor).replace("_", " ").strip()
    return _joined().get(told.casefold(), told)


@lru_cache(maxsize=1)
def _joined() -> Mapping[str, str]:
    """Return joined -> spelt, in lower case."""
    return {"".join(said.split()): said for said in _families()} | ODD


def _families() -> Iterator[str]:
    for line in FAMILIES.strip().splitlines():
        last, first = line.split(": ")
        yield from (f"{one} {last}" for one in first.split())
