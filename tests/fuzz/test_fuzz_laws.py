"""Every reader holds its laws on bytes that nobody foresaw: made by rule, damaged, repeated, found by fuzzing."""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from of_requests import load
from targets import TARGETS, Target, hold, target

from songkin.library import encoding

HERE = Path(__file__).parent
FOUND = sorted((HERE / "found").glob("*/*"))
QUICK, THOROUGH = 8, 400
SLOW_ONES = ("sentences", "service", "players")  # each input asks a whole library
SOME_S = 3.0  # CPU time within which an input of ordinary size is read on a loaded machine
WHOLE_S = 90.0
GROWN = (16_000, 128_000)
STEEPEST = 30.0  # eight times the input may take so many times the time; what is quadratic takes 64 times
NOISE_S = 0.3
SIGNS = (
    "\0",
    "\x1b[31m",
    "\x9b",
    "\u202e",
    "\u2028",
    "\ufeff",
    "\ud800",
    "\ufffe",
    "e\u0301",
    "🎵",
    "\r",
    "\t",
    "[" * 200,
)


@pytest.fixture(autouse=True)
def _toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read by the toy encoder here, and by none of it in the tests that come after."""
    monkeypatch.setattr(encoding, "load", load)


@cache
def known(name: str) -> Target:
    """Return a target, its seeds made once."""
    one = target(name)
    seeds = tuple(one.seeds())
    return one._replace(seeds=lambda: seeds)


def bytes_for(one: Target) -> some.SearchStrategy[bytes]:
    """Give inputs for a target: its seeds damaged, its words strung together, and any bytes at all."""
    seeds = some.sampled_from(list(one.seeds()))
    words = some.sampled_from([*one.words, *SIGNS] or ["x"]).map(lambda word: word.encode("utf-8", "surrogatepass"))
    pieces = some.one_of(words, some.binary(max_size=4), some.text(max_size=6).map(lambda text: text.encode()))
    places = some.tuples(some.floats(0, 1), some.integers(0, 12), pieces)
    damaged = some.builds(damage, seeds, some.lists(places, min_size=1, max_size=4))
    strung = some.builds(lambda seed, some_: seed[:1] + b"".join(some_), seeds, some.lists(pieces, max_size=12))
    return some.one_of(damaged, strung, seeds.flatmap(lambda seed: some.integers(0, len(seed)).map(lambda n: seed[:n])))


def damage(seed: bytes, places: list[tuple[float, int, bytes]]) -> bytes:
    """Put pieces into a seed in place of some of its bytes."""
    for where, gone, piece in places:
        at = int(where * len(seed))
        seed = seed[:at] + piece + seed[at + gone :]
    return seed


def law(name: str, *, examples: int) -> Callable[[], None]:
    """Return a check of a target's laws on so many examples."""
    one = known(name)

    @settings(max_examples=examples, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(bytes_for(one))
    def check(content: bytes) -> None:
        hold(one, content, patience_s=SOME_S)

    return check


@pytest.mark.parametrize("name", TARGETS)
def test_what_a_target_starts_from_holds_its_laws(name: str) -> None:
    for seed in known(name).seeds():
        hold(known(name), seed, patience_s=SOME_S)


@pytest.mark.parametrize("name", TARGETS)
def test_damaged_inputs_hold_the_laws(name: str) -> None:
    law(name, examples=QUICK)()


@pytest.mark.slow
@pytest.mark.parametrize("name", TARGETS)
def test_many_damaged_inputs_hold_the_laws(name: str) -> None:
    law(name, examples=THOROUGH // 4 if name in SLOW_ONES else THOROUGH)()


@pytest.mark.parametrize("path", FOUND, ids=[f"{path.parent.name}-{path.name}" for path in FOUND])
def test_what_fuzzing_found_stays_mended(path: Path) -> None:
    hold(known(path.parent.name), path.read_bytes(), patience_s=SOME_S)


# -- time --------------------------------------------------------------------------------------------------------------


def took_s(one: Target, content: bytes) -> float:
    """Return the CPU time an input takes, without that of collecting what other tests left; its laws are not asked."""
    gc.disable()
    try:
        begun = time.process_time()
        one.check(content)
        return time.process_time() - begun
    finally:
        gc.enable()


def repeated(one: Target, piece: bytes, size: int, end: bytes) -> bytes:
    """Return a seed's first bytes, a piece again and again, and an end."""
    head = next(iter(one.seeds()))[:1] if one.name in ("sidecars", "playlists", "pairs", "corpora", "service") else b""
    return head + (piece * (size // len(piece) + 1))[:size] + end


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", [name for name in TARGETS if name not in (*SLOW_ONES, "parquet", "music", "databases")]
)
def test_no_repetition_takes_more_than_its_share_of_time(name: str) -> None:
    one, chosen = known(name), random.Random(7)
    pieces = [*one.words, *'abA1 \t\n,;:.-_"()[]{}<>/\\|&#', " - a", " (live)", '\\"', '"a', "},", "\n ", '1,"a\n']
    for piece in chosen.sample(pieces, min(len(pieces), 30)):
        end = chosen.choice((b"", b"(", b'"', b"x", b"]"))
        small, large = (took_s(one, repeated(one, piece.encode(), size, end)) for size in GROWN)
        if large > max(STEEPEST * small, NOISE_S):  # another as long, that no cache knows: what is steep stays steep
            large = min(large, took_s(one, repeated(one, piece.encode(), GROWN[1] + len(piece), end)))
        assert large <= max(STEEPEST * small, NOISE_S), f"{piece!r} ... {end!r}: {small:.2f} s, then {large:.2f} s"
        assert large <= WHOLE_S, f"{piece!r} ... {end!r} takes {large:.1f} s"
