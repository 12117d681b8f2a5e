"""What is held out of training: decided by a hash of what must not be on both sides, so that it never moves.

Conventions
-----------
A tenth is held out: of MusicCaps by track, of forgotten songs by artist, of public-domain songs by id, of our own
texts by text, of our requests by pair of lines. Two examples with one key are always on the same side. Training and
evaluation both ask here.
"""

from __future__ import annotations

import hashlib

from songkin.text import artist_key

__all__ = ["FOLDS", "SHARE", "TRAIN", "VALID", "artist_fold", "artist_split", "pair_key", "split_of"]

TRAIN, VALID = "train", "valid"
SHARE = 10  # one in so many is held out
FOLDS = 5


def split_of(key: str) -> str:
    """Return "valid" where sha256(key) is divisible by ten, else "train"."""
    return VALID if int(hashlib.sha256(key.encode()).hexdigest(), 16) % SHARE == 0 else TRAIN


def artist_split(name: str) -> str:
    """Return the split of an artist, the same however the name is written."""
    return split_of(artist_key(name) or name)


def artist_fold(name: str, folds: int = FOLDS) -> int:
    """Return the fold of an artist in cross-validation, from 0 on, the same however the name is written."""
    return int(hashlib.sha256(f"fold {artist_key(name) or name}".encode()).hexdigest(), 16) % folds


def pair_key(file: str, number: int) -> str:
    """Return the key of a text of a file in which two and two stand together; `number` counts from 0."""
    return f"{file}:{number // 2}"
