"""How songs are found and ordered: channels name them, fusion joins, stages order, explain gives reasons."""

from songkin.search.avoid import Avoid
from songkin.search.clusters import LyricNeighbours, Partition
from songkin.search.condition import Away, Others, Tilt
from songkin.search.diversify import ArtistCap, Variety
from songkin.search.engine import Answer, Engine
from songkin.search.explain import Explain
from songkin.search.features import Features
from songkin.search.fuse import WEIGHTS, fuse
from songkin.search.keywords import KeywordNeighbours
from songkin.search.liking import Liking
from songkin.search.meaning import Meaning
from songkin.search.prefer import Prefer
from songkin.search.rerank import Rerank
from songkin.search.sound import Sound
from songkin.search.title import Title
from songkin.search.versions import Versions
from songkin.search.words import Words

__all__ = [
    "WEIGHTS",
    "Answer",
    "ArtistCap",
    "Avoid",
    "Away",
    "Engine",
    "Explain",
    "Features",
    "KeywordNeighbours",
    "Liking",
    "LyricNeighbours",
    "Meaning",
    "Others",
    "Partition",
    "Prefer",
    "Rerank",
    "Sound",
    "Tilt",
    "Title",
    "Variety",
    "Versions",
    "Words",
    "fuse",
]
