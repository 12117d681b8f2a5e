"""Untrained rivals that rank texts by their words, made here so that a comparison needs nothing installed."""

from songkin.evaluation.systems.bm25 import Bm25
from songkin.evaluation.systems.ranking import Scorer, rank_documents
from songkin.evaluation.systems.tfidf import TfIdf

__all__ = ["Bm25", "Scorer", "TfIdf", "rank_documents"]
