"""Songs a request compares with: "like X", "in the style of X", "X but slower", "X meets Y", "unlike X".

A name is a seed only where it is one title or artist of the library; "like a river" stays words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from songkin.search.understanding.sentence import END, Reading, Sentence, Token
from songkin.search.understanding.titles import Name, artist_at, name_at, nearest_name
from songkin.text.words import REQUEST_WORDS, STOP_WORDS, tokens
from songkin.text.words import vocabulary as words_of

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["BARRED", "CUES_AT_MOST", "read_seeds", "segment_of"]

CUES_AT_MOST = 8
WHAT = (
    r"(?:something|smth|sth|anything|someone|stuff|songs?|music|tracks?|tunes?|artists?|bands?|singers?|more|playlist|"
    r"ones?|others?)"
)
STRONG = (
    rf"(?:{WHAT}\s+(?:(?:that|which)\s+)?(?:(?:is|are|sounds?)\s+)?(?:(?:a (?:bit|lot|little)|kind of|sort of|"
    rf"kinda|much|"
    r"more|just|very|quite|really)\s+)*like|(?:very |quite |somewhat |vaguely )?similar (?:to|with)|(?:in|with|"
    r"has) the "
    r"(?:style|vein|spirit|manner|mood|sound|feel|vibe) of|a la|along the lines of|reminiscent of|"
    r"reminds? (?:me|one|you) of|"
    r"sound(?:s|ing)?\s+(?:(?:a (?:bit|lot|little)|kind of|sort of|kinda|much|more|just|exactly|"
    r"almost)\s+)*like|close to|"
    r"akin to|resembl(?:es?|ing)|inspired by|influenced by|same (?:vibe|mood|style|feel) as|"
    r"(?:a )?(?:mix(?:ture)?|blend|cross|combination) (?:of|between)|if you like|fans? of|as good as)"
)
UNLIKE = (
    r"(?:unlike|(?:but )?(?:not|nothing|isn't|is not|don't sound|doesn't sound|does not sound|"
    r"not sounding)(?:\s+(?:at all|too "
    r"much|so much|really|anything|sounding|similar))*\s+(?:like|to)|dissimilar (?:to|from)|"
    r"not (?:really )?(?:an? )?(?:big |huge )?fans? of|(?:very )?different (?:from|to|than))"
)
CUE = re.compile(
    rf"\b(?:(?:but|and)\s+)?(?:(?P<unlike>{UNLIKE})|(?P<strong>{STRONG})|"
    r"(?P<weak>like|(?<!other )(?<!rather )than))\b\s*"
)
ABOUT = re.compile(
    r"(?:(?:the\s+)?(?:songs?|tracks?|tunes?|music|bands?|artists?|singers?|sound|hits?|stuff|style|"
    r"work)\s+(?:(?:of|by|called|"
    r"named|titled|from)\s+)?|(?:early|late|old|vintage)\s+)*"
)
SOFT_END = words_of(
    "but with without only more less that which who in under over not no for please except just though on yet "
    "when where instead maybe while if as so then and or from by is are was were to at"
)
BARRED = words_of(
    "a an i i'm i've i'd you're im ive id you he she it this that these those my your his her their we they "
    "when what where how to in on at if crazy something anything someone somebody there so really"
)
HARD_END = re.compile(r"[;\n()\"]|[!?](?=\s|$)|(?<!\b\w)(?<!\b\w\w)\.(?=\s|$)|\s-\s")  # not in "P!nk", "Dr. Dre"
NEXT = re.compile(
    r"\s*(?:,\s*(?:and|or)?|\band\b|\bor\b|&|\+|\bmeets\b|\bmixed with\b|\bcrossed with\b)\s*(?:like\s+)?"
)
BUT = re.compile(r"^\s*(?P<head>[^,;!?\n]{2,60}?),?\s+(?:but|only)\s+(?!only|not sure)")
MEETS = re.compile(r"\b(?:meets|crossed with|mixed with|x)\b")
THIS = re.compile(rf"(?:this|that)(?:\s+(?:one|song|track|tune|record))?(?:{END})")
STYLED = re.compile(r"[-\s]+(?:style|like|esque|ish|type)\b|(?<=\w)esque\b")


def read_seeds(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read the songs and artists that hits are to be like or unlike; somebody who recalls a song compares in words."""
    if sentence.memory or not vocabulary.songs:
        return
    done = 0
    if head := _head(sentence, vocabulary):
        yield head
        done = head.end
    for count, found in enumerate(CUE.finditer(sentence.plain)):
        if found.start() >= done and count < CUES_AT_MOST and (reading := _after_cue(sentence, found, vocabulary)):
            yield reading
            done = reading.end
    yield from _styled(sentence, vocabulary, done)


