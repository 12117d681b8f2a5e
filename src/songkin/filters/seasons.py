"""The time of year a song belongs to, told from its own words: christmas, halloween, easter and others.

Conventions
-----------
A word of `named` in title, album, tags, genres or description settles it, and so does a title that everybody knows. In
lyrics a passing mention does not count: the season must be sung about (`_sung`). Text is compared without case,
apostrophes and signs; a `*` ends a word that may go on, and text without spaces (Chinese, Japanese, Korean, Thai) is
found anywhere.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from songkin.types import Song

__all__ = ["NO_SEASON", "SEASONS", "seasons"]

NO_SEASON = "none"
OFTEN = 3  # times a season is named in lyrics that are about it
DENSE = 0.02  # and then one word in fifty names it ...
COMPANY = 4  # ... or so many different words of the season stand around it
UNNAMED = 2  # so many different words of a season's own tell it where it is never named: manger, shepherds
WORDS = re.compile(r"[^\W_]+")
APOSTROPHES = str.maketrans(dict.fromkeys("'’‘ʼ`´"))
UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


class Said(NamedTuple):
    """A text as cues are looked for in it: its words, and the same parted by one space, with one at either end."""

    words: frozenset[str]
    text: str


class Phrase(NamedTuple):
    """What is looked for as it stands, where its first word is there; '' = the look itself decides."""

    first: str
    text: str


class Cues(NamedTuple):
    """Ways in which words tell a season: single words, and phrases or beginnings of words."""

    words: frozenset[str]
    phrases: tuple[Phrase, ...]
    plain: tuple[Phrase, ...]

    @classmethod
    def of(cls, written: str) -> Cues:
        """Read cues parted by commas."""
        cues = [" ".join(cue.split()) for cue in written.split(",") if cue.strip()]
        single = frozenset(cue for cue in cues if cue.isalpha() and not UNSPACED.search(cue))
        phrases = tuple(_phrase(cue) for cue in cues if cue not in single)
        return cls(single, phrases, tuple(phrase for phrase in phrases if phrase.text.isascii()))

    def found(self, said: Said) -> int:
        """Return how many different cues a text holds."""
        return len(self.words & said.words) + sum(phrase.text in said.text for phrase in self._likely(said))

    def times(self, said: Said) -> int:
        """Return how often a text holds any cue."""
        looked_for = [f" {word} " for word in self.words & said.words]
        looked_for += [phrase.text for phrase in self._likely(said)]
        return sum(said.text.count(text) for text in looked_for)

    def _likely(self, said: Said) -> list[Phrase]:
        """Return the phrases worth looking for."""
        phrases = self.plain if said.text.isascii() else self.phrases
        return [phrase for phrase in phrases if not phrase.first or phrase.first in said.words]


class Season(NamedTuple):
    """What tells a season: words that name it, titles that belong to it, words of its own and words often near it."""

    named: Cues
    titles: Cues
    own: Cues
    beside: Cues


def _phrase(cue: str) -> Phrase:
    if UNSPACED.search(cue):
        return Phrase("", cue)
    first, more, _ = cue.partition(" ")
    return Phrase(first if more else "", f" {cue.removesuffix('*')}" if cue.endswith("*") else f" {cue} ")


def _season(named: str, titles: str = "", own: str = "", beside: str = "") -> Season:
    return Season(Cues.of(named), Cues.of(titles), Cues.of(own), Cues.of(beside))


SEASONS: dict[str, Season] = {
    "christmas": _season(
        named="""
            christmas*, xmas, noel, noël, nowell, yule, yuletide, santa claus, father christmas, weihnacht*,
            wiehnacht*, christkind*, nikolaus, navidad*, villancico*, nochebuena, natale, feliz natal, de natal,
            papai noel, père noël, papa noël, papa noel, kerst, kerstmis, kerstlied*, sinterklaas, boże narodzenie,
            kolęd*, vánoc*, vánoč*, karácsony*, joulu*, god jul, glædelig jul, julafton, juleaften, julesang*,
            jultomte*, crăciun*, božić*, pasko, nadal, рождеств*, дед мороз, χριστουγεν*, クリスマス, 크리스마스,
            圣诞, 聖誕
        """,
        titles="""
            jingle bell*, silent night, stille nacht, o holy night, oh holy night, cantique de noel, minuit
            chrétiens, winter wonderland, let it snow let it snow*, sleigh ride, frosty the snowman, rudolph the
            red*, santa baby, little drummer boy, deck the hall*, carol of the bells, away in a manger, o
            tannenbaum, oh tannenbaum, o come all ye faithful, adeste fideles, hark the herald*, god rest ye merry*,
            god rest you merry*, what child is this, it came upon a midnight clear, it came upon the midnight clear,
            little town of bethlehem, tu scendi dalle stelle, o du fröhliche, good king wenceslas, ding dong
            merrily*, we three kings, mele kalikimaka, angels we have heard on high, coventry carol, in the bleak
            mid*, up on the housetop, here comes santa*, nativity
        """,
        own="""
            bethlehem, bethlehems, betlehem, bethléem, belén, manger, krippe, pesebre, crèche, shepherds, magi,
            emmanuel, swaddling, newborn king, new born king, infant king, holy night, wise men, three kings, virgin
            mother, virgin mild, holy infant, infant holy, holy child, in excelsis, herald angels, angels sing, glad
            tidings, city of david, davids city, royal davids, joy to the world the lord, sleigh, reindeer,
            mistletoe, jingle bells, rudolph, santa, tannenbaum, stille nacht, christus geboren
        """,
        beside="""
            stable, gabriel, virgin mary, incarnate, judea, holly, jingle, snowman, chimney, carol, carols,
            caroling, merry, stocking, stockings, tinsel, eggnog, bells, snow
        """,
    ),
    "halloween": _season(
        named="""
            halloween, all hallows eve, hallows eve, hallow een, samhain, trick or treat, día de muertos, dia de los
            muertos, día de los muertos, ハロウィン, 핼러윈, 万圣节, хэллоуин
        """,
        titles="monster mash, spooky scary skeletons, the addams family",
        beside="""
            pumpkin, pumpkins, jack o lantern, jack o lanterns, witches, ghosts, ghouls, goblins, haunted, spooky,
            costume, costumes, vampires, werewolf, graveyard, skeletons, monsters
        """,
    ),
    "easter": _season(
        named="""
            easter, eastertide, ostern, osterhase, osterlied*, pâques, paques, pascua, pasqua, páscoa, pascoa,
            wielkanoc*, velikono*, húsvét*, pääsiäi*, påske, påsk, pasen, paasfeest, пасх*, πάσχα, イースター,
            复活节, 부활절
        """,
        titles="""
            christ the lord is risen*, jesus christ is risen*, christ is risen, peter cottontail, christ ist
            erstanden, low in the grave he lay, the strife is oer, christ lag in todesbanden, palm sunday, good
            friday
        """,
        own="""
            christ is risen, lord is risen, he is risen, is risen indeed, risen today, christ has risen, christ
            arose, empty tomb, stone was rolled, christ ist erstanden
        """,
        beside="resurrection, bunny, bonnet, lilies, the tomb, third day",
    ),
    "hanukkah": _season(
        named="""
            hanukkah, chanukah, chanukkah, hanukah, hanukka, chanuka, chanukka, janucá, dreidel, menorah, maoz tzur,
            ханука, חנוכה, ハヌカ
        """,
        beside="latkes, candles, maccabees, eight nights, miracle",
    ),
    "new year": _season(
        named="""
            new year, new years, newyear, auld lang syne, año nuevo, nochevieja, nouvel an, jour de lan, bonne
            année, bonne annee, neujahr*, neues jahr, silvesternacht, capodanno, anno nuovo, ano novo, réveillon,
            oud en nieuw, gelukkig nieuwjaar, nowy rok, sylwester, nytår*, nyårs*, gott nytt år, godt nytår, uusi
            vuosi, новый год, новым годом, новогодн*, yılbaşı, お正月, 新年, 春节, 春節, 설날, 새해
        """,
        beside="midnight, resolution, resolutions, champagne, countdown, january, december",
    ),
    "valentine": _season(
        named="""
            valentines day, valentine day, valentines, st valentine, saint valentine, saint valentin, san valentín,
            san valentin, san valentino, valentinstag, dia dos namorados, バレンタイン, 발렌타인, 情人节
        """,
        titles="be my valentine, my valentine",
        beside="valentine, cupid, roses, sweetheart, february",
    ),
    "thanksgiving": _season(
        named="thanksgiving day, happy thanksgiving, thanksgiving song*, thanksgiving dinner, erntedank*",
        titles="thanksgiving",
        beside="turkey, pilgrims, harvest, november, pumpkin pie",
    ),
    "st patrick": _season(
        named="st patricks day, saint patricks day, st paddys day, paddys day",
    ),
    "ramadan": _season(
        named="ramadan, ramadhan, ramazan, eid mubarak, eid al fitr, رمضان",
    ),
    "diwali": _season(
        named="diwali, deepavali, दिवाली, दीवाली",
    ),
}


def seasons(song: Song) -> tuple[str, ...]:
    """Return the seasons a song belongs to, ("none",) for a song of all the year."""
    tags = (tag for tag, weight in song.tags.items() if weight > 0)
    title = _said(song.title)
    told = _said(" | ".join((song.title, song.album or "", song.description or "", *song.genres, *tags)))
    sung = _said(song.lyrics.text) if song.lyrics and song.lyrics.text else None
    return tuple(name for name, cues in SEASONS.items() if _belongs(cues, title, told, sung)) or (NO_SEASON,)


def _belongs(season: Season, title: Said, told: Said, sung: Said | None) -> bool:
    if season.named.found(told) or season.titles.found(title):
        return True
    return sung is not None and _sung(season, sung)


def _sung(season: Season, sung: Said) -> bool:
    """Say whether lyrics are about a season: it is named often, or words that belong to it stand together."""
    own, named = season.own.found(sung), season.named.times(sung)
    if own >= UNNAMED or not named:
        return own >= UNNAMED
    different = season.named.found(sung) + own + season.beside.found(sung)
    return different >= COMPANY or (named >= OFTEN and named >= DENSE * sung.text.count(" "))


def _said(text: str) -> Said:
    return _cached(text) if len(text) < 200 else _split(text)


def _split(text: str) -> Said:
    words = WORDS.findall(text.translate(APOSTROPHES).casefold())
    return Said(frozenset(words), f" {' '.join(words)} ")


_cached = lru_cache(maxsize=1024)(_split)
