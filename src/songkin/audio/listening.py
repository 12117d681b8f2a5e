"""The one door to the room: a file in, features and a vector out, in little memory however long it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from songkin.audio.analysis import Analysis, analyse_stream
from songkin.audio.character import brightness_hz, danceability, energy
from songkin.audio.keys import key, mode
from songkin.audio.loudness import loudness_db
from songkin.audio.rhythm import tempo_bpm
from songkin.audio.vector import sound_vector
from songkin.audio.waveform import streamed
from songkin.types import Vectors

__all__ = ["FEATURES", "FINGERPRINT", "Heard", "features", "listen"]

FEATURES: Mapping[str, Callable[[Analysis], float | None]] = MappingProxyType(
    {
        "tempo_bpm": tempo_bpm,
        "key": key,
        "mode": mode,
        "loudness_db": loudness_db,
        "energy": energy,
        "danceability": danceability,
        "brightness_hz": brightness_hz,
    }
)
VERSION = "1"  # raise it whenever the same file would give other features or another vector
FINGERPRINT = f"songkin-sound-{VERSION}-" + sha256(Path(__file__).with_name("scale.npz").read_bytes()).hexdigest()[:8]


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What is heard in a file.

    `features` has what can be told, under names with units; what cannot is absent. `vector` (SOUND_DIM,) float32 has
    unit length, or is all zeros for silence, which is like nothing.
    """

    features: Mapping[str, float]
    vector: Vectors
    duration_s: float


def listen(path: Path | str) -> Heard:
    """Decode a file and say how it sounds.

    SourceError names a file that cannot be read, and the cure; MissingExtra says what to install.
    """
    analysis = analyse_stream(streamed(Path(path)))
    return Heard(MappingProxyType(features(analysis)), sound_vector(analysis), analysis.duration_s)


def features(analysis: Analysis) -> dict[str, float]:
    """Return every feature that can be told, by name."""
    told = {name: of(analysis) for name, of in FEATURES.items()}
    return {name: value for name, value in told.items() if value is not None}
