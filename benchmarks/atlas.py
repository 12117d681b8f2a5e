"""Time `songkin clusters` and `songkin map` on a library of 100,000 songs, beside scikit-learn and umap-learn.

    python benchmarks/atlas.py [--songs 100000] [--added 1000] [--keep FOLDER] [--no-rival] [--json]

Each command is a process of its own: seconds from its start to its end, seconds a processor worked for it (which other
work on the machine changes little), and its peak in megabytes (Linux).

The songs are made of lines of the English demo songs and read by the shipped fast student: twenty to fifty lines, eight
in ten of four demo songs that are like each other, in shares of the song's own, the others from anywhere. So made songs
lie to each other much as chart songs do, which is what themes and places are sought in. Of 4,000, the cosine to the
nearest song about the middle is .49, .60 and .70 for the lowest tenth, the median and the highest tenth; of 4,000 chart
songs read alike .45, .56 and .71. To the fifteenth nearest: .36, .46, .56 and .35, .45, .58. Of what vectors differ by,
50 directions hold 75 % and 77 %. The same figures of the songs timed are printed. One song in twenty has no lyrics and
stands by its description. Columns that only search reads are empty, and no index is made.

The rivals start from vectors that are ready in 50 directions: scikit-learn's k-means for 24 groups with as many starts
as ours, and umap-learn with our settings and its own search for neighbours. They find groups and places and nothing
else; our commands start Python, read the library, name themes at three grains, say how many songs stay, find those that
fit nowhere, and write the page. Ratios are of processor seconds.

`--keep` leaves library, map and page in a folder for another run, or for `benchmarks/map_frames.py --page`.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from songkin.atlas import centred_by_kind, layout_trustworthiness, principal_components
from songkin.atlas.outliers import neighbours
from songkin.datasets import demo
from songkin.encoders import load, student_of
from songkin.evaluation.spaces import silhouette
from songkin.library import Library
from songkin.library.encoding import Choice, agree
from songkin.library.preparing import encoder_mark
from songkin.library.theming import atlas
from songkin.library.vectors import whole_songs
from songkin.store import PassageRow, SongRow, writing
from songkin.text import fold, lines, passages
from songkin.text.description import about
from songkin.types import Encoder, Lyrics, Song, Vectors

SONGS, ADDED = 100_000, 1_000
LINES = (20, 50)  # of a song
SOURCES, LIKE = 4, 16  # demo songs that a song is made of: one, and others of so many that are nearest to it
ANYWHERE = 0.2  # of its lines that come from any demo song
ALBUM = 8  # songs of an artist
SILENT = 20  # one song in so many has no lyrics
AT_ONCE = 2_000
DRAWN = 4_000  # songs whose nearest are looked at
GROUPS, STARTS = 24, 8
RUNNING = """
import re, sys
from songkin.serve.cli import main
try:
    main()
finally:
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024
    print(f"peak {peak}", file=sys.stderr)
