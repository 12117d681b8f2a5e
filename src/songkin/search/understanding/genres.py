"""Genres as conditions: "jazz songs", "but hip-hop", "only country"; elsewhere a genre's name is a word like others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from songkin.filters import term
from songkin.filters.terms import Has, Or, Term
from songkin.search.understanding.languages import NAME as LANGUAGE_NAME
from songkin.search.understanding.languages import term_of_language
from songkin.search.understanding.sentence import END, Reading, Sentence, Token
from songkin.text.words import normalise

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["GENRE_WORDS", "GenreName", "named_genres", "read_genres", "term_of_genre"]

SPELLINGS = (
    "hip hop, hiphop, rap, hip-hop/rap",
    "r&b, rnb, r n b, r and b, rhythm and blues, rhythm & blues",
    "electronic, electronica, electro, electronic music",
    "edm, electronic dance music, dance",
    "drum and bass, drum & bass, drum n bass, dnb, d&b",
    "rock and roll, rock & roll, rock n roll, rock 'n' roll",
    "heavy metal, metal",
    "alternative, alternative rock, alt rock, alt-rock",
    "indie, indie rock",
    "classical, classical music",
    "country, country music",
    "folk, folk music",
    "k-pop, kpop, korean pop",
    "j-pop, jpop, japanese pop",
    "soundtrack, soundtracks, ost, film music, movie soundtrack",
    "children's music, childrens music, kids music, children",
    "latin, latin music",
    "reggae, reggae music",
    "gospel, christian gospel",
    "lo-fi, lofi, lo fi",
    "singer-songwriter, singer songwriter",
    "psychedelic, psychedelia",
    "bossa nova, bossanova",
    "trip hop, triphop",
    "afrobeat, afrobeats",
    "new age, newage",
    "a cappella, acapella, a capella",
    "synth pop, synthpop",
    "easy listening, lounge",
)
GENRE_WORDS = frozenset(
    [name.strip() for line in SPELLINGS for name in line.split(",")]
    + [
        "pop",
        "rock",
        "jazz",
        "blues",
        "soul",
        "funk",
        "disco",
        "punk",
        "ska",
        "grunge",
        "techno",
        "house",
        "trance",
        "dubstep",
        "ambient",
        "swing",
        "bluegrass",
        "salsa",
        "samba",
        "tango",
        "flamenco",
        "fado",
        "polka",
        "opera",
        "emo",
        "hardcore",
        "reggaeton",
        "dancehall",
        "trap",
        "grime",
        "garage",
        "industrial",
        "shoegaze",
        "vaporwave",
        "americana",
        "honky-tonk",
        "motown",
        "doo-wop",
        "new-wave",
        "post-punk",
        "britpop",
        "gothic",
        "krautrock",
        "world",
        "schlager",
        "chanson",
        "mariachi",
        "bachata",
        "cumbia",
        "merengue",
        "klezmer",
        "celtic",
        "dub",
        "zydeco",
        "barbershop",
        "chiptune",
        "hyperpop",
        "phonk",
        "metalcore",
    ]
)
NOUN = re.compile(
    r"(?:\s|\x00)+(?:(?:love|dance|party|protest|piano|guitar|vocal|instrumental|cover|summer|workout|wedding|"
    r"break-?up|driving|upbeat|happy|sad|slow|fast|chill|drinking|road trip|and|or|&|/|christmas)\s+)?"
    r"(?:songs?|music|tracks?|tunes?|ballads?|hits?|numbers?|anthems?|classics?|playlist|stuff|bangers?|jams?|"
    r"version|versions|remix|style|singers?|artists?|bands?|feel|vibes?|sound|genre|one|ones|record|album|pieces?|"
    r"standards?|mix|covers?)\b"
)
GOES_ON = re.compile(r"[\w &'-]{2,20}(?:,[\w &'-]{2,20}){0,4}?,?\s+(?:or|nor)\s")
LISTED = re.compile(r"\s*(?:,|/|\bor\b|\band\b|&|,\s*or\b)\s*")
WISHED = re.compile(
    r"(?:^|[,;:.!?\n]|\bbut|\bonly|\bjust|\bsome|\bstrictly|\bpurely|\bmake it|\binstead|\bin the style of|\bmore|"
    r"\bgenre(?: is)?:?|\bstyle of|\bplay|\bgive me|\bi want|\bprefer|\bpreferably|\bas|\bmaybe|\bideally)\s+"
    r"(?:(?:a|an|in|some|only|more|make it|it's|please|maybe|it is|just|as)\s+)*$|^\s*$|,$|\x00\s+$|\b(?:upbeat|"
    r"slow|fast|sad|happy|quiet|calm|smooth|chill|soft|"
    r"classic|modern|acoustic|mellow|relaxing|energetic|melancholic|instrumental|moody|dark|dreamy|uplifting|gentle|"
    r"romantic|groovy|funky|epic|raw|emotional|cheerful|gloomy|intense|lively|aggressive|angry|danceable|bouncy|sunny|"
    r"experimental|melodic|catchy|soulful|spooky|warm|bright|minimal|atmospheric|uncensored|"
    rf"{LANGUAGE_NAME})\s+$"
)
ABOUT = re.compile(r"\s+about\b")
NATION = re.compile(rf"\b((?!latin)(?:{LANGUAGE_NAME}))\s+$")
PURPOSE = re.compile(
    r"\s+(?:to|for)\s+(?:an?\s+|the\s+|my\s+|some\s+|long\s+|late\s+|early\s+|quiet\s+|rainy\s+|lazy\s+|sunday\s+|"
    r"friday\s+|saturday\s+|night\s+|dinner\s+|road\s+)*(?:(?!king|ring|thing|spring|wing|sing)\w{2,}ing|dinner|"
    r"breakfast|brunch|work|study|sleep|party|parties|drives?|trip|nights?|mornings?|evenings?|afternoons?|sundays?|kids|"
    r"children|toddlers|gym|workouts?|run|yoga|focus|weddings?|concentration|background|relaxation|summer|winter|beach|"
    r"beginners|office|cafe|bar|barbecue|bbq|funeral|sex|study to|relax|dance|work out|unwind|cook|drive)\b"
)


class GenreName(NamedTuple):
    """What people call a genre, and the library's values it means."""

    label: str
    values: tuple[str, ...]


