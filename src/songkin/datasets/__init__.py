"""Corpora songkin knows, one a file: home, licence, citation, checksums; `demo` is the one it ships."""

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
    tot_music,
    wasabi,
)
from songkin.datasets.checking import Checked, check, data_folder, file_of, presence
from songkin.datasets.corpus import SHIPS, Corpus, File
from songkin.datasets.finding import CORPORA, corpus

__all__ = [
    "CORPORA",
    "SHIPS",
    "Checked",
    "Corpus",
    "File",
    "audioset_ontology",
    "check",
    "corpus",
    "data_folder",
    "deezer_mood",
    "demo",
    "file_of",
    "hetrec_lastfm2k",
    "lastfm",
    "lpmusiccaps",
    "mtg_jamendo",
    "musiccaps",
    "musicmood",
    "musicoset",
    "musixmatch",
    "popular_songs",
    "presence",
    "public_domain_songs",
    "tot_music",
    "wasabi",
]
