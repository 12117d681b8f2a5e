"""Who sings, or nobody, and whether swearing is welcome: "sung by a woman", "choir", "no vocals", "clean"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from songkin.filters import FIELDS
from songkin.filters.terms import Has, Is
from songkin.search.understanding.sentence import END, Reading, Sentence

if TYPE_CHECKING:
    from songkin.search.understanding.vocabulary import Vocabulary

__all__ = ["read_explicit", "read_seasons", "read_voices"]

HALF = 0.5
SINGER = r"(?:vocal(?:s|ist|ists)?|voices?|singers?|singing|lead|rapper|rapping|sung|fronted)"

MADE = r"songs?|music|tracks?|hits?|anthems?|ballads?|anything|something|stuff|pop|rock|rap|sung|fronted|performed"
DEEP = r"an? (?:\w+ ){0,3}(?:voice|vocals?)\b"
ALONE = r"\b(?<!about )(?<!\ba )(?<!the )(?<!of )(?<!male or )(?<!male and )"
PLAINLY = (
    rf"(?:{END}|(?= (?:slow|fast|sad|happy|upbeat|calm|chill|mellow|soft|acoustic|pop|rock|rap|r&b|rnb|country|soul|"
    r"jazz|indie|folk|metal|punk|hip[- ]?hop)\b))(?! (?:or|and) (?:fe)?male)"
)


class Voice(NamedTuple):
    """What a voice is called in requests, and in squashed descriptors."""

    said: str
    asked: re.Pattern[str]
    described: str


VOICES = (
    Voice(
        "female voice",
        re.compile(
            rf"\b(?:female|woman's|women's|girl's|lady's)[\s-]+(?:lead[\s-]+)?{SINGER}\b|"
            r"\b(?:sung|performed|with|singer is|voice of|vocals by) (?:by )?an? (?:young |older |"
            r"old )?(?:woman|girl|lady|"
            r"female)\b|\b(?:woman|women|girl|lady|girls) (?:sing(?:er|ing|s)?|vocal(?:s|ist)?|voice|rapp\w+)\b|"
            rf"\b(?:{MADE}) by (?:women|girls|ladies|a (?:female|woman|girl))\b|\bfemale[- ]fronted\b|\bsongstress\b|"
            rf"\bfemale (?:artists?|bands?|rappers?|performers?)\b|\b(?:woman|girl|lady) (?:with|who has) {DEEP}|"
            rf"{ALONE}female{PLAINLY}"
        ),
        r"(?<!non)(?:female|wom[ae]n|girl)s?(?:lead)?(?:vocal|voice|sing|rap|front)|^femalevoice|^female$|^girls?$",
    ),
    Voice(
        "male voice",
        re.compile(
            rf"\b(?<!fe)(?:male|man's|men's|guy's|boy's)[\s-]+(?:lead[\s-]+)?{SINGER}\b|"
            r"\b(?:sung|performed|with|singer is|voice of|vocals by) (?:by )?an? (?:young |older |old )?(?:man|"
            r"guy|boy|male|"
            r"dude|fella|bloke)\b|\b(?:man|men|guy|boy|dude) (?:sing(?:er|ing|s)?|vocal(?:s|ist)?|voice|rapp\w+)\b|"
            rf"\bmale[- ]fronted\b|\b(?:{MADE}) by (?:men|guys|boys|a (?:male|man|guy))\b|"
            rf"\b(?<!fe)male (?:artists?|rappers?|performers?)\b|\b(?:man|guy|dude|bloke) (?:with|who has) {DEEP}|"
            rf"{ALONE}male{PLAINLY}"
        ),
        r"(?<!fe)male(?:lead)?(?:vocal|voice|sing|rap|front)|^male$|(?<!wo)m[ae]nsing",
    ),
    Voice(
        "young voice",
        re.compile(
            rf"\b(?:teen(?:age(?:r|d)?)?|child(?:ren)?(?:'s)?|kids?(?:'s|')?|young|boyish|girlish)[\s-]+{SINGER}\b|"
            r"\bsung by (?:children|kids|a child|a kid|a teen(?:ager)?)\b"
        ),
        r"(?:teen|child|kid)\w*(?:vocal|voice|sing|choir)",
    ),
    Voice("choir", re.compile(r"\bchoirs?\b|\bchoral\b|\bchorale\b"), r"choir|choral"),
    Voice("duet", re.compile(r"\bduets?\b|\bmale and female vocals\b|\bman and (?:a )?woman sing"), r"duet"),
    Voice("a cappella", re.compile(r"\ba ?cap+ell?a\b"), r"acapp?ell?a"),
)
UNSUNG = re.compile(
    r"\binstrumentals?\b(?:\s+(?:only|music|songs?|tracks?|tunes?|pieces?))?|"
    r"\b(?:(?:with|has|have|having|there (?:is|are)|but|and|,)\s+)?(?:no|without(?: any)?|zero|minus|sans|lacking)\s+"
    r"(?:vocals?|singing|singers?|voices?|lyrics|words|vocalists?)\b(?!\s+(?:samples?|chops?|about|like|that))|"
    r"\bnon-?vocal\b"
)
NO_VOICE = r"^(?:no|without)(?:vocals?|voices?|sing(?:ing|er)|lyrics|words)$|^instrumental"
INSTRUMENT_PARTS = re.compile(r"\s*(?:intro|break|solo|part|bit|section|bridge|outro|hook|melody|version of)\b")


def read_voices(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read who is to sing; a wish where descriptors tell voices for half the library, words otherwise.

    Tags are rarely complete: where few songs are tagged so, lacking the tag says nothing of a song.
    """
    told = vocabulary.telling(ALL_VOICES) >= HALF
    for found in UNSUNG.finditer(sentence.plain):
        if reading := _unsung(found, sentence, vocabulary):
            yield reading
    for voice in VOICES:
        for found in voice.asked.finditer(sentence.plain):
            denied = sentence.negator(found.start())
            if denied is not None and not re.compile(END).match(sentence.plain, found.end()):
                continue
            values = vocabulary.tags_like(voice.described)
            if denied is not None:
                yield _without(sentence, denied, found, values)
            elif values and told:
                yield Reading(*found.span(), voice.said, term=Has("tag", values), weighs=True)
            elif not sentence.memory:
                said = sentence.written(*found.span())
                yield Reading(*found.span(), note=f"too few songs here say who sings, so '{said}' is only words")


