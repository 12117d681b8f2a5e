"""What people are unsure of: hedged words, and whole requests that recall a song rather than wish for one."""

from __future__ import annotations

import re

__all__ = ["HEDGE", "hedged", "is_memory"]

HEDGE = re.compile(
    r"\b(?:maybe|perhaps|possibly|probably|presumably|apparently|around|roughly|approximately|approx|circa|ca\.|"
    r"i(?:'d| would)? (?:think|believe|guess|suppose|assume|say|feel)|kind of|kinda|sort of|sorta|preferably|ideally|"
    r"if possible|or so|or something|or thereabouts|ish|not (?:too |entirely |completely |100% )?sure|unsure|might|"
    r"could(?:'ve)? be(?:en)?|may be|would be nice|i'd prefer|prefer|more or less|somewhere|at a guess|if i remember|"
    r"or maybe|something like|iirc|afaik|likely|seems?|hopefully|a bonus|bonus points|don't mind)\b|\dish\b|s-ish|~|\?"
)
ALONE = re.compile(
    rf"\s*(?:but )?(?:and )?(?:{HEDGE.pattern})(?:\s+(?:so|about (?:it|that)|tho|though|sure|not|please|maybe))*\s*"
)
MEMORY = re.compile(
    r"(?:^|(?<=[.,;] ))heard (?:it|this|that|a song)\b|"
    r"\b(?:i (?:\w+ )?heard|i(?:'ve| have) heard|i (?:\w+ )?(?:remember|recall)|(?:can't|cant|can not|cannot|don't|"
    r"couldn't) (?:\w+ )?(?:remember|recall|find|figure)|trying to (?:find|remember|identify|recall|figure|"
    r"think|place)|"
    r"what(?:'s| is| was|s) (?:the |that |this )?(?:name|song|title)|name of (?:the|this|that|a) (?:song|track|tune)|"
    r"(?:help|need).{0,12} (?:find(?:ing)?|identify(?:ing)?)\b.{0,10}(?:song|track|tune|name)|used to (?:hear|listen|"
    r"play|love|watch)|on the radio|music video|when i was|growing up|my childhood|anyone (?:know|remember|"
    r"recogni[sz]e)|"
    r"does any(?:one|body)|stuck in my head|tip of my tongue|looking for (?:a|this|that|"
    r"the) (?:\w+ ){0,3}(?:song|track|"
    r"tune|music|one) (?:that |which |where |with the |from when |i )|\bi think it (?:was|is|'s)|it was (?:a|an|from|"
    r"sung|in|on|called|played)|i'm looking for (?:a|this|that|the) song|identify (?:this|that|a|the) |"
    r"been (?:searching"
    r"|looking) for|what song|which song|name that|vocaroo|voca\.ro|youtu\.?be|shazam|the (?:song|video|singer|chorus) "
    r"(?:was|had|went|starts?|goes|is about)|was played|played (?:on|in|at)|https?://|goes (?:something )?like|the "
    r"lyrics? (?:were|was|are|is|go|goes|say|says)|lyrics .{0,20}\blike\b|something like \"|\bidk\b|the chorus|tomt|"
    r"sequencer|pretty sure|put my finger|there(?:'s| is| was) (?:a|this) song|song (?:where|in which)|i only know)"
)
LONG = 60  # words; a wish is shorter
TOLD, SENTENCES = 30, 2  # words, and full stops between them, from which a request tells a story
STOP = re.compile(r"[.?!]\s")


def hedged(text: str, start: int, end: int, clause: tuple[int, int], following: str) -> bool:
    """Say whether what stands from `start` to `end` is hedged, in its clause or by the one that follows."""
    near = text[max(clause[0], start - 40) : start] + " " + text[start:end] + text[end : min(clause[1] + 1, end + 30)]
    return bool(HEDGE.search(near) or ALONE.fullmatch(following))


def is_memory(text: str) -> bool:
    """Say whether a folded request recalls a song: "I heard this in 2005", or several sentences on what happened."""
    words = len(text.split())
    told = words > LONG or (words > TOLD and len(STOP.findall(text)) >= SENTENCES)
    return told or bool(MEMORY.search(text))
