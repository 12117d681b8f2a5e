"""Where songs and their passages rest: one LanceDB library, read by anyone, written by one."""

from songkin.store.nearness import SongVectors
from songkin.store.rows import Matches, PassageRow, SongRow, StoredPassage
from songkin.store.search import Candidates, Title
from songkin.store.store import Store
from songkin.store.view import Counts
from songkin.store.writer import Known, Writer, writing

__all__ = [
    "Candidates",
    "Counts",
    "Known",
    "Matches",
    "PassageRow",
    "SongRow",
    "SongVectors",
    "Store",
    "StoredPassage",
    "Title",
    "Writer",
    "writing",
]
