"""Words as they are compared: one spelling for what sounds and means the same.

Conventions
-----------
`normalise` is idempotent. It drops apostrophes and Latin accents, so "Ça n'va pas" meets "ca nva pas"; marks of other
scripts stay, for there they tell words apart. Scripts written without spaces become overlapping character pairs.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

import snowballstemmer

__all__ = [
    "REQUEST_WORDS",
    "SPACELESS",
    "STOP_WORDS",
    "content_words",
    "in_place",
    "normalise",
    "stems",
    "sung_stems",
    "tokens",
    "vocabulary",
]


def vocabulary(words: str) -> frozenset[str]:
    """Return the set of the words in a text."""
    return frozenset(words.split())


def _pairs_of(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


APOSTROPHES = "'`´‘’‛ʼʻ′＇\u0384\u1fbd"
SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]+"
)
LATIN_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
LATIN_LETTERS = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "þ": "th", "ħ": "h", "ŧ": "t", "ß": "ss"}
)


class _Letters(dict[int, int | None]):
    """A `str.translate` table filled as characters come: letters, digits and marks stay, the rest parts words."""

    def __missing__(self, code: int) -> int | None:
        kind = unicodedata.category(chr(code))
        kept: int | None = code if kind[0] in "LNM" else 32
        if kind == "Cf" or chr(code) in APOSTROPHES:
            kept = None
        self[code] = kept
        return kept


LETTERS = _Letters()


def normalise(text: str) -> str:
    """Return `text` in lower case, one space between words, without punctuation, apostrophes and Latin accents.

    "It’s  Rockin'!" -> "its rockin". Text without letters or digits gives ''.
    """
    text = text.translate(LETTERS)
    if not text.isascii():
        text = _folded(text)
    return " ".join(text.lower().split())


def _folded(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).casefold()
    text = LATIN_ACCENTS.sub("", unicodedata.normalize("NFKD", text).translate(LATIN_LETTERS))
    return unicodedata.normalize("NFKC", text).translate(LETTERS)


STRAIGHT = str.maketrans(
    dict.fromkeys("‘’‛ʼ′`´＇", "'") | dict.fromkeys("“”„‟″＂«»", '"') | dict.fromkeys("‐‑‒–—−", "-")
)


class _Folding(dict[int, str]):
    """A `str.translate` table, filled as characters come, that gives each character one character."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFD", char)[0] if "\u00c0" <= char <= "\u024f" else char
        lower = plain.lower()
        folded = " " if char in "\t\u00a0\u2009\u202f\r" else lower if len(lower) == 1 else char
        self[code] = folded
        return folded


FOLDING = _Folding()


def in_place(text: str) -> str:
    """Return `text` as long as it was, each character in its place: lower case, no accents, straight quotes and dashes.

    "Don’t, José" -> "don't, jose".
    """
    if text.isascii():
        return text.lower().replace("\t", " ").replace("\r", " ")
    return text.translate(STRAIGHT).translate(FOLDING)


def tokens(text: str) -> list[str]:
    """Return the words of `normalise(text)`; Chinese, Japanese, Thai, Lao and Khmer come as character pairs."""
    text = normalise(text)
    if text.isascii() or not SPACELESS.search(text):
        return text.split()
    return [token for run in SPACELESS.sub(_spaced, text).split() for token in _pairs(run)]


def _spaced(found: re.Match[str]) -> str:
    return f" {found[0]} "


def _pairs(run: str) -> list[str]:
    if len(run) < 3 or not SPACELESS.fullmatch(run):
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


STEMMERS = _pairs_of(
    "ar:arabic ca:catalan da:danish de:german el:greek en:english es:spanish et:estonian eu:basque fi:finnish "
    "fr:french ga:irish hi:hindi hu:hungarian hy:armenian id:indonesian it:italian lt:lithuanian ne:nepali "
    "nl:dutch no:norwegian nb:norwegian nn:norwegian pt:portuguese ro:romanian ru:russian sr:serbian sv:swedish "
    "ta:tamil tr:turkish yi:yiddish"
)


