"""`songkin mcp` as an assistant's program starts it, and over HTTP: real processes, asked by the SDK's own client."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
from command_line import COMMAND, ROWS, fails_plainly, outside, started, write_rows
from mcp import Client, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client

from songkin.library import Library, Reading

pytestmark = pytest.mark.slow
TOOLS = ["describe_library", "search_songs", "find_line", "similar_songs", "make_playlist", "explain"]
PING = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}
SPOKEN = {"accept": "application/json, text/event-stream", "content-type": "application/json"}


@pytest.fixture(scope="module")
def plain_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library without vectors, so that the processes load no encoder."""
    folder = tmp_path_factory.mktemp("plain")
    Library.add(Reading.of([write_rows(folder / "songs.jsonl", ROWS)]).songs(), folder / "L", encode=False)
    library = Library.open(folder / "L")
    library.exclude('artist:"Ada Moss"', user="ann")
    return folder / "L"


def asked(client: Client, work: Callable[[Client], Awaitable[Any]]) -> Any:
    async def connected() -> Any:
        async with client:
            return await work(client)

    return anyio.run(connected)


async def every_tool(client: Client) -> dict[str, Any]:
    """Ask every tool once, the last with a mistake."""
    listed = [tool.name for tool in (await client.list_tools()).tools]
    calls: dict[str, dict[str, Any]] = {
        "describe_library": {},
        "search_songs": {"request": "rain", "k": 2},
        "find_line": {"line": "sparks along the rail", "k": 1},
        "similar_songs": {"songs": ["Night Train"], "k": 2},
        "make_playlist": {"text": "rain", "songs": 2},
        "explain": {"song": "Rain on Tin", "request": "rain"},
    }
    results = {name: await client.call_tool(name, arguments) for name, arguments in calls.items()}
    wrong = await client.call_tool("search_songs", {"request": "rain", "where": "yeer:1990"})
    return {"listed": listed, "wrong": wrong, **results}


def answered(said: dict[str, Any]) -> None:
    """Every tool is there and answered, and the mistake came back as a result."""
    assert said["listed"] == TOOLS
    assert not [name for name in TOOLS if said[name].is_error]
    assert said["describe_library"].structured_content["songs"] == 6
    assert said["find_line"].structured_content["hits"][0]["id"] == "train-1"
    assert said["wrong"].is_error
    assert "did you mean 'year'?" in said["wrong"].content[0].text


# -- over stdio --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_starts_the_server_and_asks_every_tool(plain_place: Path, mode: str) -> None:
    program = StdioServerParameters(command=COMMAND[0], args=[*COMMAND[1:], "mcp", "-L", str(plain_place)])
    answered(asked(Client(program, mode=mode), every_tool))


