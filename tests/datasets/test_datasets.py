"""Corpora: every card is complete, copies are told from others, and a missing file names the cure."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from songkin import datasets
from songkin.datasets import (
    CORPORA,
    SHIPS,
    Corpus,
    File,
    check,
    corpus,
    data_folder,
    demo,
    file_of,
    presence,
    songkin_readings,
    songkin_texts,
)
from songkin.errors import QueryError, SettingsError, SourceError

DATA = Path(os.environ.get("SONGKIN_DATA") or Path(__file__).parents[3] / "shared" / "data")
NAMES = {
    "musicoset", "musixmatch", "lastfm", "wasabi", "lpmusiccaps", "musiccaps", "mtg_jamendo", "popular_songs",
    "public_domain_songs", "deezer_mood", "musicmood", "hetrec_lastfm2k", "tot_music", "audioset_ontology", "demo",
    "songkin_readings", "songkin_texts",
}  # fmt: skip


def small(text: bytes = b"one\ntwo\n") -> Corpus:
    """A corpus of one file, of which two lines of a hundred are known."""
    file = File("part/lines.txt", hashlib.sha256(text).hexdigest(), len(text), rows=2, of=100, note="cut")
    return replace(corpus("tot_music"), name="small", folder="small", files=(file,), packaged=None)


def laid(folder: Path, text: bytes) -> Path:
    """Put the file of `small` where it ought to lie."""
    place = folder / "small" / "part" / "lines.txt"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text)
    return folder


def test_every_corpus_is_there_under_its_own_name() -> None:
    assert set(CORPORA) == NAMES
    assert all(getattr(datasets, name).CORPUS is CORPORA[name] for name in NAMES)


@pytest.mark.parametrize("own", CORPORA.values(), ids=CORPORA)
def test_a_card_is_complete(own: Corpus) -> None:
    assert all((own.title, own.description, own.home, own.licence, own.citation, own.split, own.folder, own.counted))
    assert own.ships in SHIPS
    assert re.findall(r"^@\w+\{\w+,$", own.bibtex, re.M)
    assert own.bibtex.count("{") == own.bibtex.count("}")
    assert (own.rows is None) == (own.files == ())
    for file in own.files:
        assert re.fullmatch(r"[0-9a-f]{64}", file.sha256)
        assert file.size > 0
        assert file.of is None or (file.rows is not None and file.rows <= file.of)


def test_the_demo_is_the_packaged_one_wherever_the_data_is() -> None:
    assert [found.state for found in check(demo.CORPUS, None)] == ["same"], "the demo changed: write its checksum anew"
    assert presence(demo.CORPUS, None) == "yes"


@pytest.mark.parametrize(
    ("text", "state", "said"),
    [
        (b"one\ntwo\n", "same", "sample, 2 of 100 rows; cut"),
        (b"one\n", "cut", "4 of 8 bytes"),
        (b"one\ntwo\nthree\n", "differs", "14 bytes, the known copy has 8"),
        (b"one\nTWO\n", "differs", "sha256 "),
        (None, "missing", ""),
    ],
)
def test_a_copy_is_told_from_others(tmp_path: Path, text: bytes | None, state: str, said: str) -> None:
    told: list[None] = []
    if text is not None:
        laid(tmp_path, text)
    (found,) = check(small(), tmp_path, tell=lambda: told.append(None))
    assert (found.corpus, found.path, found.state) == ("small", "part/lines.txt", state)
    assert found.said.startswith(said)
    assert told == [None]
    assert presence(small(), tmp_path) == ("no" if text is None else "yes")


def test_a_corpus_without_a_known_copy_is_missing_and_names_its_home() -> None:
    (found,) = check(CORPORA["wasabi"], Path())
    assert (found.state, "github.com/micbuffa" in found.said) == ("missing", True)
    assert CORPORA["wasabi"].amount == "none here"


def test_some_files_of_many_are_a_part(tmp_path: Path) -> None:
    own = small()
    two = replace(own, files=(*own.files, replace(own.files[0], path="other.txt")))
    assert presence(two, laid(tmp_path, b"")) == "part"
    assert presence(two, None) == "no"


def test_the_folder_is_the_setting_or_the_one_beside_a_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "clone").mkdir()
    monkeypatch.chdir(tmp_path / "clone")
    monkeypatch.delenv("SONGKIN_DATA", raising=False)
    assert data_folder() is None
    beside = tmp_path / "shared" / "data"
    beside.mkdir(parents=True)
    found = data_folder()
    assert found is not None
    assert found.resolve() == beside
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match="nowhere: there is no such folder; SONGKIN_DATA names"):
        data_folder()


def test_a_file_that_is_not_there_names_place_and_cure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SONGKIN_DATA", str(tmp_path))
    with pytest.raises(SourceError, match=r"small/part/lines\.txt is not there; .*arxiv.*SONGKIN_DATA"):
        file_of(small(), "part/lines.txt")
    laid(tmp_path, b"x")
    assert file_of(small(), "part/lines.txt").read_bytes() == b"x"


def test_a_name_is_forgiven_its_hyphens_and_case() -> None:
    assert corpus("MTG-Jamendo") is CORPORA["mtg_jamendo"]
    with pytest.raises(QueryError, match="did you mean 'musixmatch'"):
        corpus("musixmach")
    with pytest.raises(QueryError, match="there are demo, songkin_texts"):
        corpus("xyz")


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the data folder is not beside the repository; SONGKIN_DATA names it")
@pytest.mark.parametrize("own", [own for own in CORPORA.values() if own.files], ids=lambda own: own.name)
def test_the_copies_here_are_the_known_ones(own: Corpus) -> None:
    assert {found.state for found in check(own, DATA)} == {"same"}


@pytest.mark.skipif(songkin_texts.CORPUS.packaged is None, reason="songkin does not run from its repository")
@pytest.mark.parametrize("own", [songkin_texts.CORPUS, songkin_readings.CORPUS], ids=lambda own: own.name)
def test_our_texts_are_the_known_ones(own: Corpus) -> None:
    states = {found.state for found in check(own, None)}
    assert states == {"same"}, "the texts changed: write their checksums and rows anew"
    assert sum(file.rows or 0 for file in own.files) == own.rows
