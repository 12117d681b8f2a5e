"""Put everything that is served over HTTP together: the API, the page, what players ask, and the guard around them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI

from songkin import __version__
from songkin.serve import page, subsonic
from songkin.serve.http import errors
from songkin.serve.http.guard import Guard, Guarded
from songkin.serve.http.heads import Headed
from songkin.serve.http.held import Held
from songkin.serve.http.metering import Metered, Metrics
from songkin.serve.http.routes import router
from songkin.serve.http.sessions import Sessions
from songkin.serve.page import more
from songkin.serve.page.problems import nowhere

__all__ = ["application"]

THREADS = 16  # that answer at once; the others wait their turn
ABOUT = "Find songs by what they say and how they sound. Every answer comes from the library this server holds."


def application(held: Held, *, guard: Guard | None = None) -> FastAPI:
    """Return the application that serves a library; without a `guard`, for this machine alone."""
    app = FastAPI(
        title="songkin",
        version=__version__,
        description=ABOUT,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.held, app.state.guard = held, guard or Guard()
    app.state.sessions, app.state.metrics = Sessions(), Metrics()
    errors.install(app)
    app.add_exception_handler(404, nowhere)
    app.include_router(router(), prefix="/api/v1")
    app.include_router(page.router())
    app.include_router(more.router())
    app.include_router(subsonic.router(), prefix="/rest")
    app.add_middleware(Headed)
    app.add_middleware(Guarded, guard=app.state.guard)
    app.add_middleware(Metered, metrics=app.state.metrics)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    yield
