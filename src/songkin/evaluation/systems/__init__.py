"""What ranks texts: an encoder alone, and untrained rivals that count words, made here so that nothing is needed."""

from songkin.evaluation.systems.bm25 import Bm25
from songkin.evaluation.systems.cosine import cosine
from songkin.evaluation.systems.ranking import Scorer, rank_documents
from songkin.evaluation.systems.tfidf import TfIdf

__all__ = ["Bm25", "Scorer", "TfIdf", "cosine", "rank_documents"]
