"""The documentation holds: pages are generated or checked against the code, and what they tell one to type works."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from songkin import Library
from songkin.annotate import shipped_heads
from songkin.filters import FIELDS, parse
from songkin.filters.columns import ALIASES as FIELD_ALIASES
from songkin.library.labelling import columns as columns_of
from songkin.search import WEIGHTS
from songkin.serve import payloads
from songkin.serve.cli import main
from songkin.settings import Settings
from songkin.sources import FORMATS, columns
from songkin.testing import ToyEncoder
from songkin.types import Hit, Query, Reason

DOCS = Path(__file__).parent.parent / "docs"
WRITTEN = (
    "asking.md",
    "exploring.md",
    "labels.md",
    "scoring.md",
    "playlists.md",
    "page.md",
    "api.md",
    "players.md",
    "assistants.md",
    "feedback.md",
    "missing-lyrics.md",
    "importing.md",
    "backup.md",
    "object-storage.md",
    "performance.md",
    "scaling.md",
    "evaluation.md",
    "training.md",
    "python.md",
)
FEATURES = ("valence", "energy", "loudness_db", "tempo_bpm")
QUOTED = re.compile(r"`([^`]+)`")


class Typed(NamedTuple):
    """One command of a page, and what the page shows below it."""

    line: int
    command: str
    shown: str


def text(page: str) -> str:
    return (DOCS / page).read_text(encoding="utf-8")


def headings(page: str) -> str:
    return "\n".join(re.findall(r"^#+ .*$", re.sub(r"^```.*?^```$", "", text(page), flags=re.S | re.M), re.M))


def table(page: str, header: str) -> list[list[str]]:
    """The rows of the table whose first columns are headed so, as cells."""
    rows = text(page).split(f"| {header} |", 1)[1].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip().replace(r"\|", "|") for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]


def names(page: str, header: str) -> list[str]:
    """What stands in backticks in the first cells of a table."""
    return [name for row in table(page, header) for name in QUOTED.findall(row[0])]


@cache
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_commands", DOCS / "make_commands.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# -- the pages say what the code says ----------------------------------------------------------------------------------


def test_the_page_of_commands_is_what_the_commands_say() -> None:
    assert text("commands.md") == generator().page(), "run: python docs/make_commands.py"


def test_check_tells_a_stale_page_by_its_exit_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stale = tmp_path / "commands.md"
    stale.write_text("# Commands\n", encoding="utf-8")
    monkeypatch.setattr(generator(), "PAGE", stale)
    monkeypatch.setattr(sys, "argv", ["make_commands.py", "--check"])
    with pytest.raises(SystemExit, match="make_commands"):
        generator().main()
    stale.write_text(generator().page(), encoding="utf-8")
    generator().main()


def test_the_page_of_commands_fits_its_width() -> None:
    shown = re.findall(r"^```text\n(.*?)^```$", text("commands.md"), re.S | re.M)
    assert max(len(line) for help in shown for line in help.splitlines()) <= generator().WIDTH


def test_every_command_has_a_heading_in_the_generated_page_and_in_a_written_one() -> None:
    written = "".join(headings(page) for page in WRITTEN)
    for name in generator().commands():
        assert f"## `{name}`" in headings("commands.md")
        assert name == "songkin" or f"`{name}`" in written, name


def test_every_option_is_told_in_a_written_page() -> None:
    told = "".join(text(page) for page in WRITTEN)
    for name, command in generator().commands().items():
        options = {flag for param in command.params for flag in param.opts if flag.startswith("-")}
        missing = {flag for flag in options - {"--help", "-h"} if not re.search(rf"(?<![\w-]){flag}\b", told)}
        assert not missing, f"{name}: {missing}"


def test_every_setting_has_a_heading_a_variable_and_its_default() -> None:
    rows = table("importing.md", "setting | variable")
    assert [row[0].strip("`") for row in rows] == [setting.name for setting in fields(Settings)]
    for setting, row in zip(fields(Settings), rows, strict=True):
        assert f"### `{setting.name}`" in headings("importing.md")
        assert row[1] == f"`SONGKIN_{setting.name.upper()}`"
        assert not isinstance(setting.default, int) or row[2] == str(setting.default)


@pytest.mark.parametrize(
    ("header", "known"),
    [("field | columns", columns.ALIASES), ("link | columns", columns.LINKS)],
)
def test_every_column_alias_is_in_the_table_and_no_other(header: str, known: dict[str, tuple[str, ...]]) -> None:
    rows = table("importing.md", header)
    assert {row[0].strip("`"): tuple(QUOTED.findall(row[1])) for row in rows} == dict(known)


def test_every_renamed_feature_is_in_the_table() -> None:
    rows = table("importing.md", "column | feature")
    assert {name: row[1].strip("`") for row in rows for name in QUOTED.findall(row[0])} == dict(columns.FEATURES)
    assert set(names("importing.md", "value | how it is read")) >= columns.RATIOS


def test_every_format_and_its_endings_are_in_the_table() -> None:
    rows = table("importing.md", "format | endings")
    assert {row[0].lower(): tuple(QUOTED.findall(row[1])) for row in rows} == dict(FORMATS)


def test_every_form_of_a_condition_is_understood_as_the_table_says() -> None:
    rows = re.findall(r"^\| `(.+)` \| (.+) \|$", text("asking.md").split("| write |")[1].partition("\n\n")[0], re.M)
    assert len(rows) > 15
    for form, said in rows:
        term = parse(form, FEATURES)
        assert term is not None
        assert term.words() == said


def test_every_field_of_a_condition_is_in_the_table_with_its_kind_and_other_names() -> None:
    rows = table("asking.md", "field | holds")
    assert {row[0].strip("`"): row[1] for row in rows} == {name: str(kind) for name, kind in FIELDS.items()}
    assert {name: row[0].strip("`") for row in rows for name in QUOTED.findall(row[2])} == dict(FIELD_ALIASES)


def test_every_channel_is_in_the_table_with_its_weight(library: Path) -> None:
    rows = table("asking.md", "channel | weight")
    weights = {row[0].strip("`"): float(row[1]) for row in rows}
    assert weights == {name: WEIGHTS[name] for name in Library.open(library).engine.names}


def test_every_field_of_a_batch_row_is_in_the_table() -> None:
    assert sorted(names("asking.md", "field of a row")) == sorted(payloads.ROW_FIELDS)


def test_every_field_of_a_query_and_of_an_answer_is_in_its_table() -> None:
    assert names("python.md", "field | what it is") == [field.name for field in fields(Query)]
    said = {row[0].strip("`"): set(QUOTED.findall(row[1])) for row in table("python.md", "value | fields")}
    assert said["Hit"] == set(Hit._fields)
    assert said["Reason"] == set(Reason._fields)


def test_every_call_in_the_table_of_the_library_is_there() -> None:
    calls = [re.sub(r"^(Library)?\.|\(.*", "", name) for name in names("python.md", "call | what it does")]
    assert calls
    assert all(callable(getattr(Library, call)) for call in calls)


def test_every_column_genre_and_theme_of_the_label_heads_is_told() -> None:
    heads = shipped_heads()
    told = set(names("labels.md", "column | what it says"))
    others = {name for name in columns_of(heads) if not name.startswith("p_") and not name.endswith(("_low", "_high"))}
    assert others <= told
    genres, themes = heads.calibration.genres.names, heads.calibration.themes
    assert [name for name in (*genres, *themes) if name not in text("labels.md")] == []
    assert f"{len(themes)} themes" in text("labels.md")


def test_the_index_has_a_row_for_each_page_and_each_decision() -> None:
    index = text("README.md")
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


def test_links_to_headings_lead_somewhere() -> None:
    for page in WRITTEN:
        for target, anchor in re.findall(r"\]\(([\w.]*)#([\w-]+)\)", text(page)):
            titles = re.findall(r"^#+ (.*)$", headings(target or page), re.M)
            slugs = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
            assert anchor in slugs, f"{page}: {target}#{anchor}"


# -- what the pages tell one to type works -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def toy() -> Iterator[None]:
    """Let every library of this file be encoded by the toy encoder: no model is loaded."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("songkin.library.encoding.load", "songkin.library.checkup.load"):
            patch.setattr(module, lambda name=None, **_: ToyEncoder())
        for name in [name for name in os.environ if name.startswith("SONGKIN_")]:
            patch.delenv(name)
        yield