def named_genres(values: Mapping[str, str]) -> dict[str, GenreName]:
    """Return genres by squashed name; `values` maps the library's normal forms to their spelling.

    A name means every value that is it or holds it as a word: "country" also means "contemporary country".
    """
    words = {value: f" {' '.join(normalise(spelt).split())} " for value, spelt in values.items()}
    groups = [[name.strip() for name in line.split(",")] for line in SPELLINGS]
    groups += [[name] for name in sorted(GENRE_WORDS - {name for group in groups for name in group})]
    groups += [[spelt] for spelt in values.values()]
    found: dict[str, GenreName] = {}
    for group in groups:
        names = dict.fromkeys(f" {normalise(name)} " for name in group)
        forms = {term(name) for name in group}
        meant = tuple(v for v in values if v in forms or any(name in words[v] for name in names))
        for name in group:
            form = term(name)
            known = found.get(form)
            found[form] = GenreName(name, tuple(dict.fromkeys((*(known.values if known else ()), *meant))))
    return found


def term_of_genre(phrase: str, vocabulary: Vocabulary) -> Term | None:
    """Return the condition a genre's name stands for, over genres and, where they hold it, tags; None for others."""
    genre = vocabulary.genres.get(term(phrase))
    return _condition(genre, vocabulary) if genre else None


def _condition(genre: GenreName, vocabulary: Vocabulary) -> Term | None:
    tags = tuple(form for form in dict.fromkeys([term(genre.label), *genre.values]) if form in vocabulary.tags)
    terms = [Has(field, values) for field, values in (("genre", genre.values), ("tag", tags)) if values]
    return None if not terms else terms[0] if len(terms) == 1 else Or(tuple(terms))


def read_genres(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read genres that stand where a condition stands."""
    words = sentence.tokens()
    at, last = 0, None
    while at < len(words):
        size, genre = _genre_at(words, at, vocabulary)
        if genre:
            reading = _read(sentence, words[at].start, words[at + size - 1].end, genre, vocabulary, last)
            if reading:
                yield from _nation(sentence, words[at].start, reading, vocabulary)
                yield reading
                last = reading
        at += max(size, 1)


def _nation(sentence: Sentence, start: int, reading: Reading, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read "Russian rock": where it is from, which says nearly for certain in what language it is sung."""
    found = NATION.search(sentence.plain, max(0, start - 20), start)
    language = term_of_language(found[1], vocabulary) if found and reading.term and not reading.negated else None
    if found and language:
        yield Reading(found.start(1), found.end(1), found[1].title(), term=language, weighs=True)


def _genre_at(words: list[Token], at: int, vocabulary: Vocabulary) -> tuple[int, GenreName | None]:
    """Return the longest genre name that begins at a word, and how many words it has."""
    for size in range(min(4, len(words) - at), 0, -1):
        span = words[at : at + size]
        if any(b.start - a.end > 3 for a, b in pairwise(span)):
            continue
        name = "".join(word.word for word in span)
        genre = vocabulary.genres.get(term(name)) or vocabulary.genres.get(term(name.replace("and", "&")))
        if genre:
            return size, genre
    return 0, None


def _read(
    sentence: Sentence, start: int, end: int, genre: GenreName, vocabulary: Vocabulary, last: Reading | None
) -> Reading | None:
    plain = sentence.plain
    noun = NOUN.match(plain, end)
    named = noun is not None or plain[start:end].endswith(" music")  # "country music": the noun is part of the name
    ends = re.compile(END).match(plain, end) or PURPOSE.match(plain, end)
    denied = sentence.negator(start)
    listed = last is not None and LISTED.fullmatch(plain, last.end, start)
    if denied is None and listed and last and last.negated and _goes_on(plain, listed[0], start):
        denied = last.end  # "no country or rap" denies both
    if denied is not None:
        if not (named or ends) or ABOUT.match(plain, noun.end() if noun else end):
            return None  # "no rap about money" denies a theme
        condition = _condition(genre, vocabulary)
        stop = noun.end() if noun else end
        return Reading(denied, stop, genre.label, term=condition, negated=True, takes=True) if condition else None
    wished = WISHED.search(plain[max(0, start - 40) : start])
    if not (named or (ends and (wished or listed))):
        return None
    if not genre.values:
        if vocabulary.known("genre") and not sentence.memory and genre.label in GENRE_WORDS:
            note = f"no song here has the genre {genre.label}; it stays words"
            return Reading(start, end, note=note) if term(genre.label) not in vocabulary.tags else None
        return None
    return Reading(start, end, genre.label, term=Has("genre", genre.values))


def _goes_on(plain: str, joint: str, start: int) -> bool:
    """Say whether a denial goes on after a joint: over "or" and "and", over a comma only where one of them follows."""
    return joint.strip() not in (",", "") or GOES_ON.match(plain, start) is not None