def test_stdout_carries_the_protocol_alone_whatever_comes_in(plain_place: Path) -> None:
    hello = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "initialize",
        "params": {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}},
    }
    lines = [
        json.dumps(hello),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}),
        "no JSON {",
        json.dumps({"jsonrpc": "2.0", "id": 2, "method": "no/such/method"}),
        json.dumps(
            {
                "jsonrpc": "2.0",
                "id": 3,
                "method": "tools/call",
                "params": {"name": "nosuch", "arguments": {"a": "b" * 10**6}},
            }
        ),
        json.dumps({"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": {"name": "describe_library"}}),
    ]
    answers: dict[int, Any] = {}
    with started("mcp", "-L", plain_place, stdin=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write("".join(line + "\n" for line in lines))
        process.stdin.flush()
        while 4 not in answers:  # stdin stays open until the last is answered
            answer = json.loads(process.stdout.readline())
            answers[answer["id"]] = answer
        rest, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert not rest
    assert "Traceback" not in said
    assert answers[2]["error"]["code"] == -32601
    assert answers[3]["result"]["isError"]
    assert answers[4]["result"]["structuredContent"]["songs"] == 6


def test_a_library_that_is_not_there_is_told_before_anybody_connects(tmp_path: Path) -> None:
    assert "no library here" in fails_plainly(outside("mcp", "-L", tmp_path / "nosuch"))
    assert "no library here" in fails_plainly(outside("mcp", "--http", "-L", tmp_path / "nosuch"))


# -- over HTTP ---------------------------------------------------------------------------------------------------------


@contextmanager
def served(place: Path, *arguments: str) -> Iterator[str]:
    """The address of a server that runs as long as the block."""
    with started("mcp", "--http", "--port", "0", "-L", place, *arguments) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            assert "http://" in line, process.stderr.read() if process.stderr else line
            yield line.split(" at ", 1)[1].split()[0]
        finally:
            process.terminate()
            out, err = process.communicate(timeout=30)
    assert "Traceback" not in err
    assert "rain" not in out + err


@pytest.fixture(scope="module")
def address(plain_place: Path) -> Iterator[str]:
    with served(plain_place) as found:
        yield found


def found_with(token: str, address: str, request: str) -> set[str]:
    """The ids of what a token's owner finds."""

    async def connected() -> set[str]:
        headers = {"authorization": f"Bearer {token}"}
        async with (
            httpx2.AsyncClient(headers=headers, timeout=30) as http,
            Client(streamable_http_client(address, http_client=http)) as client,
        ):
            result = await client.call_tool("search_songs", {"request": request})
            return {hit["id"] for hit in result.structured_content["hits"]}

    return anyio.run(connected)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_asks_every_tool_over_http(address: str, mode: str) -> None:
    answered(asked(Client(address, mode=mode), every_tool))


def test_many_clients_ask_at_once(address: str) -> None:
    async def together() -> list[str]:
        found: list[str] = []

        async def one() -> None:
            async with Client(address) as client:
                for _ in range(3):
                    result = await client.call_tool("search_songs", {"request": "rain on the tin", "k": 1})
                    found.append(result.structured_content["hits"][0]["id"])

        async with anyio.create_task_group() as group:
            for _ in range(6):
                group.start_soon(one)
        return found

    assert anyio.run(together) == ["rain-1"] * 18


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"host": "evil.example"}, json.dumps(PING), 421),
        ({"origin": "https://evil.example"}, json.dumps(PING), 403),
        ({"sec-fetch-site": "cross-site"}, json.dumps(PING), 403),
        ({"authorization": "Bearer nothing"}, json.dumps(PING), 401),
        ({}, "x" * (2 << 20), 413),
        ({}, "no JSON {", 400),
        ({"content-type": "text/plain"}, json.dumps(PING), 400),
        ({"accept": "text/html"}, json.dumps(PING), 406),
    ],
)
def test_what_may_not_ask_is_refused_and_the_server_lives_on(
    address: str, headers: dict[str, str], body: str, status: int
) -> None:
    with httpx2.Client(timeout=30) as client:
        refused = client.post(address, content=body, headers={**SPOKEN, **headers})
        assert refused.status_code == status, refused.text
        assert client.post(address, content=json.dumps(PING), headers=SPOKEN).status_code == 200


def test_beyond_this_machine_it_is_not_served_without_a_token(plain_place: Path) -> None:
    said = fails_plainly(outside("mcp", "--http", "--host", "0.0.0.0", "--port", "0", "-L", plain_place))
    assert "make a token first" in said


def test_a_token_says_who_asks(plain_place: Path) -> None:
    token = Library.open(plain_place).tokens.create("desk", user="ann").token
    try:
        with served(plain_place, "--require-token") as address:
            with httpx2.Client(timeout=30) as client:
                assert client.post(address, content=json.dumps(PING), headers=SPOKEN).status_code == 401
            ids = found_with(token, address, "rain")
            assert ids
            assert not ids & {"rain-1", "train-1", "007"}
    finally:
        Library.open(plain_place).tokens.revoke("desk")


def test_what_belongs_to_http_goes_with_http() -> None:
    said = outside("mcp", "--port", "1")
    assert said.code == 2
    assert "go with --http" in said.err


def test_importing_songkin_and_its_help_load_no_mcp() -> None:
    code = "import sys, songkin, songkin.serve.cli.app; print('mcp.server' in sys.modules, 'pydantic' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout == "False False\n"
