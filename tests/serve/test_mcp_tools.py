"""The tools of an assistant, asked through the SDK's own client in this process."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from command_line import ROWS, write_rows
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mcp import Client
from mcp.server.lowlevel import Server
from pydantic import BaseModel

from songkin.library import Library, Reading
from songkin.serve.http.held import Held
from songkin.serve.mcp import answers, asking, server
from songkin.serve.mcp.tools import TOOLS
from songkin.serve.mcp.transports import LONGEST_BODY

NAMES = ["describe_library", "search_songs", "find_line", "similar_songs", "make_playlist", "explain"]


@pytest.fixture(scope="module")
def served(shared_place: Path) -> Server[Any]:
    return server(Held(shared_place))


def asked(served: Server[Any], work: Callable[[Client], Awaitable[Any]]) -> Any:
    """Do `work` with a client of the server."""

    async def connected() -> Any:
        async with Client(served) as client:
            return await work(client)

    return anyio.run(connected)


def call(served: Server[Any], tool: str, **arguments: Any) -> Any:
    return asked(served, lambda client: client.call_tool(tool, arguments))


def answer(served: Server[Any], tool: str, **arguments: Any) -> Any:
    """What a tool answers, checked: it is no error, and its text is its structure."""
    result = call(served, tool, **arguments)
    assert not result.is_error, result.content[0].text
    assert json.loads(result.content[0].text) == result.structured_content
    return result.structured_content


def refusal(served: Server[Any], tool: str, **arguments: Any) -> str:
    """The one line of a result that is an error."""
    result = call(served, tool, **arguments)
    assert result.is_error
    assert result.structured_content is None
    [content] = result.content
    assert "\n" not in content.text
    return str(content.text)


# -- what is listed ----------------------------------------------------------------------------------------------------


def test_the_tools_are_listed_with_schemas_and_say_that_they_only_read(served: Server[Any]) -> None:
    tools = asked(served, lambda client: client.list_tools()).tools
    assert [tool.name for tool in tools] == NAMES == list(TOOLS)
    for tool in tools:
        assert tool.title
        assert len(tool.description) > 100
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert tool.annotations.open_world_hint is False
        assert tool.input_schema["type"] == tool.output_schema["type"] == "object"
        assert tool.input_schema["additionalProperties"] is False


def test_every_argument_is_limited() -> None:
    for tool in TOOLS.values():
        for name, schema in tool.asked.model_json_schema().get("properties", {}).items():
            assert limited(schema), f"{tool.name}: {name}"


def limited(schema: dict[str, Any]) -> bool:
    kinds = schema.get("anyOf", [schema])
    return all(
        "enum" in kind
        or kind["type"] == "null"
        or (kind["type"] == "string" and "maxLength" in kind)
        or (kind["type"] in ("integer", "number") and "maximum" in kind)
        or (kind["type"] == "array" and "maxItems" in kind and limited(kind["items"]))
        for kind in kinds
    )


def test_the_server_tells_a_model_where_to_begin(served: Server[Any]) -> None:
    told = asked(served, instructions_of)
    assert "describe_library once" in told
    assert all(name in told for name in NAMES)


async def instructions_of(client: Client) -> str:
    return str(client.instructions)


# -- what each answers -------------------------------------------------------------------------------------------------


def test_the_library_is_described_with_how_sparse_it_is(served: Server[Any]) -> None:
    about = answer(served, "describe_library")
    assert (about["songs"], about["shown"], about["with_lyrics"]) == (6, 6, 4)
    known = {field["name"]: field for field in about["fields"]}
    assert known["year"] == {"name": "year", "kind": "number", "known": 5, "missing": 1}
    assert known["explicit"]["known"] == 0
    assert {"name": "energy", "kind": "number", "known": 4, "missing": 2} in about["features"]
    assert {one["name"]: one["songs"] for one in about["genres"]} == {"country": 1, "folk": 1, "jazz": 1, "pop": 1}
    assert {one["name"] for one in about["tags"]} == {"acoustic guitar", "melancholic", "upbeat"}
    assert "6 of 6 songs have no explicit: a condition on it hides them, so say it in the request" in about["notes"]


def test_a_wish_finds_songs_with_reasons(served: Server[Any]) -> None:
    found = answer(served, "search_songs", request="rain on the tin", k=2)
    first = found["hits"][0]
    assert (first["rank"], first["id"], first["title"], first["artists"]) == (1, "rain-1", "Rain on Tin", ["Ada Moss"])
    assert (first["year"], first["genres"], first["language"]) == (1994, ["folk"], "en")
    assert any(reason["line"] for reason in first["reasons"])
    assert len(found["hits"]) <= 2


def test_a_condition_holds_and_what_it_hides_is_noted(served: Server[Any]) -> None:
    found = answer(served, "search_songs", request="rain", where="year:..1995")
    assert {hit["id"] for hit in found["hits"]} <= {"rain-1", "twin-a", "twin-b"}
    assert "1 of 6 songs have no year" in found["notes"]


def test_what_was_understood_is_said(served: Server[Any]) -> None:
    assert "1990" in answer(served, "search_songs", request="songs about rain from the 1990s")["understood"]


def test_a_remembered_line_finds_its_song_and_time(served: Server[Any]) -> None:
    [hit] = answer(served, "find_line", line="all the words I never sed", k=1)["hits"]
    assert hit["id"] == "rain-1"
    assert hit["reasons"][0]["start_ms"] == 12_500


def test_one_name_counts_as_a_list_and_a_list_may_come_as_text(served: Server[Any]) -> None:
    one = answer(served, "similar_songs", songs="Rain on Tin", k=3)
    assert one == answer(served, "similar_songs", songs=["Rain on Tin"], k=3)
    assert one == answer(served, "similar_songs", songs='["Rain on Tin"]', k=3)
    assert "rain-1" not in {hit["id"] for hit in one["hits"]}


def test_null_is_as_if_it_were_not_given(served: Server[Any]) -> None:
    plain = answer(served, "search_songs", request="rain", k=3)
    assert plain == answer(served, "search_songs", request="rain", k=3, where=None, more=None, variety=None)


def test_more_of_a_feature_is_asked_for(served: Server[Any]) -> None:
    assert "energy" in str(answer(served, "similar_songs", songs=["rain-1"], more=["energy"]))


def test_a_song_is_explained_against_a_request(served: Server[Any]) -> None:
    told = answer(served, "explain", song="Night Train", request="rain")
    assert told["of"] == 6
    assert told["rank"] is None or told["song"]["rank"] == told["rank"]
    assert answer(served, "explain", song="rain-1", request="rain on the tin")["rank"] == 1


def test_a_playlist_is_made_and_not_saved(served: Server[Any], place: Path) -> None:
    before = sorted((path, path.stat().st_mtime_ns) for path in place.rglob("*"))
    made = answer(served, "make_playlist", text="rain", songs=3)
    assert 1 <= len(made["songs"]) <= 3
    assert made["unknown_length"] == len(made["songs"])
    assert made["minutes"] == 0
    assert sorted((path, path.stat().st_mtime_ns) for path in place.rglob("*")) == before


def test_long_texts_of_a_source_are_cut(tmp_path: Path) -> None:
    row = {**ROWS[0], "title": "Rain " * 500, "lyrics": "rain falls " * 2000}
    Library.add(Reading.of([write_rows(tmp_path / "long.jsonl", [row])]).songs(), tmp_path / "L")
    [hit] = answer(server(Held(tmp_path / "L")), "search_songs", request="rain")["hits"]
    assert len(hit["title"]) == answers.LONGEST_TITLE
    assert max(len(reason["line"] or "") for reason in hit["reasons"]) <= answers.LONGEST_QUOTE


# -- what is refused ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tool", "arguments", "line"),
    [
        ("search_songs", {}, "search_songs: 'request' is missing"),
        ("search_songs", {"request": None}, "search_songs: 'request' is missing"),
        ("search_songs", {"request": "rain", "kk": 3}, "search_songs: there is no argument 'kk'; did you mean 'k'?"),
        ("describe_library", {"x": 1}, "describe_library: there is no argument 'x'; describe_library takes none"),
        (
            "search_songs",
            {"request": "rain", "k": 51},
            "search_songs: 'k' is 51; it should be less than or equal to 50",
        ),
        (
            "search_songs",
            {"request": "x" * 501},
            "search_songs: 'request' is 501 characters long; it should have at most 500 characters",
        ),
        (
            "find_line",
            {"line": ""},
            "find_line: 'line' is \"\"; it should have at least 1 character",
        ),
        (
            "similar_songs",
            {"songs": []},
            "similar_songs: 'songs' is []; it should have at least 1 item, not 0",
        ),
        (
            "similar_songs",
            {"songs": ["a"] * 21},
            "similar_songs: 'songs' is 21 values long; it should have at most 20 items, not 21",
        ),
        ("nosuch", {}, f"there is no tool 'nosuch'; songkin has {', '.join(NAMES)}"),
    ],
)
def test_a_wrong_call_is_a_result_that_says_the_cure(
    served: Server[Any], tool: str, arguments: dict[str, Any], line: str
) -> None:
    assert refusal(served, tool, **arguments) == line


@pytest.mark.parametrize(
    ("tool", "arguments", "part"),
    [
        ("search_songs", {"request": "   "}, "the request is empty"),
        ("search_songs", {"request": "rain", "where": "yeer:1990"}, "did you mean 'year'?"),
        ("search_songs", {"request": "rain", "where": "year:("}, "year"),
        ("search_songs", {"request": "rain", "more": ["enrgy"]}, "enrgy"),
        ("search_songs", {"request": "rain", "more": ["energy"], "less": ["energy"]}, "both more and less"),
        ("search_songs", {"request": "rain", "part": "title"}, "'part' is \"title\""),
        ("similar_songs", {"songs": ["No Such Song At All"]}, "no song here is called"),
        ("explain", {"song": "No Such Song At All", "request": "rain"}, "no song here is called"),
        ("find_line", {"line": " "}, "the line is empty"),
        ("make_playlist", {}, "playlist"),
    ],
)
def test_what_cannot_be_met_is_a_result_that_says_why(
    served: Server[Any], tool: str, arguments: dict[str, Any], part: str
) -> None:
    assert part in refusal(served, tool, **arguments)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(NAMES), st.data())
def test_no_arguments_whatever_are_an_error_of_the_protocol(
    served: Server[Any], tool: str, data: st.DataObject
) -> None:
    names = st.sampled_from([*TOOLS[tool].asked.model_fields, "x"])
    arguments = data.draw(st.dictionaries(names, ANYTHING, max_size=5))
    result = call(served, tool, **arguments)
    if result.is_error:
        assert "songkin itself failed" not in result.content[0].text
    else:
        TOOLS[tool].answer.model_validate(result.structured_content)


def test_a_fault_of_ours_tells_the_caller_nothing_and_the_log_no_words(
    served: Server[Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def break_down(library: Library, asked: BaseModel, user: str) -> BaseModel:
        raise ZeroDivisionError("a secret wish")

    monkeypatch.setattr("songkin.serve.mcp.serving.TOOLS", {"explain": replaced("explain", break_down)})
    assert refusal(served, "explain", song="a secret song", request="rain") == (
        "explain: songkin itself failed on this call (ZeroDivisionError); its log says where"
    )
    [record] = [record for record in caplog.records if record.name.startswith("songkin")]
    assert "ZeroDivisionError at " in record.getMessage()
    assert "secret" not in caplog.text


def replaced(name: str, call: Callable[..., BaseModel]) -> Any:
    from dataclasses import replace

    return replace(TOOLS[name], call=call)


def test_a_call_that_takes_too_long_is_answered(served: Server[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()

    def dawdle(library: Library, asked: BaseModel, user: str) -> BaseModel:
        answered.wait(30)  # longer than a starved event loop can be late, or the answer would win
        return TOOLS["explain"].answer.model_construct()

    monkeypatch.setattr("songkin.serve.mcp.serving.TOOLS", {"explain": replaced("explain", dawdle)})
    monkeypatch.setattr("songkin.serve.mcp.serving.PATIENCE_S", 0.05)
    try:
        line = refusal(served, "explain", song="Twin", request="rain")
    finally:
        answered.set()
    assert line.startswith("explain: no answer after 0.05 seconds")


# -- who asks, and what changes meanwhile ------------------------------------------------------------------------------


def test_many_calls_at_once_are_answered_each_for_itself(served: Server[Any]) -> None:
    async def together(client: Client) -> list[Any]:
        found: list[Any] = [None] * 24

        async def one(at: int) -> None:
            request = ("rain on the tin", "night train", "harbour lights")[at % 3]
            found[at] = await client.call_tool("search_songs", {"request": request, "k": 1})

        async with anyio.create_task_group() as group:
            for at in range(24):
                group.start_soon(one, at)
        return found

    firsts = [result.structured_content["hits"][0]["id"] for result in asked(served, together)]
    assert firsts == ["rain-1", "train-1", "007"] * 8


def test_exclusions_of_who_asks_hold(place: Path, tmp_path: Path) -> None:
    Library.add(Reading.of([write_rows(tmp_path / "songs.jsonl", ROWS)]).songs(), tmp_path / "L")
    Library.open(tmp_path / "L").exclude('artist:"Ada Moss"', user="ann")
    hers = server(Held(tmp_path / "L"), asker=lambda request: "ann")
    ids = {hit["id"] for hit in answer(hers, "search_songs", request="rain", k=10)["hits"]}
    assert "rain-1" not in ids
    assert answer(hers, "describe_library")["shown"] == 3
    anybody = server(Held(tmp_path / "L"))
    assert "rain-1" in {hit["id"] for hit in answer(anybody, "search_songs", request="rain", k=10)["hits"]}


def test_a_library_that_changes_replaced_or_gone_is_noticed(tmp_path: Path) -> None:
    place = tmp_path / "L"
    Library.add(Reading.of([write_rows(tmp_path / "a.jsonl", ROWS[:2])]).songs(), place)
    served = server(Held(place))
    assert answer(served, "describe_library")["songs"] == 2
    Library.add(Reading.of([write_rows(tmp_path / "b.jsonl", ROWS)]).songs(), place)
    assert counted(served) == 6
    place.rename(tmp_path / "away")
    assert "no library here" in refusal(served, "search_songs", request="rain")
    Library.add(Reading.of([write_rows(tmp_path / "c.jsonl", ROWS[:3])]).songs(), place)
    assert counted(served, 3) == 3


def counted(served: Server[Any], wanted: int = 6) -> int:
    """How many songs there are, asked again until the new library is in its place, five seconds at most."""
    import time

    until = time.monotonic() + 5
    while (songs := answer(served, "describe_library")["songs"]) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    return int(songs)


def test_every_tool_and_argument_is_told_in_the_page_on_assistants() -> None:
    page = (Path(__file__).parents[2] / "docs" / "assistants.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| .* \| (.*)\|$", page, re.MULTILINE)
    assert {name: re.findall(r"`(\w+)`", arguments) for name, arguments in rows} == {
        name: list(tool.asked.model_fields) for name, tool in TOOLS.items()
    }
    assert f"Texts end at {asking.LONGEST} characters, lists of songs at {asking.SONGS}, `k` at {asking.HITS}" in page
    assert f"bodies end at {LONGEST_BODY >> 10} KiB" in page
