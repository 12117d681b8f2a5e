"""The server of the protocol: lists the tools, checks what a call brings, and answers it from the library as it is now.

Conventions
-----------
A call runs in a thread, at most `AT_ONCE` at the same time and for `PATIENCE_S` seconds. No argument goes to a log.
"""

from __future__ import annotations

import difflib
import json
import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio
import anyio.to_thread
from mcp import types as protocol
from mcp.server.lowlevel import Server
from pydantic import ValidationError

from songkin import __version__
from songkin.errors import SongkinError
from songkin.serve.mcp.tools import INSTRUCTIONS, TOOLS, Tool

if TYPE_CHECKING:
    from mcp.server.context import ServerRequestContext
    from starlette.requests import Request

    from songkin.serve.http.held import Held

__all__ = ["server"]

log = logging.getLogger(__name__)
AT_ONCE = 4
PATIENCE_S = 45.0  # less than the HTTP guard has, so that a model hears it from the tool
SHORT = 40  # characters of a wrong value that an error repeats
READS = protocol.ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)


def nobody(request: Request | None) -> str:
    """Ask as the user the settings name."""
    return ""


def server(held: Held, *, asker: Callable[[Request | None], str] = nobody) -> Server[Any]:
    """Return a server of the library's tools.

    `asker` tells who asks from the HTTP request a call came in, None over stdio; '' is the user the settings name.
    """
    limiter: list[anyio.CapacityLimiter] = []  # made in the event loop that serves

    async def list_tools(context: Any, params: Any) -> protocol.ListToolsResult:
        return protocol.ListToolsResult(tools=[listed(tool) for tool in TOOLS.values()])

    async def call_tool(context: ServerRequestContext[Any], params: Any) -> protocol.CallToolResult:
        if not limiter:
            limiter.append(anyio.CapacityLimiter(AT_ONCE))
        work = partial(called, held, params.name, params.arguments or {}, asker(context.request))
        try:
            with anyio.fail_after(PATIENCE_S):
                return await anyio.to_thread.run_sync(work, abandon_on_cancel=True, limiter=limiter[0])
        except TimeoutError:
            return failed(
                f"{params.name[:64]}: no answer after {PATIENCE_S:g} seconds; ask for less (k), or again later"
            )

    return Server(
        "songkin",
        version=__version__,
        title="songkin",
        instructions=INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


def listed(tool: Tool) -> protocol.Tool:
    """Return a tool as the protocol lists it."""
    return protocol.Tool(
        name=tool.name,
        title=tool.title,
        description=tool.use,
        input_schema=tool.asked.model_json_schema(),
        output_schema=tool.answer.model_json_schema(mode="serialization"),
        annotations=READS,
    )


def called(held: Held, name: str, arguments: dict[str, Any], user: str) -> protocol.CallToolResult:
    """Answer one call; whatever goes wrong is a result that says so in one line."""
    tool = TOOLS.get(name)
    if tool is None:
        return failed(f"there is no tool '{name[:64]}'; songkin has {', '.join(TOOLS)}")
    try:
        answer = tool.call(held.library, tool.asked.model_validate(arguments), user)
    except ValidationError as error:
        return failed(f"{name}: {wrong(error, tool)}")
    except SongkinError as error:
        return failed(" ".join(str(error).split()))
    except Exception as error:  # the border: a server lives on, and tells no caller what is inside
        log.error("%s failed: %s at %s", name, type(error).__name__, place_of(error))
        return failed(f"{name}: songkin itself failed on this call ({type(error).__name__}); its log says where")
    text = protocol.TextContent(type="text", text=answer.model_dump_json())
    return protocol.CallToolResult(content=[text], structured_content=answer.model_dump(mode="json"))


def failed(line: str) -> protocol.CallToolResult:
    """Return a result that is an error, in one line."""
    return protocol.CallToolResult(content=[protocol.TextContent(type="text", text=line)], is_error=True)


def wrong(error: ValidationError, tool: Tool) -> str:
    """Say in one line what is wrong with the first argument that is, and what it takes."""
    first = error.errors(include_url=False)[0]
    name = ".".join(str(part)[:64] for part in first["loc"]) or "the arguments"
    if first["type"] == "extra_forbidden":
        known = list(tool.asked.model_fields)
        near = difflib.get_close_matches(name, known, n=1)
        meant = f"did you mean '{near[0]}'?" if near else f"{tool.name} takes {', '.join(known) or 'none'}"
        return f"there is no argument '{name}'; {meant}"
    if first["type"] == "missing":
        return f"'{name}' is missing"
    cure = first["msg"].removeprefix("Input ").removeprefix("String ").removeprefix("List ").removeprefix("Value ")
    return f"'{name}' is {_said(first['input'])}; it {cure.replace(' after validation', '')}"


def _said(value: Any) -> str:
    """Return a value as an error may repeat it: short, or how long it is."""
    said = json.dumps(value, ensure_ascii=False, default=str)
    if len(said) <= SHORT:
        return said
    if isinstance(value, str | list | dict):
        return f"{len(value):,} {'characters' if isinstance(value, str) else 'values'} long"
    return f"{said[:SHORT]}…"


def place_of(error: BaseException) -> str:
    """Return the file and line that raised, for the log."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "an unknown place"