def _without(sentence: Sentence, denied: int, found: re.Match[str], values: tuple[str, ...]) -> Reading:
    """Keep songs with the voice out where descriptors tell them, and its words away from the channels."""
    said = sentence.written(*found.span())
    condition = Has("tag", values) if values else None
    return Reading(denied, found.end(), said, term=condition, negated=True, avoid=(said,), takes=True)


def _unsung(found: re.Match[str], sentence: Sentence, vocabulary: Vocabulary) -> Reading | None:
    """Ask for music without words: by the field where it is known, else by descriptors, else in words."""
    denied = sentence.negator(found.start()) if found[0].startswith("instrumental") else None
    if INSTRUMENT_PARTS.match(sentence.plain, found.end()):
        return None
    values = vocabulary.tags_like(NO_VOICE)
    own = any(value.startswith("no") for value in values)  # the library itself says "no vocals"
    if denied is not None:
        condition = Is("instrumental", (True,))
        return Reading(denied, found.end(), "instrumental", term=condition, negated=True, takes=True)
    takes = not own and not found[0].startswith("instrumental")
    instead = "instrumental" if takes else ""
    if vocabulary.share("instrumental") >= HALF:
        return Reading(*found.span(), "instrumental", term=Is("instrumental", (True,)), takes=takes, instead=instead)
    told = values and vocabulary.telling(ALL_VOICES) >= HALF
    if not told and not takes:
        return None
    described = Has("tag", values) if told else None
    return Reading(*found.span(), "instrumental", term=described, weighs=True, takes=takes, instead=instead)


