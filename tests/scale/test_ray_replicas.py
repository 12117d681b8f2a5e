"""Shards that replicas answer for, under a real Ray Serve on this machine: the same hits, also once a replica died."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import psutil
import pytest
from command_line import started
from ray_command import ENDED_S, below, waited

from songkin.datasets import demo
from songkin.library import Library, Reading
from songkin.library.splitting import split_into

pytest.importorskip("ray", reason="Ray comes with songkin[scale]")
pytest.importorskip("lance", reason="pylance comes with songkin[scale]")

SHARDS, REPLICAS = 2, 2
ASKED = ("rain on a tin roof", "quiet songs about leaving home", "a hip-hop song about money", "Christmas")
PATIENCE_S = 300


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("replicas") / "one"
    Library.add(Reading.of([demo.path()]), place)
    split_into(place.parent / "many", SHARDS, library=place)
    return place


@pytest.fixture
def served(one: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The address of `songkin serve --replicas`, and its process; in the end nothing of it is left."""
    process = started("serve", "-L", one.parent / "many", "--replicas", REPLICAS, "--port", 0)
    own = psutil.Process(process.pid)
    assert process.stdout
    said = process.stdout.readline()
    address = next((word.rstrip(".,/") for word in said.split() if word.startswith("http://")), None)
    left = below(own)
    try:
        assert address, said
        yield address, own
    finally:
        left += below(own)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
        gone = waited(lambda: not any(one.is_running() for one in left), ENDED_S)
    assert gone


def answer(address: str, text: str) -> list[str]:
    with urlopen(f"{address}/api/v1/search?{urlencode({'q': text, 'k': 10})}", timeout=PATIENCE_S) as told:
        document: Any = json.load(told)
    return [hit["id"] for hit in document["hits"]]


def replicas(process: psutil.Process) -> list[psutil.Process]:
    return [one for one in below(process) if "ray::ServeReplica" in " ".join(one.cmdline())]


@pytest.mark.slow
def test_replicas_answer_as_one_library_also_when_one_of_them_is_killed(
    one: Path, served: tuple[str, psutil.Process]
) -> None:
    address, front = served
    wanted = [[hit.song.id for hit in Library.open(one).search(text, k=10).hits] for text in ASKED]
    assert [answer(address, text) for text in ASKED] == wanted
    first = replicas(front)
    assert len(first) == SHARDS * REPLICAS
    first[0].kill()
    assert [answer(address, text) for text in ASKED] == wanted
    assert waited(lambda: len(replicas(front)) == SHARDS * REPLICAS, PATIENCE_S)
    assert [answer(address, text) for text in reversed(ASKED)] == wanted[::-1]