"""
KMEANS = """
import re, sys, numpy as np
from sklearn.cluster import KMeans
vectors, out, groups, starts = np.load(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
np.save(out, KMeans(groups, n_init=starts, random_state=0).fit(vectors).labels_)
print("peak", int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024, file=sys.stderr)
"""
UMAP = """
import re, sys, numpy as np, umap
vectors, out = np.load(sys.argv[1]), sys.argv[2]
made = umap.UMAP(n_neighbors=10, min_dist=0.05, metric="cosine", random_state=0, n_jobs=1)
np.save(out, made.fit_transform(vectors))
print("peak", int(re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())[1]) // 1024, file=sys.stderr)
"""


class Run(NamedTuple):
    """One process: seconds from start to end, those the processor worked, its peak in megabytes, and what it said."""

    seconds: float
    worked: float
    megabytes: int
    said: str


class Source(NamedTuple):
    """A demo song that others are made of: its lines, and what is known of it."""

    lines: list[str]
    song: Song


def main() -> None:
    """Make the library, time everything, and print one row a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--songs", type=int, default=SONGS)
    parser.add_argument("--added", type=int, default=ADDED, help="songs that come after the first map")
    parser.add_argument("--keep", type=Path, help="leave the library, the map and the page in this folder")
    parser.add_argument("--no-rival", action="store_true", help="leave scikit-learn and umap-learn out")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = wanted.keep or Path(passing)
        folder.mkdir(parents=True, exist_ok=True)
        figures = measured(folder, wanted.songs, wanted.added, rival=not wanted.no_rival)
    rows = "\n".join(f"{name:58} {value}" for name, value in figures.items())
    print(json.dumps(figures, indent=2) if wanted.json else rows)


def measured(folder: Path, songs: int, added: int, *, rival: bool) -> dict[str, Any]:
    """Return every figure, by name."""
    place, page = folder / "library", folder / "map.html"
    maker, there = Maker(student_of(load("songkin"))), songs_of(folder)
    maker.add(place, there, songs - there)
    songs = songs_of(folder)
    figures: dict[str, Any] = {"songs": songs, "passages": Library.open(place).store.counts().passages}
    vectors = space(place)
    figures |= nearness(vectors)
    figures |= timed("clusters, first time", command("clusters", place))
    figures |= timed("clusters, again", command("clusters", place))
    figures |= mapped("map, first time", command("map", place, "--out", str(page)))
    figures |= mapped("map, again", command("map", place, "--out", str(page)))
    figures["page, MB"] = round(page.stat().st_size / 1e6, 1)
    nested = atlas(Library.open(place).store).grain("medium").silhouette
    maker.add(place, songs, added)
    figures["songs added"] = added
    figures |= timed("clusters, after these", command("clusters", place))
    figures |= mapped("map, after these", command("map", place, "--out", str(page)))
    return figures | (rivals(folder, vectors, figures, nested) if rival else {})


def songs_of(folder: Path) -> int:
    """Return how many songs the library in a folder has; what an earlier run found in it is forgotten."""
    place = folder / "library"
    if not place.exists():
        return 0
    shutil.rmtree(place / "themes", ignore_errors=True)
    (place / "map.parquet").unlink(missing_ok=True)
    return Library.open(place).store.counts().songs


# -- the songs ---------------------------------------------------------------------------------------------------------


class Maker:
    """Makes songs of the lines of demo songs; the same number gives the same song."""

    def __init__(self, encoder: Encoder) -> None:
        self.encoder = encoder
        sung = [song for song in demo.songs() if song.lyrics and song.lyrics.text and song.language == "en"]
        self.sources = [Source([line.text for line in lines(song.lyrics.text) if line.text], song) for song in sung]
        read = encoder.encode_songs(["\n".join(source.lines) for source in self.sources])
        self.like = neighbours(centred_by_kind(read, np.zeros(len(read), np.int8)), near=LIKE).places

    def add(self, place: Path, first: int, count: int) -> None:
        """Add so many songs to the library at a place."""
        with writing(place, dim=self.encoder.dim) as writer:
            agree(writer, load("songkin"), Choice("", None), reencode=False)
            for at in range(first, first + count, AT_ONCE):
                numbers = range(at, min(at + AT_ONCE, first + count))
                writer.upsert(self.rows([self.song(number) for number in numbers]))
            writer.tables.tidy()

    def song(self, number: int) -> Song:
        """Return the song of a number."""
        drawn = np.random.default_rng(number)
        first = int(drawn.integers(len(self.sources)))
        own = [self.sources[at] for at in (first, *drawn.choice(self.like[first], SOURCES - 1, replace=False))]
        words = list(self.words(own, drawn))
        base = own[0].song
        return Song(
            id=f"made-{number:07d}",
            title=" ".join(words[0].split()[:5]).strip(",.;:!?").capitalize(),
            artists=(f"The Nth {number // ALBUM}",),
            year=int(drawn.integers(1955, 2025)),
            language="en",
            genres=base.genres[:1],
            tags=dict(list(base.tags.items())[:4]) | dict(list(own[1].song.tags.items())[:2]),
            features={name: float(drawn.random()) for name in ("valence", "energy")},
            lyrics=None if number % SILENT == 0 else Lyrics("\n".join(words)),
        )

    def words(self, own: Sequence[Source], drawn: np.random.Generator) -> Iterator[str]:
        """Yield the lines of a song."""
        shares = drawn.dirichlet(np.ones(len(own)))
        for at in drawn.choice(len(own), int(drawn.integers(*LINES)), p=shares):
            source = own[at] if drawn.random() > ANYWHERE else self.sources[int(drawn.integers(len(self.sources)))]
            yield source.lines[int(drawn.integers(len(source.lines)))]

    def rows(self, songs: Sequence[Song]) -> list[SongRow]:
        """Cut songs into passages, and read them and their descriptions."""
        cut = [[one.text for one in passages(fold(lines(song.lyrics.text)))] if song.lyrics else [] for song in songs]
        said = [about(song) for song in songs]
        sung = iter(self.encoder.encode_songs([text for texts in cut for text in texts]))
        told, mark = self.encoder.encode_songs(said), encoder_mark(self.encoder)
        parts = [tuple(PassageRow(text, vector=next(sung)) for text in texts) for texts in cut]
        each = zip(songs, said, told, parts, strict=True)
        return [
            SongRow(song, song.id, text, vector=vector, encoder=mark, passage_encoder=mark, passages=own)
            for song, text, vector, own in each
        ]


def space(place: Path) -> Vectors:
    """Return the vectors of a library as themes and the map take them (n, 384): about the middle."""
    songs = whole_songs(Library.open(place).store)
    return centred_by_kind(songs.vectors, songs.kinds)


def nearness(vectors: Vectors) -> dict[str, Any]:
    """Say how songs lie to each other, so that one may compare them with real ones."""
    drawn = vectors[np.random.default_rng(0).choice(len(vectors), min(DRAWN, len(vectors)), replace=False)]
    near = neighbours(drawn)
    spreads = np.linalg.svd(drawn - drawn.mean(0), compute_uv=False) ** 2
    return {
        f"of {len(drawn):,}: cosine to the nearest, 10, 50, 90 %": deciles(near.cosines[:, 0]),
        f"of {len(drawn):,}: to the fifteenth nearest": deciles(near.cosines[:, -1]),
        "spread in 50 directions": round(float(spreads[:50].sum() / spreads.sum()), 2),
    }


def deciles(values: NDArray[np.floating]) -> str:
    """Write the lowest tenth, the median and the highest tenth."""
    return " ".join(f"{value:.2f}" for value in np.quantile(values, [0.1, 0.5, 0.9]))


# -- what is timed -----------------------------------------------------------------------------------------------------


def command(name: str, place: Path, *more: str) -> Run:
    """Run a songkin command."""
    return run([sys.executable, "-c", RUNNING, name, "-L", str(place), "--json", *more])


def run(arguments: Sequence[str]) -> Run:
    """Run a process that says its peak at its end."""
    began, before = time.perf_counter(), worked()
    done = subprocess.run(arguments, check=False, capture_output=True, text=True)
    took, work = time.perf_counter() - began, worked() - before
    if done.returncode:
        raise SystemExit(f"{arguments[3]}: {done.stderr[-2000:]}")
    return Run(took, work, int(done.stderr.rsplit("peak ", 1)[1]), done.stdout)


def worked() -> float:
    """Return the seconds that a processor worked for processes that ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def timed(name: str, done: Run) -> dict[str, float]:
    """Return what a process took, and say so at once: all of them take minutes."""
    print(f"{name}: {done.seconds:.1f} s, {done.worked:.1f} s of work, {done.megabytes} MB", file=sys.stderr)
    seconds = {f"{name}, s": round(done.seconds, 1), f"{name}, processor s": round(done.worked, 1)}
    return {**seconds, f"{name}, MB": done.megabytes}


def mapped(name: str, done: Run) -> dict[str, float]:
    return {**timed(name, done), f"{name}, trustworthiness": json.loads(done.said)["trustworthiness"]}


def rivals(folder: Path, vectors: Vectors, ours: dict[str, Any], nested: float) -> dict[str, Any]:
    """Let scikit-learn group the same vectors, and umap-learn lay them out."""
    few = principal_components(vectors)
    grouped, groups = rival(folder, few, KMEANS, str(GROUPS), str(STARTS))
    laid, places = rival(folder, few, UMAP)
    return {
        **timed("scikit-learn KMeans alone", grouped),
        "silhouette of the groups: ours, nested": round(nested, 3),
        "silhouette of the groups: scikit-learn": round(silhouette(vectors, groups), 3),
        "clusters, first time / scikit-learn KMeans": ratio(ours["clusters, first time, processor s"], grouped),
        **timed("umap-learn alone", laid),
        "umap-learn alone, trustworthiness": round(layout_trustworthiness(vectors, places), 4),
        "map, first time / umap-learn": ratio(ours["map, first time, processor s"], laid),
    }


def ratio(seconds: float, other: Run) -> float:
    return round(seconds / other.worked, 2)


def rival(folder: Path, vectors: Vectors, code: str, *more: str) -> tuple[Run, NDArray[Any]]:
    """Run a rival on vectors; return how long it took, and what it found."""
    given, found = folder / "vectors.npy", folder / "found.npy"
    np.save(given, vectors)
    done = run([sys.executable, "-c", code, str(given), str(found), *more])
    return done, np.load(found)


if __name__ == "__main__":
    main()
