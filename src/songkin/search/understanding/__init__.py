"""Understand a request in plain words by the library's own vocabulary: seeds, conditions, wishes, what is not wanted.

Words stay in the channels' text, except resolved seeds and what is denied. A condition filters only where it is said
for certain and at least half the library has the field; otherwise it weighs, and a note says so.
"""

from songkin.search.understanding.understand import Understood, understand
from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["Understood", "Vocabulary", "understand"]
