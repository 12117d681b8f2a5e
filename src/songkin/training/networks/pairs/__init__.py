"""How alike are two songs: a tower that reads each, a merge of what it says, and layers that tell a number.

Langevin, Annanya and Zhang 2025 [langevin2025similarity], after Balakrishnan and Dixit 2016
[balakrishnan2016deepplaylist].
"""

from __future__ import annotations

from songkin.training.networks.pairs.audio import AudioEmbeddingCNN, ResidualAudio, fitted
from songkin.training.networks.pairs.dense import DenseHead, SimilarityDecoder
from songkin.training.networks.pairs.lstm import Bilstm
from songkin.training.networks.pairs.lyrics import LyricsTower
from songkin.training.networks.pairs.merges import MERGES, merged, merged_dim
from songkin.training.networks.pairs.network import BilstmClassifier, JointTower, PairNetwork, SiameseFusion

__all__ = [
    "MERGES",
    "AudioEmbeddingCNN",
    "Bilstm",
    "BilstmClassifier",
    "DenseHead",
    "JointTower",
    "LyricsTower",
    "PairNetwork",
    "ResidualAudio",
    "SiameseFusion",
    "SimilarityDecoder",
    "fitted",
    "merged",
    "merged_dim",
]
