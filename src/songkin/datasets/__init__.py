"""Corpora songkin knows, one a file: home, licence, citation, checksums; `demo` is the one it ships."""

from songkin.datasets.checking import Checked, check, data_folder, file_of, presence
from songkin.datasets.corpus import SHIPS, Corpus, File
from songkin.datasets.finding import CORPORA, corpus

__all__ = [
    "CORPORA",
    "SHIPS",
    "Checked",
    "Corpus",
    "File",
    "check",
    "corpus",
    "data_folder",
    "file_of",
    "presence",
]
