"""What a text denies: of "calm, no drums or guitars" the drums and the guitars, of "I can't get no sleep" nothing.

Read without a library and without a parser, by the words that deny and the words that end what they deny (NegEx,
Chapman et al., J. Biomed. Inform. 2001).
"""

from __future__ import annotations

import re

from songkin.text.words import in_place, vocabulary

__all__ = ["FILLERS", "IDIOMS", "INSTRUMENTS", "STOP", "SUNG", "WISHING_IS", "denials"]

MOST_DENIALS = 8  # of one text
READ_AT_MOST = 8_000  # characters
FURTHEST = 200  # characters behind a word that denies
CUE = re.compile(
    r"(?<![\w'-])(?:(?:don't|dont|do not|doesn't|does not|wouldn't|should not|shouldn't|can't|must not) "
    r"(?:want|like|need|play|have|include|feature|contain|use|(?:send|give)(?: me)?)(?: (?:them|it))?|"
    r"not about|without|w/o|except(?: for)?|excluding|exclude|avoid(?:ing)?|none of|spare me|zero(?! \d)|"
    r"nothing(?! (?:else|but|more|less)\b)(?: (?:about|with|by|from|too))?|anything but|other than|rather than|"
    r"(?:isn't|isnt|aren't|arent|ain't)(?: (?:about|so|that|too))?|instead of|minus|sans|no|not|nor|neither|rather not|"
    r"less|fewer|leave out|skip|hold the|lacks|lacking|free (?:of|from)|devoid of|absence of)\s+"
)
PARTED = (
    re.compile(r"(?<![\w'-])(?!royalty|care|copyright|hands|worry|risk|free|gluten)([\w']{1,40})-(?:free|less)\b"),
    re.compile(
        r"\b(?:leave|keep) (?:the |any |all |your |that |those )?"
        r"((?!and\b)[\w']{1,40}(?: (?!and\b)[\w']{1,40}){0,2}) (?:out|away|off)\b"
    ),
    re.compile(r"(?<![\w'])([\w']{1,40}) (?:left|taken) (?:out|off)\b"),
)
"""Regular expressions of what is denied before the word that denies it."""
SPOKEN = vocabulary("i i've i'm you you've he she it we they me him her us them have has had is was been be and")
"""Words that such a denial never means: "where we left off", "keep me away"."""
FILLERS = re.compile(
    r"(?:(?:any|anything|about|a|an|the|too|very|so|really|overly|too much|too many|much|many|songs?|music|"
    r"tracks?|stuff|"
    r"ones?|kind of|sort of|type of|with|by|from|of|those|these|that|being|in|for|please|it|be|sounding|like)\s+)*"
)
"""A regular expression of the words between a denial and what it denies."""
STOP = re.compile(
    r"[,;:!?()\n\x00\"]|\.(?=\s|$)|\s-\s|\b(?:but|with|from|in the|in a|in this|in it|in them|that|which|who|"
    r"because|please|more|less|just|only|"
    r"instead|although|though|so|then|if|when|where|is|are|was|were|for|since|before|after|under|over|at|like|"
    r"as|and then|"
    r"thanks|no|not|without|nor|on|has|have|having|features|to)\b"
)
"""A regular expression of what ends the words that are denied."""
IDIOMS = re.compile(
    r"(?:only|just|necessarily|sure|idea|matter|problem|one|longer|bad|yet|mind|really|all|clue|doubt|100|entirely|"
    r"completely|exactly|even|much|too sure|certain|luck|way|avail|worries|offence|offense|thanks?|need|rush|more|less|"
    r"to|going|gonna|alone|good|my|your|me|you|i|him|her|us|them|able|a big|really|quite|particularly|found|heard|than|"
    r"later|earlier|sooner|"
    r"specific|particular|preference|point|wonder|reason|there|this|that|what|know|remember|think|ever|again|before|"
    r"been|seen|let|say|tell|give|stop|forget|get|knew|had|being|one's|ending|end|other)\b"
)
"""A regular expression of what is not denied though it stands behind a denial."""
SUNG = re.compile(
    r"(?:\b(?:i|you|he|she|we|they|i'm|you're|he's|she's|we're|they're|i'll|you'll|i've|you've|im|youre|ain't|"
    r"aint|can't|"
    r"cant|cannot|won't|wont|don't|dont|got|get|gets|getting|see|say|says|said|know|am|be|been|do|did|does|would|could|"
    r"should|will|may|might|must|has|had|why|if|or|there's|than|to|love|is|was|are|it's|that's|this is|its)\s+)$"
)
"""A regular expression of the words before a denial that is sung or said in passing."""
WISHING_IS = re.compile(
    r"(?:\b(?:there (?:is|are|should be)|there's|has|have|having|with|songs?|it's|its|(?:that|which|songs?|music|it|"
    r"tracks?) (?:is|are)|be|that's|must|should|to|"
    r"or)\s+)(?<!they are )(?<!you are )(?<!we are )$"
)
"""A regular expression of the words before a denial that is meant, though `SUNG` fits them."""
AND = re.compile(r"\s(?:and|&)\s(?:any |the )?")
SINGABLE = frozenset(["no", "not", "nothing", "less", "fewer", "minus", "nor"])
"""Words that deny, and that songs sing without denying anything."""
WORDS = re.compile(r"(?:(?!(?:can|could|would|should|may|we|you|i|they)\b)\S+\s*){1,5}")
"""A regular expression of what one denial takes in: five words, up to one that begins another clause."""
INSTRUMENTS = vocabulary(
    "drums drum guitar guitars bass piano vocals vocal synth synths synthesizer synthesizers percussion "
    "strings brass saxophone sax violin violins trumpet flute organ beats beat singing rapping autotune banjo "
    "accordion bagpipes harmonica keyboards horns claps"
)
"""Instruments and the like: an "and" between two of them does not end a denial."""


def denials(text: str) -> list[tuple[int, int]]:
    """Return where things are denied, characters start to before end, in order; the words that deny stand outside.

    Only the first 8,000 characters are read, at most 8 denials, of 5 words each or so. The shipped encoder was trained
    with what these rules find: one that changes is a reason to train again (`evaluate encoders --tasks negation`).
    """
    plain = in_place(text[:READ_AT_MOST])
    parted = [one for pattern in PARTED for one in pattern.finditer(plain)]
    found = [one.span(1) for one in parted if not SPOKEN.intersection(one[1].split())]
    found += [stretch for cue in CUE.finditer(plain) if (stretch := _denied(plain, cue))]
    kept: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept[:MOST_DENIALS]


def _denied(plain: str, cue: re.Match[str]) -> tuple[int, int] | None:
    """Return the stretch that a cue denies, None where it is said in passing."""
    fillers = FILLERS.match(plain, cue.end())
    start = fillers.end() if fillers else cue.end()
    if IDIOMS.match(plain, start):
        return None
    before = (max(0, cue.start() - 30), cue.start())
    singing = SUNG.search(plain, *before) and not WISHING_IS.search(plain, *before)
    if cue[0].rstrip() in SINGABLE and (singing or IDIOMS.match(plain, cue.end())):
        return None
    stop = STOP.search(plain, start, start + FURTHEST)
    stretch = plain[start : stop.start() if stop else start + FURTHEST]
    for joined in AND.finditer(stretch):
        around = (stretch[: joined.start()].split()[-1:], stretch[joined.end() :].split()[:1])
        if not all(INSTRUMENTS.intersection(words) for words in around):
            stretch = stretch[: joined.start()]
            break
    words = WORDS.match(stretch)
    length = len(words[0].rstrip(".' ")) if words else 0
    return (start, start + length) if length else None