def _head(sentence: Sentence, vocabulary: Vocabulary) -> Reading | None:
    """Read "X but ..." and "X meets Y" at the start."""
    found = BUT.match(sentence.whole)
    if found and not CUE.search(found["head"]):
        words = sentence.tokens(0, found.end("head"), quoted=True)
        if len(words) > 1 or (words and not vocabulary.is_descriptor(words[0].word)):
            name = name_at(words, vocabulary, whole=True) or (
                nearest_name(words, vocabulary) if len(words) > 1 else None
            )
            if name and (name.artist or len(words) > 1 or sentence.text[words[0].start].isupper()):
                return _seed(0, found.end("head"), [name])
    joined = MEETS.search(sentence.plain)
    if joined:
        left = sentence.tokens(0, joined.start())[-6:]
        for at in range(len(left)):
            first = name_at(left[at:], vocabulary, whole=True)
            right = sentence.tokens(joined.end())
            second = name_at(right, vocabulary) if first and right else None
            if first and second:
                return _seed(left[at].start, right[second.size - 1].end, [first, second])
    return None


def _after_cue(sentence: Sentence, found: re.Match[str], vocabulary: Vocabulary) -> Reading | None:
    """Read the names after "like" and its kin."""
    start = found.end()
    quoted = sentence.whole[start : start + 1] == '"'
    if quoted:
        start += 1
    elif (skipped := ABOUT.match(sentence.plain, start)) and not _begins_name(sentence, skipped, vocabulary):
        start = skipped.end()
        quoted = sentence.whole[start : start + 1] == '"'
        start += quoted
    stop = HARD_END.search(sentence.whole, start)
    words = sentence.tokens(start, min(stop.start() if stop else len(sentence.whole), start + 120), quoted=quoted)
    if not quoted:
        further = sentence.tokens(start, min(len(sentence.plain), start + 120))
        title = name_at(further, vocabulary) if further else None
        if title and title.size > len(words) and "by" in [word.word for word in further[: title.size]]:
            words = further  # "Stop! In the Name of Love by The Supremes"
    if not words or words[0].start > start + 2:
        return None
    strong = bool(found["strong"] or found["unlike"]) or not sentence.plain[: found.start()].strip(" \0,")
    names, end = _names(sentence, words, vocabulary, strong=strong or quoted)
    if not names:
        return _unknown(sentence, found, words, vocabulary) if strong else None
    end += sentence.whole[end : end + 1] == '"'
    return _seed(found.start(), end, names, unlike=bool(found["unlike"]))


def _begins_name(sentence: Sentence, skipped: re.Match[str], vocabulary: Vocabulary) -> bool:
    """Say whether what looks like "the band", "old" is the beginning of a name: "Old Dominion"."""
    words = sentence.tokens(skipped.start(), min(len(sentence.plain), skipped.start() + 60))
    name = name_at(words, vocabulary) if skipped[0] and words else None
    return name is not None and words[name.size - 1].end > skipped.end()


def _names(sentence: Sentence, words: list[Token], vocabulary: Vocabulary, *, strong: bool) -> tuple[list[Name], int]:
    """Return the names that stand one after another, and where the last ends."""
    names: list[Name] = []
    end = 0
    while words and len(names) < 5:
        name = _one(sentence, words, vocabulary, strong=strong and not names)
        if not name:
            break
        names.append(name)
        end = words[name.size - 1].end
        joined = NEXT.match(sentence.whole, end)
        if not joined or joined.end() == end:
            break
        words = sentence.tokens(joined.end(), min(len(sentence.plain), joined.end() + 80))
        if words and words[0].start > joined.end() + 2:
            break
    return names, end


def _one(sentence: Sentence, words: list[Token], vocabulary: Vocabulary, *, strong: bool) -> Name | None:
    """Return the name the words begin with: exactly, or nearly up to where a name can end."""
    segment = segment_of(words)
    exact = name_at(words, vocabulary)
    if exact and len(segment) < exact.size < len(words) and not exact.artist:
        exact = exact if exact.size > 2 or not segment else name_at(segment, vocabulary)
    if not exact and len(segment) < len(words):
        exact = name_at(segment, vocabulary)
    if exact and _is_name(sentence, words[: exact.size], exact, vocabulary, strong=strong, segment=len(segment)):
        if not exact.artist and [word.word for word in words[exact.size : exact.size + 1]] == ["by"]:
            return _by_another(sentence, words, exact.size, vocabulary) or exact
        return exact
    upper = sentence.text[words[0].start].isupper()
    by = next((i for i, word in enumerate(words) if word.word == "by"), 0)
    if (strong or upper) and 0 < by <= 8 and (not segment or words[0].word in BARRED):  # "We Are the .. by Queen"
        return _by_another(sentence, words, by, vocabulary)
    if not segment or words[0].word in BARRED or not (strong or upper):
        return None
    near = nearest_name(segment, vocabulary)
    if 0 < by <= 8:
        rest = segment_of(words[by + 1 :])
        near = nearest_name(words[: by + 1 + len(rest)], vocabulary) or near if rest else near
        near = near or _artist_of(sentence, words, by, vocabulary)
    return near