ALL_VOICES = (*(voice.described for voice in VOICES), NO_VOICE)
SWEARING = (
    r"(?:swearing|swear ?words?|cursing|curse words?|cussing|cuss words?|profanit(?:y|ies)|bad language|"
    r"foul language|bad words|explicit (?:lyrics|language|content|words|songs?)|explicits?|f-?bombs?|"
    r"dirty (?:words|lyrics)|vulgarity)"
)
CLEAN = re.compile(
    rf"\b(?:(?:but|and|with|,)\s+)?(?:no|without(?: any)?|not|free of|minus|zero|non)[\s-]+{SWEARING}\b|"
    r"\b(?:family|kid|kids|child|work|office|church|radio|school)[- ](?:friendly|safe|appropriate)\b|"
    r"\bsafe for (?:kids|work|"
    r"children|school|the office|church)\b|\bclean(?= (?:versions?|lyrics|songs?|music|only|edits?|rap|"
    r"hip[- ]?hop|tracks?|pop|r&b|country)\b)|"
    r"(?:^|[,;])\s*clean\s*(?=$|[,;.])|\bsuitable for (?:kids|children|families|work)\b|\bkeep it clean\b|"
    r"\bpg\b(?:[- ]?rated\b)?(?!\d)|\bpg[- ]?13\b"
)
EXPLICIT = re.compile(
    r"\bexplicit(?= (?:songs?|lyrics|versions?|tracks?|music|only|rap|hip[- ]?hop|content|language)\b)|"
    r"\bonly explicit\b|\b(?:uncensored|unbleeped)\b|"
    rf"\bwith (?:lots of |a lot of |plenty of )?{SWEARING}\b|(?:^|[,;])\s*explicit\s*(?=$|[,;.])"
)


def read_explicit(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read whether swearing is welcome."""
    for found in CLEAN.finditer(sentence.plain):
        takes = re.match(r"\W*(?:(?:but|and|with)\s+)?(?:no|not|without|free|minus|zero|non)\b", found[0]) is not None
        yield Reading(*found.span(), "clean", term=Is("explicit", (False,)), takes=takes)
    for found in EXPLICIT.finditer(sentence.plain):
        denied = sentence.negator(found.start())
        if denied is None:
            if not CLEAN.search(sentence.plain, max(0, found.start() - 12), found.end()):
                yield Reading(*found.span(), "explicit", term=Is("explicit", (True,)))
        else:
            yield Reading(denied, found.end(), "clean", term=Is("explicit", (False,)), takes=True)


SEASONS = re.compile(
    r"\b(?P<name>christmas|christmass?y|xmas|x-mas|holiday|halloween|easter|hanukkah|new year'?s?(?: eve)?)\b"
    r"(?:\s+(?:songs?|music|carols?|tunes?|stuff|themed|tracks?))*"
)


def read_seasons(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Reading]:
    """Read seasons that are not wanted; ones that are wanted are words."""
    for found in SEASONS.finditer(sentence.plain):
        denied = sentence.negator(found.start())
        if denied is None:
            about = re.search(r"\b(?:not|isn't|aren't|nothing|never)\s+about\s+$", sentence.plain[: found.start()])
            denied = about.start() if about else None
        if denied is None:
            continue
        name = "christmas" if found["name"].startswith(("christmas", "x")) else found["name"]
        field = next((field for field in ("season", "seasons") if field in FIELDS), None)
        value = name.replace(" ", "")
        condition = Has(field, (value,)) if field else None
        if condition is None and (values := vocabulary.tags_like(rf"{re.escape(value)}")):
            condition = Has("tag", values)
        yield Reading(denied, found.end(), name, term=condition, negated=True, avoid=(name,), takes=True)
