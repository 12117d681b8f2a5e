"""Networks of two songs: one tower for both, a merge, and the layers that tell how alike they are.

Conventions
-----------
A song is what its tower reads: one tensor, or a tuple of them (a JointTower reads sound and words). Both songs of a
pair go through the same tower. `told` (B, D) is what a tower says, so a song in many pairs need be read only once.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from songkin.errors import TrainingError
from songkin.training.networks.pairs.dense import DENSE, DenseHead, SimilarityDecoder
from songkin.training.networks.pairs.lstm import Bilstm
from songkin.training.networks.pairs.lyrics import SPREAD, lengths_of
from songkin.training.networks.pairs.merges import merged, merged_dim

__all__ = ["BilstmClassifier", "JointTower", "PairNetwork", "SiameseFusion"]

Inputs = Tensor | Sequence[Tensor]


class PairNetwork(nn.Module):
    """A tower with `dim`, a merge by name, and a head (B, merged) -> (B,).

    Without a head the merge is the answer, which only "cosine" can be.
    """

    def __init__(self, tower: nn.Module, merge: str = "all", head: nn.Module | None = None) -> None:
        super().__init__()
        if head is None and merge != "cosine":
            raise TrainingError(f"merge '{merge}' is no number; give a head, or merge by cosine")
        self.tower, self.merge, self.head = tower, merge, head

    def read(self, songs: Inputs) -> Tensor:
        """Return what the tower says of songs, (B, D)."""
        told: Tensor = self.tower(*([songs] if isinstance(songs, Tensor) else songs))
        return told

    def judge(self, left: Tensor, right: Tensor) -> Tensor:
        """Tell how alike songs are of what the tower said of them, (B, D) each -> (B,)."""
        both = merged(self.merge, left, right)
        found: Tensor = both[:, 0] if self.head is None else self.head(both)
        return found

    def forward(self, left: Inputs, right: Inputs) -> Tensor:
        """Tell how alike the songs of pairs are, (B,)."""
        return self.judge(self.read(left), self.read(right))

    def weight_norm(self) -> Tensor | float:
        """Return what L2 makes small: the squared weights of the head's hidden layers; 0 without a head."""
        return self.head.weight_norm() if isinstance(self.head, DenseHead) else 0.0


class _OneLstm(nn.Module):
    """Word vectors and one bidirectional LSTM, last states: (B, T) -> (B, 2 width)."""

    def __init__(self, vocabulary: int, dim: int, width: int, *, masked: bool, vectors: Tensor | None) -> None:
        super().__init__()
        self.words, self.lstm, self.masked = nn.Embedding(vocabulary, dim), Bilstm(dim, width), masked
        nn.init.uniform_(self.words.weight, -SPREAD, SPREAD)
        if vectors is not None:
            self.words.weight.data.copy_(vectors)
        self.dim = 2 * width

    def forward(self, words: Tensor) -> Tensor:
        lengths = lengths_of(words) if self.masked else None
        if lengths is not None:
            words = words[:, : int(lengths.max())]
        said: Tensor = self.lstm(self.words(words), lengths).last
        return said


class BilstmClassifier(PairNetwork):
    """The baseline: word vectors, one bidirectional LSTM, concatenation, two dense layers; a logit a pair.

    The width of the LSTM and of the dense layers is not published: 128, and 128 and 64 as in the other network.
    """

    def __init__(
        self,
        *,
        vocabulary: int = 20_000,
        dim: int = 100,
        width: int = 128,
        widths: Sequence[int] = DENSE,
        dropout: float = 0.3,
        masked: bool = True,
        vectors: Tensor | None = None,
    ) -> None:
        tower = _OneLstm(vocabulary, dim, width, masked=masked, vectors=vectors)
        super().__init__(tower, "concatenation", DenseHead(2 * tower.dim, widths, dropout=dropout))


class JointTower(nn.Module):
    """Sound and words of a song, each through its own tower and made unit length, side by side."""

    def __init__(self, audio: nn.Module, lyrics: nn.Module) -> None:
        super().__init__()
        self.audio, self.lyrics = audio, lyrics
        self.dim = int(audio.dim) + int(lyrics.dim)  # type: ignore[arg-type]

    def forward(self, sound: Tensor, words: Tensor) -> Tensor:
        """Return both, (B, 24, frames) and (B, T) -> (B, audio + lyrics)."""
        return torch.cat([F.normalize(self.audio(sound), dim=-1), F.normalize(self.lyrics(words), dim=-1)], -1)


class SiameseFusion(PairNetwork):
    """The joint model: four vectors, sound and words of two songs, merged, and a Similarity Decoder.

    "concatenation" lays the four side by side; the others merge sound with sound and words with words. "cosine" is the
    mean of the two cosines, without a decoder. `lyrics` None fuses sound alone.
    """

    def __init__(
        self,
        audio: nn.Module,
        lyrics: nn.Module | None,
        merge: str = "concatenation",
        *,
        dropout: float = 0.3,
    ) -> None:
        tower = audio if lyrics is None else JointTower(audio, lyrics)
        wide = merged_dim(merge, int(tower.dim))  # type: ignore[arg-type]
        super().__init__(tower, merge, None if merge == "cosine" else SimilarityDecoder(wide, dropout=dropout))
