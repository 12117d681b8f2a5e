"""What is not wanted: values songs carry are kept out, other things are avoided; never words for the encoder.

A negated phrase that the library itself describes songs by ("no percussion") stays a wish; words that only sound like
a denial ("I can't get no ...", "not sure") stay words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from songkin.filters import term
from songkin.filters.terms import Has, Or, Term
from songkin.search.understanding.genres import term_of_genre
from songkin.search.understanding.languages import term_of_language
from songkin.search.understanding.sentence import Reading, Sentence, Token, squashed
from songkin.search.understanding.titles import within_title
from songkin.text.denials import FILLERS, IDIOMS, INSTRUMENTS, STOP, SUNG, WISHING_IS
from songkin.text.words import STOP_WORDS

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["read_negations"]

READ_AT_MOST = 8  # denials of one request
CUE = re.compile(
    r"(?:(?<![^\s,;:.!?(\-\x00])|^)(?:(?:but|and)\s+)?(?:please\s+|preferably\s+|definitely\s+|absolutely\s+|"
    r"rather\s+)?"
    r"(?P<cue>(?:i(?:'d| would)? |we )?(?:don't|dont|do not|wouldn't|never|rather not) (?:want|like|need|play|"
    r"include|show)"
    r"(?: me| to hear)?(?: any(?:thing)?(?: (?:about|by|with))?)?|not about|without|w/o|except(?:ing)?(?: for)?|"
    r"excluding|"
    r"exclude|avoid(?:ing)?|nothing (?:about|with|by|from|too)|anything but|other than|minus|sans|"
    r"(?:isn'?t|aren'?t|is not|are not) about|(?<=that )(?:isn'?t|aren'?t|is not|are not)|"
    r"nothing(?= (?!else\b|but\b|more\b|less\b|i\b|you\b|to\b|can\b|is\b|was\b|will\b|ever\b|in\b|on\b|like\b|"
    r"left\b|at\b|really\b|comes\b|matters\b)[\w-]*(?:[^s\s,.;!?]|ous|ss)(?:\s+(?:or|and)\s+[\w-]+)?\s*(?:[,;.!?]|"
    r"$))|(?:i'?m |i am )?not (?:really |that |much )?(?:into|in the mood for|(?:an? )?(?:big |huge )?fan of)|"
    r"never|no|not|rather not|less|fewer|leave out|skip|hold the)\s+"
)
PARTS = re.compile(r"\s*(?:\bor\b|/|\bnor\b)\s*(?:any\s+|a\s+|about\s+|the\s+)?")
AND = re.compile(r"\s*(?:\band\b|&)\s*(?:any\s+|about\s+|the\s+)?")
MOST_WORDS = 5


def read_negations(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read what is denied and was not read yet."""
    count, after = 0, 0
    for found in CUE.finditer(sentence.plain):
        if count >= READ_AT_MOST or found.start() < after:
            continue
        reading = _read(sentence, found, vocabulary)
        if reading:
            count, after = count + 1, reading.end
            yield reading


def _read(sentence: Sentence, found: re.Match[str], vocabulary: Vocabulary) -> Reading | None:
    plain, cue = sentence.plain, found["cue"]
    if not _is_wish(sentence, found):
        return None
    fillers = FILLERS.match(plain, found.end())
    start = fillers.end() if fillers else found.end()
    stop = STOP.search(plain, start)
    end = stop.start() if stop else len(plain)
    tokens = sentence.tokens(start, min(end, start + 80))[: MOST_WORDS + 3]
    if not tokens or IDIOMS.match(plain, found.end()) or (cue in ("no", "not", "never") and IDIOMS.match(plain, start)):
        return None
    if sentence.memory and cue != "not about":
        return _recalled(sentence, found, tokens, vocabulary)
    parts = _parts(sentence, tokens, vocabulary)
    end = parts[-1][1]
    if within_title(sentence, found.start("cue"), end, vocabulary):
        return None
    wanted = f"{cue} {sentence.plain[start:end]}"
    if values := _denied_tags(sentence.plain[start:end].strip(), vocabulary):
        return Reading(found.start("cue"), end, wanted, term=Has("tag", values), weighs=True)
    phrases = [sentence.written(a, b) for a, b in parts]
    terms = [found_term for phrase in phrases if (found_term := _term(phrase, vocabulary))]
    condition = None if not terms else terms[0] if len(terms) == 1 else Or(tuple(terms))
    avoid = tuple(phrase for phrase in phrases if not _is_whole(phrase, vocabulary))
    return Reading(
        found.start(), end, ", ".join(phrases), term=condition, negated=True, avoid=avoid, takes=True,
        weighs=cue in ("less", "fewer"),
    )  # fmt: skip


