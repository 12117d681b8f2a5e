"""songkin serve as its users have it: says where it is, refuses what would be open to all, ends in good order."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from command_line import COMMAND, ROWS, InProcess, write_rows

from songkin.errors import SettingsError
from songkin.serve.cli import serve
from songkin.serve.cli.serve import address_of, guard_for, listening_on


@contextmanager
def started(library: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start a server on a free port, and give it and its address."""
    command = [*COMMAND, "serve", "-L", str(library), "--port", "0", *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            found = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
            assert found, process.stderr and process.stderr.read()
            yield process, found[0]
        finally:
            process.kill()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX's")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_where_it_is_answers_and_ends_in_good_order(tmp_path: Path, number: signal.Signals) -> None:
    write_rows(tmp_path / "songs.jsonl", ROWS)
    subprocess.run([*COMMAND, "add", "songs.jsonl", "-L", "L", "--no-encode"], check=True, capture_output=True)
    with started(tmp_path / "L") as (process, address):
        with urllib.request.urlopen(f"{address}/api/v1/search?q=my+secret+rain", timeout=20) as answer:
            assert answer.status == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=30)
        assert process.returncode == 0
        assert "secret" not in out + err
        assert "Traceback" not in err


@pytest.mark.parametrize("flags", [("--host", "0.0.0.0"), ("--require-token",), ("--allow-host", "music.example")])
def test_what_others_can_reach_is_refused_without_a_token(
    place: Path, songkin: InProcess, flags: tuple[str, ...]
) -> None:
    said = songkin("serve", *flags)
    assert said.code == 1
    assert "songkin token create NAME" in said.err
    assert len(said.err.splitlines()) == 1


def test_a_place_without_a_library_is_said_before_anything_listens(tmp_path: Path, songkin: InProcess) -> None:
    said = songkin("serve", "-L", str(tmp_path / "nowhere"))
    assert said.code == 1
    assert "songkin add" in said.err


def test_a_port_that_is_taken_is_said(place: Path, songkin: InProcess) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = songkin("serve", "--port", str(taken.getsockname()[1]))
    assert said.code == 1
    assert "--port" in said.err


def test_an_address_that_is_none_of_this_machines_is_said() -> None:
    with pytest.raises(SettingsError, match="--host"):
        listening_on("203.0.113.7", 0)


@pytest.mark.parametrize(
    ("host", "names", "require", "needed"),
    [
        ("127.0.0.1", (), False, False),
        ("localhost", (), False, False),
        ("::1", (), False, False),
        ("127.0.0.1", (), True, True),
        ("127.0.0.1", ("music.example",), False, True),
        ("0.0.0.0", (), False, True),
        ("192.168.1.5", (), False, True),
        ("my-machine", (), False, True),
    ],
)
def test_whoever_can_be_reached_wants_a_token(host: str, names: tuple[str, ...], require: bool, needed: bool) -> None:
    guard = guard_for(host, names, require_token=require)
    assert guard.require_token is needed
    assert {*names} <= guard.hosts
    assert guard_for(host, names, require_token=require, unhurried=True).rate is None


def test_the_address_is_one_a_browser_takes() -> None:
    assert address_of("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert address_of("::1", 80) == "http://[::1]:80"
    assert address_of("my-machine", 80) == "http://my-machine:80"


def test_open_shows_the_page(place: Path, songkin: InProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("webbrowser.open", shown.append)
    monkeypatch.setattr(serve, "serve_on", lambda listening, application: listening.close())
    said = songkin("serve", "--port", "0", "--open")
    assert said.code == 0
    assert shown[0] in said.out
