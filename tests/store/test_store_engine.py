"""The engine is imported lightly, errors come out in one line, mistakes of ours are not dressed up as the disk's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from store_rows import DIM, row

import songkin.store as room
from songkin.errors import StoreError
from songkin.store import writing
from songkin.store.engine import VanishedError, run, told_plainly

LIGHT = """
import sys
from songkin.store import Store, writing
assert "lancedb" not in sys.modules, "importing the room imports the engine"
with writing(sys.argv[1], dim=8) as writer:
    writer.finish()
assert Store.open(sys.argv[1]).counts() == (0, 0)
client = "lance_namespace_urllib3_client.api"
assert not [name for name in sys.modules if name == client or name.startswith(client + ".")], "the REST client is there"
from lance_namespace_urllib3_client.api.table_api import TableApi
assert hasattr(TableApi, "create_table"), "a stand-in stayed"
"""


WAITED = """
import asyncio, sys, time
from songkin.errors import StoreError
from songkin.store import engine
engine.STILL_S, engine.is_pressed = 0.2, lambda: sys.argv[1] == "pressed"

async def slow():
    await asyncio.sleep(1)
    return "slow"

async def busy():
    began = time.process_time()
    while time.process_time() - began < 1:
        pass
    return "done"

async def timed_out():
    raise TimeoutError("its own")

print(engine.run(busy(), place="/here"))
if sys.argv[1] != "pressed":
    sys.exit(print(engine.run(slow(), place="/here")))
for work in (timed_out, lambda: asyncio.sleep(60)):
    try:
        engine.run(work(), place="/here")
    except StoreError as error:
        print(error)
"""


def test_an_engine_that_does_nothing_any_more_is_not_waited_for() -> None:
    """Only where memory is short: then LanceDB may wait for ever for a thread that it was refused."""
    command = [sys.executable, "-c", WAITED]
    assert subprocess.check_output([*command, "free"], text=True, timeout=50).split() == ["done", "slow"]
    busy, own, still = subprocess.check_output([*command, "pressed"], text=True, timeout=50).splitlines()
    assert busy == "done"
    assert "(its own)" in own
    assert "panicked and works on nothing any more; allow this program more memory" in still


@pytest.mark.parametrize(("bound", "traces"), [("64 << 30, hard", "0"), ("now", "1")])
def test_where_memory_is_bounded_rust_writes_no_traces(bound: str, traces: str) -> None:
    """Out of memory Rust may wait for itself for ever while it writes one, and Python waits with it."""
    code = (
        "import os, resource; from songkin.store.engine import lancedb\n"
        "now = resource.getrlimit(resource.RLIMIT_AS); hard = now[1]\n"
        f"resource.setrlimit(resource.RLIMIT_AS, {bound if bound == 'now' else f'({bound})'})\n"
        "lancedb(); print(os.environ['RUST_BACKTRACE'])"
    )
    environment = os.environ | {"RUST_BACKTRACE": "1"}
    assert subprocess.check_output([sys.executable, "-c", code], text=True, env=environment).strip() == traces


def test_the_window_shows_what_it_promises() -> None:
    assert all(hasattr(room, name) for name in room.__all__)


def test_the_engine_comes_without_its_rest_client_and_only_when_needed(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-c", LIGHT, str(tmp_path / "library")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError("write: No space left on device (os error 28)"), "the disk is full; free some space"),
        (RuntimeError("lance error: LanceError(IO): Disk quota exceeded"), "the disk is full"),
        (OSError("Permission denied (os error 13)"), "owner and rights"),
        (RuntimeError("one\n  two"), "failed (one two)"),
        (ValueError("Table 'songs' was not found"), "failed (Table 'songs' was not found)"),
    ],
)
def test_errors_of_the_engine_become_one_line_with_place_and_cure(error: Exception, said: str) -> None:
    with pytest.raises(StoreError) as caught, told_plainly("/here"):
        raise error
    assert said in str(caught.value)
    assert str(caught.value).startswith("/here: ")
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [KeyError("x"), TypeError("x"), AssertionError("x"), KeyboardInterrupt()])
def test_a_mistake_in_the_program_passes_as_it_is(error: BaseException) -> None:
    with pytest.raises(type(error)), told_plainly("/here"):
        raise error


def test_a_missing_file_is_told_apart_so_that_a_reader_can_refresh() -> None:
    with pytest.raises(VanishedError), told_plainly("/here"):
        raise RuntimeError("lance error: Not found: /here/songs.lance/data/x.lance")


def test_work_runs_to_its_end_and_returns_what_it_gives() -> None:
    async def work() -> int:
        return 7

    assert run(work(), place="/here") == 7


FORKING = """
import os, sys, warnings
from songkin.errors import StoreError
from songkin.store import Store

warnings.simplefilter("ignore")
assert Store.open(sys.argv[1]).counts() == (1, 2)
child = os.fork()
if child == 0:
    try:
        Store.open(sys.argv[1])
    except StoreError as error:
        os._exit(0 if "spawn" in str(error) else 1)
    os._exit(2)
sys.exit(os.waitpid(child, 0)[1] != 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
def test_a_forked_process_is_told_to_spawn(tmp_path: Path) -> None:
    with writing(tmp_path, dim=DIM) as writer:
        writer.upsert([row(1)])
    command = [sys.executable, "-c", FORKING, str(tmp_path)]
    assert subprocess.run(command, check=False).returncode == 0  # a process of its own: this one has other threads
