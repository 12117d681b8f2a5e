"""What was understood of a request, one chip each: what it is, how many songs it leaves, and how to take it out.

A chip that was read out of the request's words is changed by changing those words, so that what the box says is what is
asked; a condition that was given apart is changed as the term it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from songkin.library import Library
from songkin.library.concepts import Concept
from songkin.library.sieving import Sieved
from songkin.serve.counting import songs_counted
from songkin.serve.page.asked import Asked

__all__ = ["Chip", "Cure", "chips", "cures"]

SAYS = {
    "filter": "only",
    "weighs": "rather",
    "words": "as words",
    "like": "like",
    "unlike": "unlike",
    "avoid": "not about",
    "wish": "wish",
}
DENIED = {"filter": "no", "weighs": "rather not"}
MEANS = {
    "filter": "a condition: every song shown meets it",
    "weighs": "it weighs: songs that meet it come first, others stay",
    "words": "the library cannot judge this, so it is looked for as words",
    "like": "songs like it are looked for",
    "unlike": "songs like it are kept away",
    "avoid": "songs that hold it are lowered",
    "wish": "songs that go this way come first",
}


class Chip(NamedTuple):
    """One thing that was understood.

    `says` is what it does in a word or two, `label` what it is about, `means` the same in a sentence. `songs` meet it,
    None where it does not filter, and `others` meet everything else. `without` is the search without it. To change it,
    `field` of the form gets a new `value` while it carries `carried`; without a `field` it can only be taken out.
    """

    kind: str
    says: str
    label: str
    means: str
    without: str
    songs: int | None = None
    others: int | None = None
    field: str = ""
    value: str = ""
    carried: Sequence[tuple[str, str]] = ()


class Cure(NamedTuple):
    """What would help where nothing is found, and the address of that search."""

    words: str
    address: str


def chips(library: Library, asked: Asked, concepts: Sequence[Concept], counted: Sieved) -> list[Chip]:
    """Return the chips of a search: seeds first, then what its words were taken for, then conditions given apart."""
    seeds = [_seed(library, asked, name, value) for name in ("like", "unlike") for value in getattr(asked, name)]
    return [
        *seeds,
        *(_read(asked, one) for one in concepts),
        *(_given(library, asked, w, counted) for w in asked.where),
    ]


def _seed(library: Library, asked: Asked, name: str, song: str) -> Chip:
    found = library.views.songs([song])
    label = found[0].name if found else song
    return Chip(name, SAYS[name], label, MEANS[name], asked.without(name, song).address)


def _read(asked: Asked, concept: Concept) -> Chip:
    says = DENIED.get(concept.kind, SAYS[concept.kind]) if concept.denied else SAYS[concept.kind]
    label = concept.said.removeprefix("like ") if concept.kind == "like" else concept.said
    without = asked.cut(concept.start, concept.end).address
    carried = [("cut", f"{concept.start}-{concept.end}"), *asked.but().fields]
    own = Chip(concept.kind, says, label, MEANS[concept.kind], without, concept.songs, concept.without)
    return own._replace(field="say", value=concept.words, carried=carried)


def _given(library: Library, asked: Asked, where: str, counted: Sieved) -> Chip:
    term = library.where(where)
    met = next((one for one in counted.conditions if one.term == term), None)
    label, *counts = (met.words, met.songs, met.without) if met else (where, None, None)
    rest = asked.without("where", where)
    own = Chip("filter", SAYS["filter"], label, MEANS["filter"], rest.address, *counts)
    return own._replace(field="where", value=where, carried=rest.fields)


def cures(asked: Asked, found: Sequence[Chip], counted: Sieved) -> list[Cure]:
    """Say what would find songs where a search finds none: each condition left out, and what that leaves."""
    told = []
    if counted.conditions and not counted.left:
        told += [cure for chip in found if chip.kind == "filter" and (cure := _leave_out(chip))]
    if counted.conditions and not counted.left and not told and asked.where:
        told.append(Cure("leave out every condition that was given apart", asked.but(where=()).address))
    if asked.weights:
        told.append(Cure("weigh every channel as it was learned again", asked.but(weights={}).address))
    if asked.part != "all":
        told.append(Cure("look in the whole song, not only in a part of it", asked.but(part="all").address))
    if asked.q and not asked.line:
        told.append(Cure("look for these words as a line that is sung", asked.but(line=True, where=()).address))
    if asked.line:
        told.append(Cure("look for what these words mean, not for a line", asked.but(line=False).address))
    return told


def _leave_out(chip: Chip) -> Cure | None:
    """Say how many songs there are without one condition; None where that helps nobody."""
    if not chip.others:
        return None
    songs = songs_counted(chip.others)
    return Cure(f"leave out “{chip.says} {chip.label}”: {songs}", chip.without)
