"""What is held out of training, by the rule that evaluation asks too: `songkin.datasets.holdout`."""

from __future__ import annotations

from songkin.datasets.holdout import SHARE, artist_split, pair_key, split_of

__all__ = ["SHARE", "artist_split", "pair_key", "split_of"]