def _denied_tags(phrase: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the descriptors by which the library itself denies a thing: "no percussion", "without percussion"."""
    things = (phrase, phrase.removesuffix("s"), f"{phrase}s")
    forms = dict.fromkeys(term(f"{no} {thing}") for no in ("no", "not", "without") for thing in things)
    return tuple(form for form in forms if form in vocabulary.tags)


def _is_wish(sentence: Sentence, found: re.Match[str]) -> bool:
    """Say whether a denial wishes something away, and is not sung or said in passing."""
    before = sentence.plain[max(0, found.start() - 30) : found.start()] + " "
    before = re.sub(r"\s+", " ", before)
    cue = found["cue"]
    if cue in ("not about", "isn't about", "aren't about", "is not about", "are not about") or cue.startswith(
        ("except", "exclud", "nothing ")
    ):
        return True
    if cue == "nothing":
        return re.search(r"\w $", before) is None or re.search(r"\b(?:but|and|please) $", before) is not None
    if cue in ("no", "never", "not", "less", "fewer", "minus", "skip"):
        if cue == "never" or (cue == "no" and re.match(r"(\w+) no \w", sentence.plain[found.end() :])):
            return False  # "no woman no cry"
        if re.search(r"\w $", before):
            return (
                bool(WISHING_IS.search(before))
                or re.search(r"\b(?:but|and|please|preferably|definitely|rather) $", before) is not None
            )
        return True
    return not SUNG.search(before) or cue in ("without", "w/o")


def _recalled(sentence: Sentence, found: re.Match[str], tokens: list[Token], vocabulary: Vocabulary) -> Reading | None:
    """Of what a memory denies only artists count: "it's not by Queen"."""
    for size in range(min(4, len(tokens)), 0, -1):
        values = vocabulary.artists.get(squashed(" ".join(token.word for token in tokens[:size])))
        if values and tokens[0].word not in STOP_WORDS and sentence.text[tokens[0].start].isupper():
            said = sentence.written(tokens[0].start, tokens[size - 1].end)
            return Reading(
                found.start("cue"), tokens[size - 1].end, said, term=Has("artist", values), negated=True, takes=True
            )
    return None


def _parts(sentence: Sentence, tokens: list[Token], vocabulary: Vocabulary) -> list[tuple[int, int]]:
    """Return where the things denied stand: "drums or guitars" are two; "and" goes on only to things of one kind."""
    start, end = tokens[0].start, tokens[-1].end
    parts, at = [], start
    for found in PARTS.finditer(sentence.plain, start, end):
        parts.append((at, found.start()))
        at = found.end()
    parts.append((at, end))
    split: list[tuple[int, int]] = []
    for begin, finish in parts:
        joined = AND.search(sentence.plain, begin, finish)
        if not joined:
            split.append((begin, finish))
            continue
        first, second = sentence.plain[begin : joined.start()], sentence.plain[joined.end() : finish]
        split.append((begin, joined.start()))
        if _alike(first, second, vocabulary):
            split.append((joined.end(), finish))
            continue
        break
    return [_short(sentence, part) for part in split if part[1] > part[0]] or [_short(sentence, (start, end))]


def _short(sentence: Sentence, part: tuple[int, int]) -> tuple[int, int]:
    """Cut a part after five words; nobody denies more at once."""
    tokens = sentence.tokens(*part)[:MOST_WORDS]
    return (part[0], tokens[-1].end) if tokens else part


def _alike(first: str, second: str, vocabulary: Vocabulary) -> bool:
    """Say whether two things are of one kind: instruments, genres."""
    a, b = first.split()[-1:] or [""], second.split()[-1:] or [""]
    if a[0] in INSTRUMENTS and b[0] in INSTRUMENTS:
        return True
    return term_of_genre(first, vocabulary) is not None and term_of_genre(second, vocabulary) is not None


def _term(phrase: str, vocabulary: Vocabulary) -> Term | None:
    """Return the value songs carry that a phrase names: an artist, a language, a genre or a descriptor."""
    plain = phrase.lower()
    values = vocabulary.artists.get(squashed(phrase)) or vocabulary.artist_with(phrase)
    genre = term_of_genre(plain, vocabulary)
    if (
        values
        and not genre
        and not STOP_WORDS.issuperset(plain.split())
        and (phrase != plain or term(plain) not in vocabulary.tags)
    ):
        return Has("artist", values)
    if genre or (language := term_of_language(plain, vocabulary)):
        return genre or language
    tags = tuple(
        form for form in dict.fromkeys((term(phrase), term(plain.removesuffix("s")))) if form in vocabulary.tags
    )
    return Has("tag", tags) if tags else None


def _is_whole(phrase: str, vocabulary: Vocabulary) -> bool:
    """Say whether a filter says all that a phrase does, as for artists, languages and genres; not for descriptors."""
    found = _term(phrase, vocabulary)
    return found is not None and found.fields() != ("tag",)
