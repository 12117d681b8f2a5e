"""Memory that runs out: one clear line, nothing half visible, and the same command goes on from there."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from command_line import outside

from songkin.errors import EncoderError, StoreError
from songkin.memory import is_pressed
from songkin.serve.cli.scarcity import SCARCE, is_scarce
from songkin.store import Store

SONGS = 300
MEGABYTES = (500, 1500, 2500)


def songs(folder: Path) -> Path:
    path = folder / "songs.jsonl"
    rows = [
        {"id": f"s{i}", "title": f"Tide {i}", "lyrics": f"Rain number {i} on the roof\n" * 20} for i in range(SONGS)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def within(megabytes: int) -> dict[str, object]:
    """Return what starts a process that may address so much memory."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))

    return {"preexec_fn": limit, "env": {"OMP_NUM_THREADS": "1"}}


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(12, "Cannot allocate memory"),
        ImportError("x.so: failed to map segment from shared object"),
        RuntimeError("can't start new thread"),
        RuntimeError("bfc_arena.cc:360 AllocateRawInternal Failed to allocate memory for requested buffer of size 8"),
    ],
)
def test_every_way_of_running_out_of_memory_is_known(error: Exception) -> None:
    assert is_scarce(error)
    outer = RuntimeError("worker failed")
    outer.__cause__ = error
    assert is_scarce(outer)


@pytest.mark.parametrize(
    "error",
    [
        StoreError("L: the library's engine failed (rust future panicked: unknown error); if it is damaged ..."),
        SystemError("error return without exception set"),
        EncoderError("tokenizer.json is no tokenizer (out of memory); fetch the model again"),
    ],
)
def test_what_fails_without_a_reason_is_known_where_memory_is_nearly_used_up(
    error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("songkin.serve.cli.scarcity.is_pressed", lambda: True)
    assert is_scarce(error)
    monkeypatch.setattr("songkin.serve.cli.scarcity.is_pressed", lambda: False)
    assert not is_scarce(error)


@pytest.mark.parametrize(("share", "pressed"), [(1.1, True), (4.0, False), (0, False)])
def test_a_process_knows_whether_it_took_what_it_may(share: float, pressed: bool) -> None:
    program = (
        "import resource, sys; from songkin.memory import is_pressed\n"
        "peak = next(int(line.split()[1]) << 10 for line in open('/proc/self/status') if line.startswith('VmPeak'))\n"
        f"if {share}: resource.setrlimit(resource.RLIMIT_AS, (int({share} * peak),) * 2)\n"
        "print(is_pressed())"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == str(pressed)


@pytest.mark.parametrize(
    "refused", [MemoryError(), SystemError("error return without exception set"), OSError(12, "Cannot allocate memory")]
)
def test_where_memory_does_not_even_do_to_look_it_is_pressed(
    refused: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(*_: object, **__: object) -> str:
        raise refused

    monkeypatch.setattr("songkin.memory.is_bounded", lambda: True)
    monkeypatch.setattr(Path, "read_text", read)
    assert is_pressed()


def test_other_errors_are_not_taken_for_it() -> None:
    assert not any(
        map(is_scarce, (ValueError("x"), OSError(2, "No such file"), ImportError("no module named x"), None))
    )


@pytest.mark.slow
@pytest.mark.parametrize("megabytes", MEGABYTES)
def test_an_add_that_runs_out_of_memory_says_so_and_another_one_finishes(megabytes: int, tmp_path: Path) -> None:
    path, library = songs(tmp_path), tmp_path / "L"
    said = outside("add", path, "-L", library, **within(megabytes))
    if said.code < 0:  # the process was ended by the allocator of a library, before Python could speak
        assert "memory" in said.err.lower()
    elif said.code:
        last = said.err.strip().splitlines()[-1]
        assert (said.code, last) == (1, f"songkin: {SCARCE}")
        assert "Traceback" not in said.err
    held = Store.open(library).count() if (library / "songs.lance").exists() else 0
    assert 0 <= held <= SONGS
    again = outside("add", path, "-L", library)
    assert again.code == 0, again.err
    assert Store.open(library).count() == SONGS


@pytest.mark.slow
def test_a_search_that_runs_out_of_memory_says_so(tmp_path: Path) -> None:
    assert outside("add", songs(tmp_path), "-L", tmp_path / "L").code == 0
    for megabytes in (700, 1500):
        said = outside("search", "rain", "-L", tmp_path / "L", **within(megabytes))
        assert "Traceback" not in said.err
        assert said.code <= 0 or said.err.strip().splitlines()[-1] == f"songkin: {SCARCE}"
    assert outside("search", "rain", "-L", tmp_path / "L").code == 0
