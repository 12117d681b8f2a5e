"""Put the engine together: the channels that find songs, the stages that order them, and what explains."""

from __future__ import annotations

from songkin.library.clustering import strategies
from songkin.library.excluding import Excluding
from songkin.library.opinions import Opinions
from songkin.search import (
    ArtistCap,
    Avoid,
    Away,
    Engine,
    Explain,
    Features,
    Liking,
    Meaning,
    Others,
    Prefer,
    Rerank,
    Sound,
    Tilt,
    Title,
    Variety,
    Versions,
    Words,
)
from songkin.search.line import LineChannel
from songkin.search.weighing import fusion_of
from songkin.store import Store
from songkin.types import Channel, Encoder, Stage

__all__ = ["engine_of"]


def engine_of(
    store: Store,
    encoder: Encoder | None,
    meaning: Meaning | None,
    lines: LineChannel,
    versions: Versions,
    excluding: Excluding,
    opinions: Opinions,
) -> Engine:
    """Return what answers requests to a library; without an encoder there is no `meaning`."""
    channels: list[Channel] = [Words(store), lines, Title(store), Features(store), Sound(store)]
    stages: list[Stage] = [Others(store), Rerank(store), Prefer(store), Avoid(store, meaning), Away(store)]
    liking = Liking(store, opinions.verdicts)
    stages += [Tilt(store), liking, versions, ArtistCap(store), Variety(store)]
    if meaning:
        channels.insert(0, meaning)
    explain = Explain(store, meaning, lines, liking)
    return Engine(store, channels, stages, explain, excluding, strategies(store, meaning), fusion_of(encoder))
