"""Whatever a program sends to whatever OpenAPI tells: no answer is a server's error, and each has its told shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from command_line import ROWS, write_rows
from http_serving import running
from hypothesis import HealthCheck, settings

from songkin.library import Library, Reading
from songkin.serve.http.app import application
from songkin.serve.http.held import Held
from songkin.testing import ToyEncoder

schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed: pip install 'songkin[test]'")
from schemathesis.checks import not_a_server_error  # noqa: E402
from schemathesis.specs.openapi import checks  # noqa: E402

CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]


schema = schemathesis.openapi.from_dict(application(Held("nowhere")).openapi())


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real server, whose library may be written to."""
    folder = tmp_path_factory.mktemp("schema")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("songkin.library.encoding.load", lambda name=None, **how: ToyEncoder())
        Library.add(Reading.of([write_rows(folder / "songs.jsonl", ROWS)]).songs(), folder / "L")
        with running(folder / "L") as found:
            yield found


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@schema.parametrize()
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
def test_nothing_that_is_sent_breaks_the_server(case: Any, address: str) -> None:
    case.call_and_validate(base_url=address, checks=CHECKS)
