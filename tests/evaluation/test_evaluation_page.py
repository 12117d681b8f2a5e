"""docs/evaluation.md names every task, system and corpus, and its Python runs."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

from songkin.datasets import CORPORA, Corpus
from songkin.evaluation import KINDS, TASKS

PAGE = (Path(__file__).parents[2] / "docs" / "evaluation.md").read_text(encoding="utf-8")
HEADINGS = re.findall(r"^### `(.+)`$", PAGE, re.M)


def test_every_task_and_every_corpus_has_a_heading_and_nothing_else_has_one() -> None:
    assert sorted(HEADINGS) == sorted([*TASKS, *CORPORA])


@pytest.mark.parametrize("corpus", CORPORA.values(), ids=CORPORA)
def test_a_corpus_is_told_with_its_rows_licence_and_home(corpus: Corpus) -> None:
    told = " ".join(PAGE.split(f"### `{corpus.name}`")[1].partition("\n#")[0].split()).casefold()
    assert corpus.amount.casefold() in told
    assert corpus.licence.casefold() in told
    assert corpus.home.casefold() in told or corpus.packaged


def test_every_kind_of_line_is_explained() -> None:
    told = PAGE.split("### `known-lines`")[1].partition("\n#")[0]
    assert all(f"`{kind}`" in told for kind in KINDS)


def test_its_python_runs() -> None:
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        for block in re.findall(r"^```python\n(.*?)^```$", PAGE, re.S | re.M):
            exec(compile(block, "docs/evaluation.md", "exec"), {"__name__": "docs"})
    assert "'tf-idf': {'Recall@10': [1.0, 1.0, 1.0]" in said.getvalue()
