"""songkin mcp: let an assistant ask the library."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from threading import Thread
from typing import TYPE_CHECKING, Annotated

import typer

from songkin.errors import SongkinError
from songkin.serve.cli import options
from songkin.serve.cli.printing import console

if TYPE_CHECKING:
    from songkin.serve.http.held import Held

EXAMPLES = (
    "songkin mcp -L ~/my-songs",
    "songkin mcp --http --port 8766",
)
HERE, PORT = "127.0.0.1", 8766


def run(
    http: Annotated[
        bool, typer.Option("--http", help="Serve Streamable HTTP at /mcp; otherwise stdin and stdout.")
    ] = False,
    host: Annotated[
        str | None, typer.Option("--host", metavar="ADDRESS", help="With --http: where to listen; this machine alone.")
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", metavar="N", min=0, max=65535, help=f"With --http: the port; {PORT}.")
    ] = None,
    require_token: Annotated[
        bool, typer.Option("--require-token", help="With --http: answer nobody without a token, on this machine too.")
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="With --http: a name it is reached by; may be repeated."),
    ] = None,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Serve the library's tools to an assistant, by the Model Context Protocol; an assistant's program starts it."""
    if not http and (host or port is not None or require_token or allow_host):
        raise typer.BadParameter("--host, --port, --require-token and --allow-host go with --http")
    if http:
        _over_http(host or HERE, PORT if port is None else port, allow_host or (), require_token, user, library)
    else:
        _over_stdio(user, library)


def _over_stdio(user: str | None, library: str | None) -> None:
    import anyio

    from songkin.serve.http.held import Held
    from songkin.serve.mcp import over_stdio, server

    held = Held(library, user=user)
    held.look()  # a library that is not there is told before anybody connects
    Thread(target=_opened, args=(held,), daemon=True).start()  # while the assistant shakes hands
    anyio.run(over_stdio, server(held))


def _opened(held: Held) -> None:
    """Open the library before the first question; what is wrong with it, the first answer tells."""
    with suppress(SongkinError):
        held.now()


def _over_http(
    host: str, port: int, names: Sequence[str], require_token: bool, user: str | None, library: str | None
) -> None:
    from songkin.serve.cli.serve import address_of, guard_for, held_for, listening_on, serve_on
    from songkin.serve.mcp import over_http
    from songkin.serve.mcp.transports import PATH

    guard = guard_for(host, names, require_token=require_token)
    held = held_for(library, user, token=guard.require_token)
    held.now()
    listening = listening_on(host, port)
    address = address_of(host, listening.getsockname()[1])
    console().print(f"songkin's tools are at {address}{PATH}  (Ctrl-C ends it)", highlight=False, soft_wrap=True)
    serve_on(listening, over_http(held, guard=guard))