def _by_another(sentence: Sentence, words: list[Token], by: int, vocabulary: Vocabulary) -> Name | None:
    """Return the song that a title and the artist after "by" nearly name, else the artist for it."""
    rest = segment_of(words[by + 1 :])
    near = nearest_name(words[: by + 1 + len(rest)], vocabulary) if rest else None
    return near or _artist_of(sentence, words, by, vocabulary)


def _artist_of(sentence: Sentence, words: list[Token], by: int, vocabulary: Vocabulary) -> Name | None:
    """Return the artist of a song the library lacks, "Unknown Song by Queen", for whom the song was meant."""
    size, values = artist_at(words[by + 1 :], vocabulary)
    if not size and (segment := segment_of(words[by + 1 :])[:5]):
        size, values = len(segment), vocabulary.near_artist(" ".join(word.word for word in segment))
    if not values:
        return None
    label, said = vocabulary.spelt(values), sentence.written(words[0].start, words[by - 1].end)
    note = f"this library has no '{said}' by {label}; other songs by {label} stand in for it"
    return Name(vocabulary.songs_by(values), by + 1 + size, label, artist=True, note=note)


def segment_of(words: list[Token]) -> list[Token]:
    """Return the words up to the first that hardly stands in a name, or to a gap."""
    for at, word in enumerate(words):
        gap = at and word.start - words[at - 1].end > 1 + (word.start - words[at - 1].end == 3)
        if word.word in SOFT_END or gap:
            return words[:at]
    return words


def _is_name(
    sentence: Sentence, words: list[Token], name: Name, vocabulary: Vocabulary, *, strong: bool, segment: int
) -> bool:
    """Say whether words that spell a name mean it: "sounds like rain" means rain, whatever song is called so."""
    upper = sentence.text[words[0].start].isupper() or sentence.whole[words[0].start - 1 : words[0].start] == '"'
    said = [word for token in words for word in tokens(token.word)]
    if STOP_WORDS.issuperset(said) or REQUEST_WORDS.issuperset(said):
        return upper and len(said) > 1
    if upper or len(words) > 2:
        return True
    if words[0].word in BARRED and not name.artist:
        return strong and len(words) > 2
    ends = re.compile(END).match(sentence.plain, words[-1].end) is not None
    common = len(words) == 1 and (vocabulary.is_descriptor(words[0].word) or not name.artist)
    return (
        ends and not common
        if not strong
        else (ends or name.artist)
        and not (common and not ends)
        and not (len(words) == 1 and vocabulary.is_descriptor(words[0].word))
    )


def _seed(start: int, end: int, names: list[Name], *, unlike: bool = False) -> Reading:
    ids = tuple(dict.fromkeys(name for one in names for name in one.ids))
    label = " and ".join(name.label for name in names)
    note = "; ".join(name.note for name in names if name.note)
    said = f"{'unlike' if unlike else 'like'} {label}"
    return Reading(start, end, said, takes=True, note=note, **({"unlike": ids} if unlike else {"like": ids}))  # type: ignore[arg-type]


def _unknown(sentence: Sentence, found: re.Match[str], words: list[Token], vocabulary: Vocabulary) -> Reading | None:
    """Say so where what looks like a name names nothing here, or where "this one" does; the words stay."""
    pointed = THIS.match(sentence.plain, words[0].start)
    if pointed and not sentence.seeded:
        said = sentence.written(*pointed.span())
        return Reading(found.start(), pointed.end(), note=f"which song is '{said}'? name it: like TITLE by ARTIST")
    segment = segment_of(words)[:6]
    if not segment or segment[0].word in BARRED:
        return None
    capital = sentence.text[segment[0].start].isupper() or sentence.whole[found.end() : found.end() + 1] == '"'
    ends = re.compile(END).match(sentence.plain, segment[-1].end)
    if not capital and not (ends and len(segment) < 3 and vocabulary.strange([word.word for word in segment])):
        return None
    said = sentence.written(segment[0].start, segment[-1].end)
    return Reading(
        found.start(), segment[-1].end, note=f"'{said}' is no title or artist of this library; it stays words"
    )


def _styled(sentence: Sentence, vocabulary: Vocabulary, done: int) -> Iterator[Reading]:
    """Read "Enya-like", "in Queen style"."""
    for found in STYLED.finditer(sentence.plain):
        words = sentence.tokens(max(done, found.start() - 40), found.start())[-3:]
        for at in range(len(words)):
            size, values = artist_at(words[at:], vocabulary)
            name = " ".join(word.word for word in words[at:])
            if size == len(words) - at and not vocabulary.is_descriptor(name) and words[-1].end >= found.start() - 1:
                label = vocabulary.spelt(values)
                yield _seed(words[at].start, found.end(), [Name(vocabulary.songs_by(values), size, label, artist=True)])
                break
