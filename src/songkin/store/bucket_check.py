"""Try whether an object store keeps writers apart: a write that must not overwrite has to be refused."""

from __future__ import annotations

import time
import uuid

from songkin.errors import StoreError
from songkin.store.bucket import Bucket

__all__ = ["tried"]


def tried(bucket: Bucket) -> float:
    """Write, refuse to overwrite, overwrite and delete an object; return how many seconds an answer took.

    StoreError where one of these cannot be done, or the store does not mind a condition, and two writers would
    overwrite each other.
    """
    name, began = f"check.{uuid.uuid4().hex[:12]}", time.monotonic()
    tag = bucket.put(name, b"1", over="")
    took_s = time.monotonic() - began
    try:
        for over in ("", '"another"'):
            try:
                bucket.put(name, b"2", over=over)
            except FileExistsError:
                continue
            cure = "use a store that takes If-None-Match and If-Match on PUT, as Amazon's does"
            raise StoreError(f"{bucket.known.shown}: the store overwrites what it was told not to; {cure}")
        bucket.put(name, b"2", over=tag)
    finally:
        bucket.delete(name)
    return took_s
