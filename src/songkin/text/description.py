"""What a song is like, in words: the text its description is found by. Never its title, artist or lyrics."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from songkin.text.compounds import spelt_out
from songkin.types import PREDICTABLE, Song

__all__ = [
    "ALSO",
    "GENRE",
    "HAPPY",
    "LANGUAGE_NAMES",
    "THEME",
    "about",
    "circumstances",
    "descriptors",
    "feature_words",
    "supposed",
    "told_apart",
]


class Bounds(NamedTuple):
    """The words for a feature's low and high end, and where the ends begin."""

    low: float
    low_words: str
    high: float
    high_words: str


FEATURE_WORDS: Mapping[str, Bounds] = {
    "valence": Bounds(0.3, "sad, melancholic", 0.75, "happy, cheerful"),
    "energy": Bounds(0.35, "calm, quiet", 0.8, "energetic, powerful"),
    "danceability": Bounds(0.0, "", 0.75, "danceable, groovy"),
    "acousticness": Bounds(0.0, "", 0.75, "acoustic"),
    "instrumentalness": Bounds(0.0, "", 0.6, "instrumental"),
    "speechiness": Bounds(0.0, "", 0.33, "spoken, rapped"),
    "liveness": Bounds(0.0, "", 0.8, "live recording"),
    "tempo_bpm": Bounds(80.0, "slow tempo", 140.0, "fast tempo"),
}
LANGUAGE_NAMES: Mapping[str, str] = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
    "zh": "Chinese",
}  # fmt: skip
LIST_MARK = re.compile(r"[,;|]")
SUPPOSED = "judged by its words:"  # what comes before what is not given but predicted
THEME, GENRE, ALSO = "theme:", "genre:", "also:"  # a predicted theme, the genre said, another that is likely
HAPPY = "happy"  # and the mood
LIKELY = 0.4  # from which a predicted genre is told
FEW_WORDS = 4  # of a description that is no list but a single descriptor
TAGS_TOLD = 60  # the heaviest so many tags speak; more would drown the rest


def about(song: Song) -> str:
    """Return a song's description: tags (heaviest first), its own words, genres, era, mood and feature words.

    What is not given but predicted comes last, and says so. A song that says nothing of itself gives ''.
    """
    parts = [", ".join(descriptors(song)), song.description or "", feature_words(song.features), circumstances(song)]
    parts.append(f"{SUPPOSED} {', '.join(told)}" if (told := supposed(song)) else "")
    return ". ".join(part.strip(" .") for part in parts if part.strip(" ."))


def told_apart(description: str) -> list[str]:
    """Return the descriptors of a description that is a list, "soft piano, slow": its parts between commas.

    A description of a few words, "soft piano", is one descriptor; a sentence is none.
    """
    parts = [part for told in LIST_MARK.split(description) if (part := told.strip(" ."))]
    return parts if len(parts) > 1 or len(description.split()) <= FEW_WORDS else []


def descriptors(song: Song) -> list[str]:
    """Return tags and genres as people say them (`spelt_out`), heaviest tag first, each once whatever its case."""
    tags = sorted(song.tags, key=lambda tag: -song.tags[tag])[:TAGS_TOLD]
    told = [spelt_out(name) for name in (*tags, *song.genres)]
    once = {name.casefold(): name for name in reversed(told) if name}
    return list(reversed(once.values()))


def feature_words(features: Mapping[str, float]) -> str:
    """Say in words which features stand out: {"valence": 0.9} -> "happy, cheerful". Nothing gives ''."""
    said = []
    for name, ends in FEATURE_WORDS.items():
        if name in features:
            said.append(
                ends.high_words if features[name] >= ends.high else ends.low_words if features[name] <= ends.low else ""
            )
    return ", ".join(word for word in said if word)


def supposed(song: Song) -> list[str]:
    """Return what a song's words are predicted to tell, where it is not given: themes, genre, feature words."""
    told = song.predicted
    words = sorted((name for name in told if name.startswith(THEME)), key=lambda name: -told[name])
    said = [name.removeprefix(THEME) for name in words]
    genres = {name.removeprefix(GENRE): p for name, p in told.items() if name.startswith(GENRE) and p >= LIKELY}
    if genres and not song.genres:
        said.append(spelt_out(max(genres, key=lambda name: genres[name])))
    said += feature_words({name: song.measures[name] for name in PREDICTABLE if song.is_predicted(name)}).split(", ")
    return [word for word in dict.fromkeys(said) if word]


def circumstances(song: Song) -> str:
    """Say when and in which language; English is not said, for most songs here are."""
    decade = f"{song.year // 10 * 10}s" if song.year else ""
    language = LANGUAGE_NAMES.get(song.language or "", "") if song.language != "en" else ""
    instrumental = "instrumental" if song.lyrics and song.lyrics.instrumental else ""
    return ", ".join(part for part in (decade, language, instrumental) if part)