def stems(tokens: Iterable[str], language: str | None = None) -> list[str]:
    """Return the stem of each token (ISO 639-1 `language`, English when None), one for one and in order.

    English sung spellings meet their written form: "rockin" = "rocking", "cuz" = "because". Languages without a
    Snowball stemmer keep their tokens.
    """
    code = language or "en"
    if code not in STEMMERS:
        return list(tokens)
    return [_stem(token, code) for token in tokens]


@lru_cache(maxsize=200_000)
def _stem(token: str, language: str) -> str:
    if language == "en":
        token = _written(token)
    return str(_stemmer(language).stemWord(token))


_own = threading.local()  # a stemmer keeps the word it works on, so two threads never share one


def _stemmer(language: str) -> snowballstemmer.stemmer:
    """Return this thread's stemmer of a language."""
    known: dict[str, snowballstemmer.stemmer] = _own.__dict__.setdefault("stemmers", {})
    if language not in known:
        known[language] = snowballstemmer.stemmer(STEMMERS[language])
    return known[language]


SUNG = _pairs_of(
    "gonna:going wanna:want gotta:got kinda:kind outta:out gimme:give lemme:let cuz:because coz:because "
    "cos:because cause:because em:them ya:you u:you ur:your til:until till:until bout:about lil:little luv:love "
    "nite:night tonite:tonight thru:through tho:though ol:old ole:old goin:going doin:doing bein:being"
)
DROPPED_G = re.compile(r"[a-z]{2,}(?<![aou])in")
NOT_DROPPED_G = vocabulary(
    "begin within cabin basin robin satin latin violin cousin berlin dublin martin austin benjamin franklin heroin "
    "pumpkin napkin kevin calvin marvin goblin muffin coffin dolphin assassin raisin resin margin origin virgin "
    "toxin vermin admin aladdin bobbin chaplin colin collin darwin edwin erin lenin stalin putin dustin justin "
    "quentin gavin devin melvin irvin merlin twin skin chin spin thin grin shin stein vein rein skein protein "
    "therein herein wherein catkin larkin elvin rabbin urchin cretin bulletin mandarin tarpaulin jasmin"
)


def _written(token: str) -> str:
    if token in SUNG:
        return SUNG[token]
    if len(token) >= 5 and DROPPED_G.fullmatch(token) and token not in NOT_DROPPED_G:
        return token + "g"
    return token


STOP_WORDS = vocabulary(
    "a about above after again all am an and any are arent as at be because been before being below between both but "
    "by can cant could couldnt did didnt do does doesnt doing dont down during each few for from further had hadnt "
    "has hasnt have havent having he hed hell her here hers herself hes him himself his how i id if ill im in into "
    "is isnt it its itself ive just lets me more most my myself no nor not now of off on once only or other our ours "
    "ourselves out over own same she shes should shouldnt so some such than that thats the their theirs them "
    "themselves then there theres these they theyd theyll theyre theyve this those through to too u under until up "
    "us very was wasnt we wed well were werent weve what whats when where wheres which while who whom whos why will "
    "with wont would wouldnt ya you youd youll your youre yours yourself yourselves youve "
    "oh ooh ah yeah yea hey uh la na mm mmm hmm gonna gotta wanna cause cuz em til aint"
)
"""English function words and sung syllables, as `normalise` writes them."""

REQUEST_WORDS = vocabulary(
    "song songs track tracks music tune tunes find search play show give get want need looking recommend something "
    "anything like similar sounds sounding sound about please called titled named whose lyrics artist artists band "
    "singer one ones playlist"
)
"""What people say around a request; no song is meant by these words alone."""


def content_words(text: str) -> list[str]:
    """Return the tokens that are no function words; '' and text of function words only give []."""
    return [token for token in tokens(text) if token not in STOP_WORDS]


def sung_stems(passages: Iterable[str]) -> str:
    """Join the stems of passages (n,), each a text of stems parted by spaces: a stem comes once for each passage."""
    return " ".join(stem for text in passages for stem in dict.fromkeys(text.split()))
