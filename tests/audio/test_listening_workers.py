"""Files heard by worker processes: all of them, the odd ones told, a worker that dies, an end in the middle."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from songkin.audio import listen, listen_to_each, workers
from songkin.errors import MissingExtra

HEAD = workers.WORKER.partition("from songkin")[0]
MISBEHAVING = f"""{HEAD}
import time
import songkin.audio.workers as workers
from songkin.errors import MissingExtra
real = workers.listen
def listen(path):
    if "crash" in path.name: os.abort()
    if "killed" in path.name: os.kill(os.getpid(), 9)
    if "mistake" in path.name: return 1 / 0
    if "missing" in path.name: raise MissingExtra("soundfile is not installed")
    if "slow" in path.name: time.sleep(60)
    if "chatty" in path.name: os.write(1, b"a decoder speaks"); print("and again", flush=True)
    return real(path)
workers.listen = listen
workers.serve()
"""


def tone(path: Path, hz: float = 440.0) -> Path:
    time_s = np.arange(11_025) / 11_025
    soundfile.write(path, 0.3 * np.sin(2 * np.pi * hz * time_s), 11_025)
    return path


def test_every_file_is_told_of_once_and_heard_as_in_this_process(tmp_path: Path) -> None:
    files = {number: tone(tmp_path / f"{number}.wav", 200 + 100 * number) for number in range(5)}
    told = {one.job: one for one in listen_to_each(files.items(), workers=2)}
    assert told.keys() == files.keys()
    for number, path in files.items():
        heard, here = told[number].heard, listen(path)
        assert heard is not None
        assert dict(heard.features) == pytest.approx(dict(here.features), rel=1e-6)  # sums go by the number of threads
        np.testing.assert_allclose(heard.vector, here.vector, atol=1e-6)
        assert heard.duration_s == here.duration_s


def test_no_files_start_no_worker() -> None:
    assert list(listen_to_each([], workers=3)) == []


@pytest.mark.skipif(not hasattr(os, "kill") or sys.platform == "win32", reason="signals are told by name on POSIX")
def test_what_goes_wrong_with_a_file_is_told_and_the_others_are_heard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "WORKER", MISBEHAVING)
    names = ("a.wav", "crash.wav", "killed.wav", "mistake.wav", "chatty.wav", "b.wav")
    files = [(name, tone(tmp_path / name)) for name in names] + [("no.wav", tmp_path / "no.wav")]
    told = {one.job: one for one in listen_to_each(files, workers=1)}
    assert {name for name, one in told.items() if one.heard} == {"a.wav", "chatty.wav", "b.wav"}
    for name, said in (
        ("crash.wav", "the decoder crashed (SIGABRT)"),
        ("killed.wav", "the decoder was killed (is there memory enough"),
        ("mistake.wav", "cannot be heard (ZeroDivisionError: division by zero)"),
        ("no.wav", "cannot be opened"),
    ):
        assert said in told[name].problem
        assert str(tmp_path / name) in told[name].problem


def test_a_missing_package_ends_it_all_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORKER", MISBEHAVING)
    files = [(number, tone(tmp_path / f"missing {number}.wav")) for number in range(20)]
    with pytest.raises(MissingExtra, match="soundfile is not installed"):
        list(listen_to_each(files, workers=1))


def test_who_asks_no_further_leaves_no_worker_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORKER", MISBEHAVING)
    started: list[workers._Worker] = []
    real = workers._Worker

    class Noted(real):  # type: ignore[valid-type, misc]
        def __init__(self) -> None:
            super().__init__()
            started.append(self)

    monkeypatch.setattr(workers, "_Worker", Noted)
    files = [(name, tone(tmp_path / name)) for name in ("a.wav", "slow.wav", "slow 2.wav", "slow 3.wav")]
    telling = listen_to_each(files, workers=2)
    assert next(telling).job == "a.wav"
    telling.close()
    assert started
    assert all(worker._process.poll() is not None for worker in started)


def test_a_script_without_a_main_guard_may_listen(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "import sys\nfrom pathlib import Path\nfrom songkin.audio import listen_to_each\n"
        "print(sorted(t.heard is not None for t in listen_to_each([(1, Path(sys.argv[1]))], workers=1)))\n",
        encoding="utf-8",
    )
    said = subprocess.run(
        [sys.executable, script, tone(tmp_path / "a.wav")], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert said.stdout == "[True]\n"
