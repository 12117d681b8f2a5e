"""songkin serve: the page, the API and what players ask, on one address."""

from __future__ import annotations

import logging
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from songkin.errors import SettingsError
from songkin.serve.cli import options
from songkin.serve.cli.printing import console

if TYPE_CHECKING:
    from songkin.library.opened import Shards
    from songkin.serve.http.guard import Guard
    from songkin.serve.http.held import Held

EXAMPLES = (
    "songkin serve --open",
    "songkin serve -L ~/my-songs --port 8080",
    "songkin token create phone --user anna && songkin serve --host 0.0.0.0",
    "songkin serve -L /shared/in-shards --replicas 2",
    "songkin serve --require-token --allow-host music.example.org",
)
PORT = 8765
AT_ONCE = 256  # connections; more are told to come back
LONGEST_HEAD = 1_200_000  # bytes of a request's head that are read, so that one of a megabyte gets its own refusal
GRACE_S = 10  # for answers under way when the server is told to stop


def run(
    host: Annotated[
        str, typer.Option("--host", metavar="ADDRESS", help="Where to listen; beyond this machine only with a token.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", metavar="N", min=0, max=65535, help="0 takes a free one.")] = PORT,
    require_token: Annotated[
        bool, typer.Option("--require-token", help="Answer only who sends a token, on this machine too.")
    ] = False,
    allow_host: Annotated[
        list[str] | None,
        typer.Option("--allow-host", metavar="NAME", help="A name the server is reached by; may be repeated."),
    ] = None,
    no_rate_limit: Annotated[
        bool, typer.Option("--no-rate-limit", help="Let a client ask as often as it likes.")
    ] = False,
    replicas: Annotated[
        int | None,
        typer.Option(
            "--replicas",
            metavar="N",
            min=1,
            help="Let N processes of Ray answer for every shard (needs the extra 'scale').",
        ),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="ADDRESS", help="Let them run on a Ray cluster: ray://host:port."),
    ] = None,
    open_page: Annotated[bool, typer.Option("--open", help="Show the page in the browser.")] = False,
    user: options.User = None,
    library: options.LibraryPlace = None,
) -> None:
    """Serve the library: a page for people, an API for programs, and what music players ask. Ctrl-C ends it."""
    with shards_for(library, replicas, on) as shards:
        guard = guard_for(host, allow_host or (), require_token=require_token, unhurried=no_rate_limit)
        held = held_for(library, user, token=guard.require_token, shards=shards)
        listening = listening_on(host, port)
        address = address_of(host, listening.getsockname()[1])
        console().print(f"songkin is at {address}  (Ctrl-C ends it)", markup=False, highlight=False, soft_wrap=True)
        if open_page:
            _show(address)
        from songkin.serve.http.app import application

        serve_on(listening, application(held, guard=guard))


@contextmanager
def shards_for(library: str | None, replicas: int | None, on: str | None) -> Iterator[Shards | None]:
    """Give who answers for the shards of a library, None = this process."""
    if not (replicas or on):
        yield None
        return
    from songkin.scale.shards import serving

    with serving(library, replicas or 1, on=on) as shards:
        yield shards


def guard_for(host: str, names: Sequence[str], *, require_token: bool, unhurried: bool = False) -> Guard:
    """Return what guards a server at an address: reached from elsewhere, or by another name, it wants a token."""
    from songkin.serve.http.guard import Guard
    from songkin.serve.http.hosts import LOCAL_NAMES, is_loopback

    public = not is_loopback(host)
    own = {name.lower() for name in (*names, *((host,) if public else ()))}
    needed = public or require_token or bool(names)
    guard = Guard(hosts=LOCAL_NAMES | own, require_token=needed)
    return replace(guard, rate=None) if unhurried else guard


def held_for(library: str | None, user: str | None, *, token: bool, shards: Shards | None = None) -> Held:
    """Open the library before anything listens; SettingsError where a token is needed and there is none."""
    from songkin.serve.http.held import Held

    held = Held(library, user=user, shards=shards)
    held.now()  # warmed up, and a library that is not there is told before anything listens
    if token and not held.library.tokens.any():
        what = "who asks here needs a token, and there is none; make a token first: songkin token create NAME"
        raise SettingsError(f"{what} -L {held.place}")
    return held


def listening_on(host: str, port: int) -> socket.socket:
    """Return a socket that listens; SettingsError where the address is taken, or is none of this machine's."""
    made = None
    try:
        kind, *_, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        made = socket.socket(kind, socket.SOCK_STREAM)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(place)
        made.listen(AT_ONCE)
    except OSError as error:
        if made is not None:
            made.close()
        raise SettingsError(f"{host}:{port}: {error.strerror or error}; try another --port, or --host") from error
    return made


def address_of(host: str, port: int) -> str:
    """Return the address of the page as a browser takes it."""
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{name}:{port}"


def _show(address: str) -> None:
    import webbrowser

    with suppress(webbrowser.Error):
        webbrowser.open(address)


def serve_on(listening: socket.socket, application: Any) -> None:
    """Serve an ASGI application until Ctrl-C or SIGTERM; no request is written to a log."""
    import uvicorn

    from songkin.serve.http.patience import Patient

    limits: dict[str, Any] = {
        "limit_concurrency": AT_ONCE,
        "h11_max_incomplete_event_size": LONGEST_HEAD,
        "timeout_keep_alive": 15,
        "timeout_graceful_shutdown": GRACE_S,
        "ws": "none",
    }
    logging.getLogger("uvicorn").setLevel(logging.WARNING)
    config = uvicorn.Config(application, access_log=False, server_header=False, log_config=None, http=Patient, **limits)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), listening:  # uvicorn ends in good order, and then raises the signal again
        uvicorn.Server(config).run(sockets=[listening])