@pytest.fixture(scope="module")
def library(toy: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keep two songs."""
    from songkin.types import Song

    place = tmp_path_factory.mktemp("docs") / "library"
    Library.add([Song("a", "Slow Tide", description="the sea"), Song("b", "Night Tram", description="a city")], place)
    return place


def typed(page: str) -> Iterator[Typed]:
    """Give the commands of a page's console blocks, in order."""
    for block in re.finditer(r"^```console\n(.*?)^```$", text(page), re.S | re.M):
        start = text(page).count("\n", 0, block.start()) + 2
        for found in re.finditer(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block[1], re.M):
            yield Typed(start + block[1].count("\n", 0, found.start()), found[1], found[2])


def run(command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    """Run a songkin command in this process; its exit code and what it wrote to stdout."""
    monkeypatch.setattr(sys, "argv", shlex.split(command))
    capsys.readouterr()
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0), capsys.readouterr().out
    return 0, capsys.readouterr().out


@pytest.mark.parametrize(
    "page", ["asking.md", "importing.md", "labels.md", "scoring.md", "feedback.md", "playlists.md"]
)
def test_every_command_shown_runs_as_shown(
    page: str, toy: None, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = 0
    for line, command, shown in typed(page):
        place = f"docs/{page}:{line}: {command}"
        first, _, rest = command.partition(" ")
        if first == "cat":
            Path(rest).write_text(shown, encoding="utf-8")
        elif first == "export":
            monkeypatch.setenv(*rest.split("=", 1))
        else:
            assert first == "songkin", place
            code, out = run(command, capsys, monkeypatch)
            assert code == ("\nsongkin: " in f"\n{shown}"), place
            if "--json" in command or "--batch" in command:
                assert [json.loads(said) for said in ([out] if "--json" in command else out.splitlines())], place
            ran += 1
    assert ran > 5


def test_the_examples_of_json_are_json() -> None:
    for page in WRITTEN:
        for block in re.findall(r"^```json\n(.*?)^```$", text(page), re.S | re.M):
            assert all(isinstance(json.loads(line), dict) for line in block.splitlines()), page


def test_the_python_page_runs(toy: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("songkin.atlas.layout._umap", lambda vectors, seed: vectors[:, :2])  # in the time a test has
    blocks = re.findall(r"^```python\n(.*?)^```$", text("python.md"), re.S | re.M)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in blocks:
            exec(compile(block, "docs/python.md", "exec"), {"__name__": "docs"})
    assert "The Night Bus Knows" in said.getvalue()
