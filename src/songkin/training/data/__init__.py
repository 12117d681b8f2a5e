"""What training learns from: one file a source, leak-free splits, and how sources are mixed into batches."""

from songkin.training.data.augment import Augment, tag_text
from songkin.training.data.example import TRAIN, VALID, Example, Ground, Source
from songkin.training.data.mixing import Mixed, Mixer
from songkin.training.data.sources import SOURCES, checksums, read_sources
from songkin.training.data.splits import artist_split, split_of

__all__ = [
    "SOURCES",
    "TRAIN",
    "VALID",
    "Augment",
    "Example",
    "Ground",
    "Mixed",
    "Mixer",
    "Source",
    "artist_split",
    "checksums",
    "read_sources",
    "split_of",
    "tag_text",
]
