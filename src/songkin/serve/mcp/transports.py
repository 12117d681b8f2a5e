"""How an assistant reaches the tools: over stdin and stdout, or over Streamable HTTP behind the server's own guard.

Conventions
-----------
Over stdio, stdout carries the protocol alone: the SDK points file descriptor 1 at stderr while it serves. Over HTTP
each request stands for itself, answered with one JSON document; there are no sessions to lose or to steal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from songkin.serve.mcp.serving import server

if TYPE_CHECKING:
    from mcp.server.lowlevel import Server
    from starlette.applications import Starlette
    from starlette.requests import Request

    from songkin.serve.http.guard import Guard
    from songkin.serve.http.held import Held

__all__ = ["PATH", "over_http", "over_stdio"]

PATH = "/mcp"
LONGEST_BODY = 256 << 10  # bytes; the longest arguments a tool takes are a tenth of that


async def over_stdio(server: Server[Any]) -> None:
    """Serve until stdin ends."""
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def over_http(held: Held, *, guard: Guard) -> Starlette:
    """Return the ASGI application that serves the tools at `PATH`, each caller as the user its token names."""
    from songkin.serve.http.guard import Guarded
    from songkin.serve.http.sessions import Sessions

    app = server(held, asker=asker_of).streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=LONGEST_BODY,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),  # the guard's own does it
    )
    app.state.held, app.state.sessions = held, Sessions()
    app.add_middleware(Guarded, guard=guard)
    return app


def asker_of(request: Request | None) -> str:
    """Return who asks over HTTP."""
    from songkin.serve.http.asking import asker

    assert request is not None, "over HTTP every call came in a request"
    return asker(request)
