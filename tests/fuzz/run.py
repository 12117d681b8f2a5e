"""Fuzz songkin's readers: `python tests/fuzz/run.py csv --seconds 60`, or `all`; what is found goes into a folder.

Coverage-guided, by atheris (Google's libFuzzer for Python). A run starts from the target's own seeds, and from what
earlier runs kept in the folder --keep names. It goes on behind a finding; each way to fail is kept once, as a file that
`--again FILE` holds against the target's laws in plain Python. The exit status is 1 where anything was found.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path
from typing import NamedTuple

from targets import PATIENCE_S, TARGETS, Target, hold, target

INSTRUMENTED = ("songkin", "tinytag")
SLOWED = 4.0  # how much longer instrumented code may take
STUCK_S = 30  # of wall time, after which libFuzzer ends an input
MEMORY_MB = 3072
STATUS = re.compile(r"^#(\d+)\s+\w+\s+cov: (\d+) ft: (\d+)", re.MULTILINE)
EXECUTED = re.compile(r"stat::number_of_executed_units:\s+(\d+)|^Done (\d+) (?:runs )?in", re.MULTILINE)


class Fuzzed(NamedTuple):
    """How a target fared: inputs tried, edges of code reached, and the files of what was found."""

    name: str
    tried: int
    edges: int
    found: tuple[Path, ...]
    said: str


# -- in a process of its own -------------------------------------------------------------------------------------------


def place_of(error: BaseException) -> str:
    """Return where an input failed: the error's kind and the innermost line of ours."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [frame for frame in frames if "songkin" in frame.filename or "fuzz" in frame.filename]
    last = ours[-1] if ours else frames[-1]
    return f"{type(error).__name__} {Path(last.filename).name}:{last.lineno}"


class Findings:
    """What was found so far: one input for each way to fail."""

    def __init__(self, one: Target, folder: Path) -> None:
        self._one, self._folder = one, folder
        self._known: set[str] = set()

    def __call__(self, content: bytes) -> None:
        """Try an input; keep it if it fails in a new way."""
        try:
            hold(self._one, content, patience_s=PATIENCE_S * SLOWED)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if (place := place_of(error)) not in self._known:
                self._known.add(place)
                kept = self._folder / hashlib.sha256(content).hexdigest()[:12]
                kept.write_bytes(content)
                print(f"FOUND {kept}: {place}: {str(error)[:300]!a}", file=sys.stderr, flush=True)


def fuzz(name: str, folder: Path, flags: list[str]) -> None:
    """Fuzz one target until its time is up; libFuzzer ends the process."""
    import atheris

    with atheris.instrument_imports(include=list(INSTRUMENTED), enable_loader_override=False):
        one = target(name)
    atheris.Setup([sys.argv[0], *flags], Findings(one, folder))
    atheris.Fuzz()


# -- around it ---------------------------------------------------------------------------------------------------------


def fuzzed(name: str, seconds: int, keep: Path | None, *, first: int | None = None) -> Fuzzed:
    """Fuzz one target for so long in a process of its own; with `first`, so many inputs, the same ones every time."""
    with tempfile.TemporaryDirectory(prefix="songkin-fuzz-") as temporary:
        work = keep or Path(temporary)
        corpus, seeds, found = (work / name / part for part in ("corpus", "seeds", "found"))
        for folder in (corpus, seeds, found):
            folder.mkdir(parents=True, exist_ok=True)
        one = target(name)
        for at, seed in enumerate(one.seeds()):
            (seeds / f"seed-{at}").write_bytes(seed)
        known = set(found.iterdir())
        flags = [
            str(corpus),
            str(seeds),
            f"-max_total_time={seconds}",
            f"-timeout={STUCK_S}",
            f"-max_len={one.largest}",
            f"-rss_limit_mb={MEMORY_MB}",
            f"-artifact_prefix={found}/",
            "-print_final_stats=1",
            f"-report_slow_units={STUCK_S}",
            *_dictionary(one, work / name / "words.dict"),
            *([] if first is None else [f"-runs={first}", "-seed=1"]),
        ]
        command = [sys.executable, str(Path(__file__).resolve()), name, "--into", str(found), "--flags", *flags]
        environment = os.environ if first is None else {**os.environ, "PYTHONHASHSEED": "0"}
        ended = subprocess.run(
            command, stderr=subprocess.PIPE, text=True, errors="replace", check=False, env=environment
        )
        said = ended.stderr
        new = sorted(set(found.iterdir()) - known)
        tried = max((int(number) for match in EXECUTED.findall(said) for number in match if number), default=0)
        edges = max((int(match[1]) for match in STATUS.findall(said)), default=0)
        if not tried:  # the process itself failed
            print(said[-3000:], file=sys.stderr)
        if new and not keep:
            new = [_rescued(name, file) for file in new]
        return Fuzzed(name, tried, edges, tuple(new), said)


def _dictionary(one: Target, place: Path) -> list[str]:
    if not one.words:
        return []
    spelt = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in one.words)
    place.write_text("".join(f'"{word}"\n' for word in spelt), encoding="ascii")
    return [f"-dict={place}"]


def _rescued(name: str, file: Path) -> Path:
    """Copy a finding out of a folder that goes."""
    kept = Path(tempfile.gettempdir()) / f"songkin-fuzz-{name}-{file.name}"
    kept.write_bytes(file.read_bytes())
    return kept


def again(name: str, file: Path) -> None:
    """Hold one input against a target's laws, in plain Python: what fails, fails with its whole traceback."""
    hold(target(name), file.read_bytes())
    print(f"{file}: {name} holds its laws")


def main() -> int:
    """Fuzz what was named, and tell how it fared."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("target", choices=(*TARGETS, "all"))
    asked.add_argument("--seconds", type=int, default=60, help="how long for each target (60)")
    asked.add_argument("--keep", type=Path, help="a folder for corpora and findings, so that a later run goes on")
    asked.add_argument("--again", type=Path, metavar="FILE", help="hold one input against the target's laws")
    asked.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    asked.add_argument("--flags", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    said = asked.parse_args()
    if said.again:
        again(said.target, said.again)
        return 0
    if said.into:
        fuzz(said.target, said.into, said.flags)
    failed = False
    for name in TARGETS if said.target == "all" else (said.target,):
        one = fuzzed(name, said.seconds, said.keep)
        failed |= bool(one.found) or not one.tried
        print(
            f"{name:10} {one.tried:9,} inputs {one.tried / said.seconds:7,.0f}/s {one.edges:6,} edges "
            f"{len(one.found):3} found",
            flush=True,
        )
        for file in one.found:
            told = re.search(rf"^FOUND \S*{file.name[-12:]}: (.*)$", one.said, re.MULTILINE)
            print(f"    {file}: {told[1] if told else 'it was stuck, or ended the process'}", flush=True)
    return int(failed)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
