"""What people of the field say in other words: "woman singing" for "female vocal", "eighties" for "1980s".

Conventions
-----------
`ALIKE` holds one set of phrases a line, each as good as the other; `SUGGESTS` holds what a phrase makes likely, from
left to right only. Phrases are compared by their stems without function words, as descriptions are stored, so singular
stands for plural. Written from knowledge of the field and of AudioSet's hierarchy of instruments and genres
(Gemmeke et al., ICASSP 2017 [gemmeke2017audioset]).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from songkin.text.words import content_words, stems, vocabulary

__all__ = ["INTENSITY", "said_otherwise"]

ALIKE = """
female, woman, women, lady
male, man, men, guy
girl, female
boy, male
child, kid, children
vocal, voice, singing, singer, vocalist
sung, vocal
choir, choral, chorus of voices
choir, group singing
backing vocal, background vocal, backup singer, harmony vocal
duet, two singers
rap, rapping, rapper, emcee
hip hop, rap
spoken word, speech, talking, narration
instrumental, without vocals, without singing, without voices, wordless
acapella, a cappella, unaccompanied voice
guitar riff, guitar lick, guitar phrase
guitar solo, lead guitar, soloing guitar
distorted guitar, fuzz guitar, overdriven guitar, crunchy guitar
acoustic guitar, unplugged guitar, steel string guitar
acoustic, unplugged
electric guitar, amplified guitar
bass guitar, bassline, bass line
upright bass, double bass, contrabass
drum, drumming, drummer
drum kit, drum set, drums
drum machine, programmed drums, electronic drums
hi hat, hihat, high hat
hand clap, clapping, claps
percussion, percussive
synth, synthesizer, synthesiser
keyboard, keys
piano, pianist
violin, fiddle
saxophone, sax
harmonica, mouth organ, blues harp
accordion, squeezebox
strings, string section, string orchestra
orchestra, orchestral, symphonic
turntable, scratching, deejay, dj
fast tempo, uptempo, up tempo, quick tempo, high tempo, fast paced, fast
slow tempo, downtempo, low tempo, slow paced, slow
medium tempo, mid tempo, moderate tempo
tempo, pace, speed
beat, rhythm, groove
groovy, funky
danceable, dancing, dance
melody, tune, melodic
upbeat, uplifting
happy, cheerful, joyful, joyous, merry
sad, sorrowful, mournful, unhappy
melancholic, melancholy, wistful
depressing, gloomy, bleak
calm, relaxing, peaceful, tranquil, serene, calming, soothing
relaxed, laid back, chill, chilled, easygoing, mellow
soft, gentle, tender, delicate
quiet, hushed
loud, noisy
energetic, lively, high energy, vigorous, energy
powerful, strong
aggressive, angry, furious
passionate, heartfelt, soulful
emotional, poignant
romantic, loving
dreamy, ethereal, dreamlike
haunting, eerie, spooky, ghostly
scary, creepy, frightening
suspenseful, tense, thrilling
mysterious, enigmatic
epic, grand, majestic, cinematic
inspiring, inspirational, motivational
nostalgic, nostalgia, reminiscent
hypnotic, trance like, mesmerizing
meditative, meditation
psychedelic, trippy
playful, fun
sensual, sexy, seductive
raw, gritty
complex, intricate
simple, minimal, minimalistic
repetitive, repeating, looped
echo, reverb, reverberant
noise, noisy, static
low quality, poor quality, lo fi, lofi, low fidelity, poor audio quality, bad quality
amateur, home recording, homemade
live, live recording, concert, live performance
soundtrack, film score, movie score, film music
video game, game music, gaming
advertisement, commercial, jingle
christmas, xmas, holiday
wedding, bridal
religious, spiritual, worship, sacred, devotional
gospel, christian
lullaby, bedtime
party, club
workout, exercise, gym
background music, ambience
folk, traditional
country, country and western
rhythm and blues, rnb, r b
rock and roll, rock n roll
electronic dance music, edm
electronic, electronica, electro
drum and bass, dnb, drum n bass
heavy metal, metal
classical, classical music, baroque
bossa nova, bossa
indian, hindustani, bollywood
arabic, middle eastern
irish, celtic
jamaican, reggae
hawaiian, ukulele
spanish guitar, flamenco
latin, latino, latin american
1950s, 50s, fifties
1960s, 60s, sixties
1970s, 70s, seventies
1980s, 80s, eighties
1990s, 90s, nineties
2000s, 00s, noughties
2010s, 10s, twenty tens
old, vintage, retro, old school, old fashioned, oldies
modern, contemporary
"""

SUGGESTS = """
upbeat: energetic, happy, fast tempo, danceable
feel good: happy, upbeat
cheerful: upbeat
energetic: fast tempo, powerful, upbeat
downbeat: sad, slow tempo
heartbroken: sad, melancholic
melancholic: sad
sad: melancholic
dark: gloomy, ominous
calm: soft, quiet, slow tempo
relaxing: ambient, soft, slow tempo
sleep: calm, lullaby, ambient
study: calm, instrumental, relaxing
party: danceable, energetic, upbeat
workout: energetic, fast tempo, powerful
club: danceable, electronic
dance: danceable, groovy
driving: energetic
heavy: metal, distorted guitar, powerful
old: 1950s, 1960s, 1970s
violin: strings
viola: strings
cello: strings
harp: strings
strings: violin, cello, orchestra
brass: trumpet, trombone, saxophone, horn
trumpet: brass
trombone: brass
woodwind: flute, clarinet, oboe, saxophone
flute: woodwind
clarinet: woodwind
percussion: drum, tambourine, bongo, conga, shaker
drum: percussion
tambourine: percussion
bongo: percussion
conga: percussion
shaker: percussion
keyboard: piano, organ, synth
organ: keyboard
techno: electronic, danceable
house: electronic, danceable
trance: electronic
dubstep: electronic
edm: electronic, danceable
electronic: techno, house, synth
ambient: calm, electronic
reggaeton: latin
salsa: latin
samba: latin, brazilian
bossa nova: latin, brazilian
latin: salsa, samba, bossa nova, reggaeton
grunge: rock
punk: rock
indie: alternative
folk: acoustic
ballad: slow tempo, emotional
symphonic: classical
opera: classical, soprano
soprano: female vocal
alto: female vocal
tenor: male vocal
baritone: male vocal
disco: 1970s, danceable
"""

INTENSITY = vocabulary(
    "very really quite rather pretty extremely super slightly somewhat fairly highly incredibly truly totally "
    "bit little kinda insanely absolutely deeply intensely moderately mildly"
)
"""Words that say how much, not what; they weigh little beside what they stand with."""

SAME = 0.4  # how far a phrase counts as said where one like it was
LIKELY = 0.15  # where one was said that only suggests it
LONGEST_PHRASE = 3  # stems
YEAR = re.compile(r"(?:19|20)\d\d")

Phrase = tuple[str, ...]


def said_otherwise(spoken: Sequence[str]) -> dict[Phrase, float]:
    """Return the phrases that stems (in their order, function words left out) say in other words: phrase -> (0, 1).

    A year says its decade. What is there in the same words is not among them; nothing known gives {}.
    """
    there = {tuple(spoken[at : at + long]) for long in range(1, LONGEST_PHRASE + 1) for at in range(len(spoken))}
    found: dict[Phrase, float] = {}
    for phrase in sorted(there):
        for other, degree in (*_known().get(phrase, {}).items(), *_decade(phrase)):
            if other not in there:
                found[other] = max(degree, found.get(other, 0.0))
    return found


def _decade(phrase: Phrase) -> Iterator[tuple[Phrase, float]]:
    if len(phrase) == 1 and YEAR.fullmatch(phrase[0]):
        yield _stemmed(f"{phrase[0][:3]}0s"), SAME


@lru_cache(maxsize=1)
def _known() -> Mapping[Phrase, Mapping[Phrase, float]]:
    """Return what each phrase stands for, and how surely."""
    known: dict[Phrase, dict[Phrase, float]] = {}
    for line in SUGGESTS.strip().splitlines():
        said, _, likely = line.partition(":")
        for other in likely.split(","):
            known.setdefault(_stemmed(said), {})[_stemmed(other)] = LIKELY
    for line in ALIKE.strip().splitlines():
        phrases = dict.fromkeys(filter(None, map(_stemmed, line.split(","))))
        for phrase in phrases:
            known.setdefault(phrase, {}).update((other, SAME) for other in phrases if other != phrase)
    return known


def _stemmed(phrase: str) -> Phrase:
    return tuple(stems(content_words(phrase)))
