"""The Million Song Dataset's own files about its tracks: which song each is, who made it, which are mismatched.

Conventions
-----------
Files lie in one folder: unique_tracks.txt, sid_mismatches.txt, tracks_per_year.txt. A file that is not there gives
nothing. What cannot be read is told in one line with its place.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from pathlib import Path

__all__ = ["artists", "mismatched", "song_ids"]

log = logging.getLogger(__name__)
Told = Callable[[str], None]


def artists(folder: Path, wanted: Collection[str], *, told: Told = log.warning) -> dict[str, str]:
    """Return track -> artist of the wanted tracks, as the file writes it; tracks without one are not among them."""
    from songkin.sources import msd

    named = msd.names(folder, wanted, lost=lambda loss: told(f"{loss.place}: {loss.reason}"))
    return {own: track.artist for own, track in named.items() if track.artist}


def song_ids(folder: Path, wanted: Collection[str], *, told: Told = log.warning) -> dict[str, str]:
    """Return track -> song of the wanted tracks; several tracks may be one song."""
    from songkin.sources import msd

    return msd.song_ids(folder, wanted, lost=lambda loss: told(f"{loss.place}: {loss.reason}"))


def mismatched(folder: Path, *, told: Told = log.warning) -> frozenset[str]:
    """Return the tracks that are known to be of another song than the dataset says."""
    from songkin.sources import msd

    return msd.mismatched(folder, lost=lambda loss: told(f"{loss.place}: {loss.reason}"))
