"""A writer that changes a library at random until it is killed; run by test_store_kill as a process of its own.

It says each step on stdout before it takes it ("will") and after it is committed ("did").
"""

from __future__ import annotations

import itertools
import json
import random
import sys
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from store_rows import DIM, row

import songkin.store.indexes
import songkin.store.tables
from songkin.store import writing

songkin.store.indexes.INDEX_FROM_ROWS = songkin.store.indexes.EXACT_ROWS = 60
songkin.store.tables.KEPT_VERSIONS = timedelta(milliseconds=1)


def say(word: str, step: dict[str, object]) -> None:
    print(json.dumps({"word": word, **step}), flush=True)


def steps(seed: int, finishing: bool):
    """Add ten new songs, change ten, remove three, tidy up; in any order, without end."""
    chance = random.Random(seed)
    for turn in itertools.count():
        kind = "finish" if finishing and turn % 2 else chance.choice(["add", "add", "change", "remove", "finish"])
        numbers = chance.sample(range(200), {"add": 20, "change": 10, "remove": 3, "finish": 0}[kind])
        yield {"kind": kind, "numbers": numbers, "digest": f"{seed}-{turn}"}


def main(place: str, seed: int, finishing: bool) -> None:
    with writing(place, dim=DIM) as writer:
        say("ready", {})
        for step in steps(seed, finishing):
            say("will", step)
            if step["kind"] == "finish":
                writer.finish()
            elif step["kind"] == "remove":
                writer.remove([f"s{number}" for number in step["numbers"]])
            else:
                writer.upsert([row(number, digest=step["digest"]) for number in step["numbers"]])
            say("did", step)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3:] == ["finishing"])
