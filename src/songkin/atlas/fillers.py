"""Words that tell no theme: what every song says, in any of a few languages, sung syllables, and swearing."""

from __future__ import annotations

import re

from songkin.text.words import STOP_WORDS, vocabulary

__all__ = ["LISTED", "SYLLABLES", "is_filler"]

SYLLABLES = re.compile(r"[aeouwhy]+|[nldr]+[aeo]+h?|(la|na|da|ba|sha|doo|do|bop|ra|ha|ho|bum|dum|dee|um|yo)\1*|h?m+")
COMMON = vocabulary(
    "say says said saying tell tells told telling know knows knew known think thinks thought thinking try tries tried "
    "trying take takes took taking taken make makes made making get gets got getting go goes going went gone come "
    "comes came coming give gives gave giving given keep keeps kept let lets want wants wanted need needs needed feel "
    "feels feeling felt see sees saw seen seeing look looks looked looking find finds found put puts seem seems seemed "
    "use used like likes thing things way ways something anything everything nothing someone anyone everyone somebody "
    "anybody everybody nobody much many lot even still ever never always maybe well back right okay alright one ones "
    "two three time times day days little bit good bad better best real really away around round every wait waits "
    "waiting stay stays leave leaves left hold turn turns call run stop start may might must shall guess hear heard "
    "mean means hit hits without sure though yet till upon together oer another else long big new also bout "
    "somehow somewhere sometimes whatever whenever wherever first last end yes man girl boy baby babe thru "
    "sae nae frae hae wi mair weel aye auld gie ilk ilka awa gang gaed cam noo owre wad maun que las los una por del "
    "thou thee thy thine ye hath doth art twas tis wilt gon imma yall ima aint lemme"
)
SWEARING = vocabulary(
    "nigga niggas niggaz nigger bitch bitches shit shits shitty fuck fucks fucked fucker fuckin fucking motherfucker "
    "motherfuckers motherfuckin motherfucking ass asses hoe hoes dick dicks pussy cunt damn damned goddamn bullshit "
    "whore whores slut sluts faggot fag"
)
OTHER = {
    "es": "que con por una uno los las del como más para pero cuando sin soy eres ese esa eso esta este esto están "
    "está todo todos toda nada hay muy mis tus sus ella ellos nos les tan donde quien porque aquí allí así ser voy vas "
    "van tengo tiene quiero quieres hoy solo sólo fue era son estoy ven dame sé aunque hasta también siempre "
    "nunca",
    "fr": "les des une dans pour pas que qui sur est mais avec sans mon ton son mes tes ses nous vous ils elle elles "
    "tout tous toute rien plus comme quand cette ces aux suis sont être avoir fait faire bien moi toi lui leur "
    "donc où jamais toujours encore même avait était sous entre alors ici dit deux",
    "de": "und der die das ein eine einen einem einer eines ist nicht ich du er sie es wir ihr mich dich mir dir uns "
    "den dem des von mit auf für aus bei nach wie wenn dann aber auch noch nur schon mein meine dein deine sein "
    "seine bin bist sind war hat habe hast was wer wo hier alles nichts immer nie mehr kein keine zum zur vom "
    "beim doch",
    "it": "che non con per una uno gli del della dei delle nel nella sul sulla come più sono sei siamo questo questa "
    "quello quella tutto tutti tutta niente ogni quando dove chi perché mio mia tuo tua suo sua noi voi loro "
    "anche solo sempre mai ancora già poi qui era dal dalla alla allo agli",
    "pt": "que com por uma uns não mais para mas quando sem sou você ele ela eles elas meu minha teu tua seu sua isso "
    "esse essa este esta tudo todo todos nada muito bem como onde quem porque aqui ali assim ser vou vai tem "
    "tenho quero dos das nos nas pelo pela está estou foi era até também sempre nunca",
    "nl": "het een van ik je jij niet dat die dit met voor op aan bij als dan maar ook nog naar mijn jouw zijn hij zij "
    "wij ben bent was heb hebt heeft wat wie waar hier alles niets altijd nooit meer geen kan wil uit over door",
    "sv": "och det att som jag har inte med för den ett han hon här där när var vad min mig din dig oss sig kan vill "
    "ska från till över under men bara alla allt inget aldrig alltid mer hur nu om så är på",
    "ru": "что как это все меня тебя мне тебе его она они мой моя твой твоя нет где там тут так если для или уже еще "
    "только когда был была было были быть себя чтобы под над без даже нас вас",
}
LISTED = frozenset({"en", *OTHER})
WORDS = {
    "": STOP_WORDS | COMMON | SWEARING,
    **{code: vocabulary(words) for code, words in OTHER.items()},
}


def is_filler(word: str, language: str = "en") -> bool:
    """Say whether a word in lower case, with its accents, tells no theme in a language (ISO 639-1).

    English and sung syllables count in every language, for every language sings them.
    """
    return word in WORDS[""] or word in WORDS.get(language, ()) or bool(SYLLABLES.fullmatch(word))
