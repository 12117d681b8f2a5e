"""A library's place in an object store: what lies there, looked at and written by a client of our own beside LanceDB's.

Conventions
-----------
Requests are few, since each takes a round trip and costs. Objects are whole or not there. A library that begins here
leaves an object `library` whose tag says which one it is; one that was copied here has none and does without.
"""

from __future__ import annotations

import io
import json
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import islice
from typing import IO, Any, NamedTuple

from songkin.errors import StoreError
from songkin.extras import need
from songkin.store.address import Address
from songkin.store.bucket_errors import plainly, told_of
from songkin.store.place import WHOLE, Standing

__all__ = ["BEGUN", "Bucket", "Seen", "bucket_of"]

BEGUN = "library"
AT_ONCE = 8  # requests
LOOK_S = 2.0  # a server looks at the bucket at most so often
TABLE = ".lance"


class Seen(NamedTuple):
    """An object as it was seen: what it held, its tag, and when it was written, by the store's clock."""

    content: bytes
    tag: str
    written: datetime


def bucket_of(address: str) -> Bucket:
    """Return the place of an s3:// address; one client serves all who name it with the same credentials."""
    return Bucket(address, Address.of(address))


class Bucket:
    """A path in a bucket."""

    look_s = LOOK_S
    alone = False  # a writer whose lease ran out may wake up, and finish a commit

    def __init__(self, address: str, known: Address) -> None:
        self.address, self.known = address, known

    @property
    def name(self) -> str:
        return self.known.path.rpartition("/")[2]

    def options(self) -> dict[str, str]:
        known = self.known
        return known.settings() | {
            "timeout": f"{known.timeout_s:g}s",
            "connect_timeout": f"{known.connect_s:g}s",
            "client_max_retries": str(known.retries),
            "client_retry_timeout": str(max(1, round(known.retrying_s))),
            "download_retry_count": str(known.retries),
        }

    def make(self) -> None:
        """Nothing is made before there is something in it; but whether it can be reached is told now."""
        self.committed(WHOLE)

    def begin(self) -> None:
        from songkin.store.bucket_check import tried

        tried(self)
        told = {"id": uuid.uuid4().hex, "begun_at": datetime.now(UTC).isoformat(timespec="seconds")}
        self.put(BEGUN, json.dumps(told).encode())

    def committed(self, table: str) -> bool:
        return bool(self._first(f"{table}{TABLE}/_versions/"))

    def has_rows(self, table: str) -> bool:
        return bool(self._first(f"{table}{TABLE}/data/"))

    def why_none(self) -> str:
        shown = self.known.shown
        if self._first(f"songs{TABLE}/"):
            cure = "run the first songkin add again, or put a copy back"
            return f"{shown}: the library is not whole (no facts); {cure}"
        return f"{shown}: no library here; make one with: songkin add SONGS.csv -L {shown}"

    def copied(self) -> str | None:
        from songkin.store.mirror import mirror_of

        mirror = mirror_of(self)
        return mirror.follow() if mirror else None

    def standing(self) -> Standing:
        """Return the tags of each table's newest commit, which are the same for everyone who looks."""
        with self.told_plainly():
            top = _obstore().list_with_delimiter(self._client)
        names = sorted(name for name in map(_last, top["common_prefixes"]) if name.endswith(TABLE))
        with ThreadPoolExecutor(AT_ONCE) as several:
            newest = list(several.map(lambda name: self._first(f"{name}/_versions/"), names))
        tables = tuple(
            (name.removesuffix(TABLE), last["path"], last["e_tag"] or str(last["last_modified"]))
            for name, last in zip(names, newest, strict=True)
            if last
        )
        if WHOLE not in [table[0] for table in tables]:
            raise StoreError(self.why_none())
        return Standing(tuple(seen["e_tag"] for seen in top["objects"] if _last(seen["path"]) == BEGUN), tables)

    def written_at(self) -> float:
        newest = self._first(f"songs{TABLE}/_versions/")
        return newest["last_modified"].timestamp() if newest else 0.0

    def open(self, name: str) -> IO[bytes]:
        seen = self.get(name)
        if seen is None:
            raise FileNotFoundError(f"{self.known.shown}/{name}")
        return io.BytesIO(seen.content)

    def keep(self, name: str, write: Callable[[IO[bytes]], object]) -> None:
        draft = io.BytesIO()
        write(draft)
        self.put(name, draft.getvalue())

    def stamp(self, name: str) -> str:
        try:
            with self.told_plainly():
                seen = _obstore().head(self._client, name)
        except FileNotFoundError:
            return ""
        return f"{seen['e_tag'] or seen['last_modified']}-{seen['size']}"

    # -- single objects ------------------------------------------------------------------------------------------------

    def get(self, name: str) -> Seen | None:
        """Return an object, None where there is none."""
        try:
            with self.told_plainly():
                found = _obstore().get(self._client, name)
                meta = found.meta
                return Seen(bytes(found.bytes()), meta["e_tag"] or "", meta["last_modified"])
        except FileNotFoundError:
            return None

    def put(self, name: str, content: bytes, *, over: str | None = None) -> str:
        """Write an object and return its tag; `over` '' only where there is none, or a tag only over that one.

        FileExistsError where it is otherwise.
        """
        mode = "overwrite" if over is None else "create" if over == "" else {"e_tag": over}
        with self.told_plainly():
            try:
                return str(_obstore().put(self._client, name, content, mode=mode)["e_tag"] or "")
            except (_exceptions().AlreadyExistsError, _exceptions().PreconditionError) as error:
                raise FileExistsError(name) from error

    def delete(self, name: str) -> None:
        """Delete an object; one that is not there is no error."""
        with self.told_plainly():
            _obstore().delete(self._client, name)

    def below(self, prefix: str, *, most: int | None = None) -> list[Any]:
        """Return what lies below a prefix, by name: the first `most`, None = all. Newest commits come first."""
        with self.told_plainly():
            every = (one for some in _obstore().list(self._client, prefix) for one in some)
            return list(islice(every, most))

    def piece(self, name: str, start: int, length: int) -> bytes:
        """Return a piece of an object; FileNotFoundError where there is none."""
        with self.told_plainly():
            return bytes(_obstore().get_range(self._client, name, start=start, length=length))

    def _first(self, prefix: str) -> Any:
        """Return the first object below a prefix, None where there is none."""
        return next(iter(self.below(prefix, most=1)), None)

    @property
    def _client(self) -> Any:
        return _client(self.known)

    @contextmanager
    def told_plainly(self) -> Iterator[None]:
        """Turn what the client says into one line with the place and the cure; a missing object stays what it is."""
        try:
            yield
        except (FileNotFoundError, FileExistsError):
            raise
        except (_exceptions().BaseError, OSError, ValueError) as error:
            raise self.error_of(str(error)) from error

    def error_of(self, said: str) -> StoreError:
        """Return our error for what a client said."""
        shown = self.known.shown
        return told_of(shown, self.known.endpoint, said) or StoreError(
            f"{shown}: the store's client failed ({plainly(said)}); check the address and try again"
        )


def _last(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


@lru_cache(maxsize=8)
def _client(known: Address) -> Any:
    """Return a client of a bucket's path; it holds connections open."""
    store = need("obstore.store", extra="s3")
    seconds = timedelta(seconds=1)
    config = {name: value for name, value in known.settings().items() if name != "allow_http"}
    options = {"timeout": known.timeout_s * seconds, "connect_timeout": known.connect_s * seconds}
    retries = {"max_retries": known.retries, "retry_timeout": known.retrying_s * seconds}
    told = {**options, "allow_http": known.allow_http}
    return store.S3Store(known.bucket, prefix=known.path, config=config, client_options=told, retry_config=retries)


def _obstore() -> Any:
    return need("obstore", extra="s3")


def _exceptions() -> Any:
    return need("obstore.exceptions", extra="s3")
