"""Which encoder a library's vectors come from, and how many numbers of them it keeps.

Conventions
-----------
The facts of a library name its encoder ('' = the shipped one), the cut ('' = whole vectors) and the mark of both.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from songkin.encoders import SHIPPED_NAME, Weights, load, means_shipped
from songkin.errors import EncoderError, StoreError
from songkin.library.preparing import encoder_mark
from songkin.settings import Settings
from songkin.store import Store, Writer
from songkin.types import Encoder

__all__ = ["Choice", "agree", "chosen", "encoder_of", "kept", "reader_of"]


class Choice(NamedTuple):
    """An encoder's name, '' = the shipped one, and how many numbers of its vectors are kept, None = all."""

    name: str
    dim: int | None


def kept(facts: Mapping[str, str]) -> Choice:
    """Return what a library's vectors come from."""
    name, dim = facts.get("encoder", ""), facts.get("dim")
    return Choice("" if means_shipped(name) else name, int(dim) if dim else None)


def reader_of(choice: Choice, *, threads: int | None = None, runtime: str | None = None) -> Encoder:
    """Load the encoder that was chosen."""
    return load(choice.name or None, dim=choice.dim, threads=threads, runtime=runtime)


def encoder_of(
    store: Store, given: Encoder | None = None, *, threads: int | None = None, runtime: str | None = None
) -> Encoder | None:
    """Return the encoder that a library's vectors were made with, the one given or loaded; None without vectors.

    EncoderError where it is another version of it than the vectors are from.
    """
    facts, place = store.facts(), store.tables.place
    if not facts.get("fingerprint"):
        return None
    encoder = given or reader_of(kept(facts), threads=threads, runtime=runtime)
    if encoder_mark(encoder) != facts["fingerprint"]:
        cure = f"make them again with: songkin add --reencode -L {place}"
        raise EncoderError(f"{place}: its vectors were made by another version of {encoder.name}; {cure}")
    return encoder


def chosen(settings: Settings, facts: Mapping[str, str], given: Encoder | None = None) -> Choice:
    """Return what an add encodes with: what was given, else the settings', else the library's own."""
    before = kept(facts)
    if given:
        return Choice("" if means_shipped(given.name) else given.name, cut_of(given))
    name = from_anywhere(settings.encoder) if settings.encoder else before.name
    return Choice(name, settings.dim or (before.dim if name == before.name else None))


def from_anywhere(encoder: str) -> str:
    """Return an encoder's name, a folder's from the root: a library outlives the folder it was made from."""
    folder = Path(encoder).expanduser()
    if means_shipped(encoder):
        return ""
    return str(folder.resolve()) if folder.is_dir() else encoder


def cut_of(encoder: Encoder) -> int | None:
    """Return how many numbers of its vectors an encoder keeps, None = all."""
    weights = getattr(encoder, "weights", None)
    return weights.dim if isinstance(weights, Weights) else None


def agree(writer: Writer, encoder: Encoder, choice: Choice, *, reencode: bool) -> None:
    """Make sure the library's vectors come from one encoder, and note which; StoreError where it is another."""
    place, facts, mark = writer.tables.place, writer.tables.facts(), encoder_mark(encoder)
    before, choice = facts.get("fingerprint"), Choice(choice.name, cut_of(encoder))
    changes = bool(before) and before != mark
    if changes and not reencode:
        refuse_another(kept(facts), choice, place)
    if writer.tables.dim() != encoder.dim or (changes and reencode):  # the size differs after a broken-off change too
        writer.forget_vectors(dim=encoder.dim)
    if before != mark:
        writer.tell("encoder", choice.name)
        writer.tell("dim", str(choice.dim or ""))
        writer.tell("fingerprint", mark)


def refuse_another(before: Choice, choice: Choice, place: str) -> None:
    """Refuse another encoder, or another cut of it; a newer make of the same is none."""
    if before.name != choice.name:
        known, new = before.name or "the shipped encoder", choice.name or SHIPPED_NAME
        raise StoreError(f"{place}: its vectors come from {known}; to change to {new}, add --reencode")
    if before.dim != choice.dim:
        known, new = (f"cut to {dim} numbers" if dim else "whole" for dim in (before.dim, choice.dim))
        raise StoreError(f"{place}: its vectors are {known}; to make them {new}, add --reencode")
