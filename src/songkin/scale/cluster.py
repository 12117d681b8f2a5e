"""Where Ray runs: a small one started for a command and ended with it, or a cluster that is there.

Conventions
-----------
What is started here tells nobody about its use, draws no dashboard, writes its logs below the system's temporary folder
and clears them away, and holds `STORE_BYTES` of objects at most. Nothing of it outlives the command, even a killed one.
"""

from __future__ import annotations

import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from songkin.errors import RemoteError, SettingsError, SongkinError
from songkin.extras import need

__all__ = ["cluster", "reached", "told"]

STORE_BYTES = 128 * 1024**2  # chunks of songs on their way to workers, some 300 kB each
CLIENT_PORT = 10001
PATIENCE_S = 5.0  # until an address has answered
TRIES = 3  # to start a Ray here, of half a minute each
QUIETLY: dict[str, Any] = {"logging_level": "ERROR", "log_to_driver": False, "namespace": "songkin"}
QUIET = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "RAY_DEDUP_LOGS": "0"}


@contextmanager
def cluster(on: str | None = None, *, cpus: int = 1) -> Iterator[Any]:
    """Give Ray: of the cluster at the address `on`, else one started here with so many CPUs.

    MissingExtra where Ray is not installed, RemoteError where what answers at the address is none, or of another make.
    """
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    ray = need("ray", extra="scale")
    folder = None if on else tempfile.mkdtemp(prefix="songkin-ray-")
    try:
        with told(ray, on or "this machine"):
            if on:
                ray.init(on, **QUIETLY)
            else:
                _start(ray, cpus, str(folder))
            _hush(ray)
        yield ray
    finally:
        ray.shutdown()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def _start(ray: Any, cpus: int, folder: str) -> None:
    """Start Ray here, again where a busy machine needs longer for it than Ray waits."""
    small = {"include_dashboard": False, "object_store_memory": STORE_BYTES, "num_gpus": 0}
    with warnings.catch_warnings():  # what is forked becomes another program at once, and never touches LanceDB
        warnings.filterwarnings("ignore", "lancedb fork support", RuntimeWarning)
        warnings.filterwarnings("ignore", "lance is not fork-safe", UserWarning)
        for left in reversed(range(TRIES)):
            try:  # `_temp_dir` is the only way to say where Ray keeps its sockets and logs
                ray.init("local", num_cpus=cpus, _temp_dir=folder, **small, **QUIETLY)
                return
            except Exception as error:  # Ray raises no kind of its own
                ray.shutdown()
                if not left or "timed out" not in str(error):
                    raise RemoteError(
                        f"this machine: Ray did not start ({' '.join(str(error).split())[:200]})"
                    ) from error


def _hush(ray: Any) -> None:
    """Keep what Ray tells of workers that died off stdout, where our answers go; it has no setting for that."""
    worker = ray._private.worker
    if hasattr(worker, "_worker_logs_enabled"):
        worker._worker_logs_enabled = False


def reached(on: str) -> None:
    """Make sure that something answers at a cluster's address; SettingsError where it is no such address."""
    try:
        split = urlsplit(on)
        host, port = split.hostname, split.port or CLIENT_PORT
    except ValueError:
        host = None
    if not host or split.scheme != "ray" or "@" in on:
        shown = on.rpartition("@")[2]  # Ray asks for no password, and one that was written is not shown
        raise SettingsError(f"{shown}: is no address of a Ray cluster; write ray://HOST:{CLIENT_PORT}")
    try:
        socket.create_connection((host, port), timeout=PATIENCE_S).close()
    except OSError as error:
        cure = "start one there with: ray start --head"
        raise RemoteError(f"{on}: no Ray answers there ({error.strerror or error}); {cure}") from error


@contextmanager
def told(ray: Any, where: str) -> Iterator[None]:
    """Turn what Ray raises into one line with the place and the cure; an error of ours in a worker keeps its kind."""
    try:
        yield
    except ray.exceptions.RayTaskError as error:
        raise _own(error, where) from error
    except (ray.exceptions.RayError, ConnectionError, RuntimeError, TimeoutError, ValueError) as error:
        raise RemoteError(_line(ray, error, where)) from error


def _own(error: Any, where: str) -> Exception:
    """Return the error a worker met; one that is not ours tells what the worker lacks."""
    cause = error.cause
    if isinstance(cause, SongkinError):
        return type(cause)(f"{where}: a worker: {cause}")
    if isinstance(cause, ImportError):
        return RemoteError(f"{where}: a worker lacks a package ({cause}); install there: pip install 'songkin[scale]'")
    return cause if isinstance(cause, Exception) else RemoteError(f"{where}: a worker failed ({cause})")


def _line(ray: Any, error: Exception, where: str) -> str:
    said = " ".join(str(error).split())
    kept = "what was committed is kept; run the same command again"
    if isinstance(error, ray.exceptions.OutOfMemoryError) or "memory" in said.lower():
        return f"{where}: a worker ran out of memory; {kept}, with fewer --workers"
    if isinstance(error, ray.exceptions.ActorDiedError | ray.exceptions.ActorUnavailableError):
        lacks = "No module named" in said
        cure = "install there: pip install 'songkin[scale]'" if lacks else kept
        return f"{where}: a worker died, again and again ({said[-160:]}); {cure}"
    if "ersion mismatch" in said or "versions" in said.lower():
        return f"{where}: Ray or Python there is another version than here ({said[:200]}); install the same"
    return f"{where}: Ray failed ({said[:200]})"
