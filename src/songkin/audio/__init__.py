"""The room where sound files are heard: samples, spectra, features, segments, and a vector of how it all sounds."""

from songkin.audio.analysis import Analysis, analyse
from songkin.audio.character import brightness_hz, danceability, energy
from songkin.audio.keys import KEYS, key, mode
from songkin.audio.listening import FEATURES, FINGERPRINT, Heard, features, listen
from songkin.audio.loudness import loudness_db
from songkin.audio.rhythm import pulse_clarity, tempo_bpm
from songkin.audio.segmenting import Segments, segments
from songkin.audio.vector import SOUND_DIM, sound_vector
from songkin.audio.waveform import RATE, Waveform, read
from songkin.audio.workers import Told, listen_to_each

__all__ = [
    "FEATURES",
    "FINGERPRINT",
    "KEYS",
    "RATE",
    "SOUND_DIM",
    "Analysis",
    "Heard",
    "Segments",
    "Told",
    "Waveform",
    "analyse",
    "brightness_hz",
    "danceability",
    "energy",
    "features",
    "key",
    "listen",
    "listen_to_each",
    "loudness_db",
    "mode",
    "pulse_clarity",
    "read",
    "segments",
    "sound_vector",
    "tempo_bpm",
]
