"""The corpora by name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from types import MappingProxyType

from songkin.datasets import (
    audioset_ontology,
    deezer_mood,
    demo,
    hetrec_lastfm2k,
    lastfm,
    lpmusiccaps,
    mtg_jamendo,
    musiccaps,
    musicmood,
    musicoset,
    musixmatch,
    popular_songs,
    public_domain_songs,
    songkin_readings,
    songkin_texts,
    tot_music,
    wasabi,
)
from songkin.datasets.corpus import Corpus
from songkin.errors import QueryError

__all__ = ["CORPORA", "corpus"]

KNOWN = (
    demo,
    songkin_texts,
    songkin_readings,
    musicoset,
    popular_songs,
    musixmatch,
    lastfm,
    wasabi,
    lpmusiccaps,
    musiccaps,
    mtg_jamendo,
    audioset_ontology,
    public_domain_songs,
    tot_music,
    deezer_mood,
    musicmood,
    hetrec_lastfm2k,
)
CORPORA: Mapping[str, Corpus] = MappingProxyType({module.CORPUS.name: module.CORPUS for module in KNOWN})


def corpus(name: str) -> Corpus:
    """Return the corpus of that name, '-' and '_' and case alike; QueryError names the nearest."""
    asked = name.strip().casefold().replace("-", "_")
    if asked in CORPORA:
        return CORPORA[asked]
    near = difflib.get_close_matches(asked, CORPORA, 1, 0.5)
    cure = f"did you mean '{near[0]}'?" if near else f"there are {', '.join(CORPORA)}"
    raise QueryError(f"no data set is called '{name}'; {cure}")
