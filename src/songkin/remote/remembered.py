"""What a service outside answered, kept in files, so that the same thing is not asked twice in a while.

Conventions
-----------
One file a request, named by its digest, put in place whole or not at all. A "no" is kept as well, for a shorter while.
A file that cannot be read counts as not asked; a folder that cannot be written to costs the memory, not the answer.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, NamedTuple

__all__ = ["Remembered", "Told"]

log = logging.getLogger(__name__)

DAY_S = 86_400.0


class Told(NamedTuple):
    """What was answered; None = there is no such thing."""

    answer: Any


class Remembered:
    """Answers in a folder, None = none are kept; `yes_days` and `no_days` say for how long."""

    def __init__(
        self,
        folder: Path | None,
        *,
        yes_days: float = 180.0,
        no_days: float = 14.0,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._folder, self._yes_s, self._no_s, self._clock = folder, yes_days * DAY_S, no_days * DAY_S, clock

    def get(self, request: Mapping[str, str]) -> Told | None:
        """Return what was answered to a request lately, None where it must be asked."""
        if self._folder is None:
            return None
        try:
            kept = json.loads(self._path(self._folder, request).read_text(encoding="utf-8"))
            age = self._clock() - float(kept["asked_at"])
            answer = kept["answer"]
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None
        return Told(answer) if 0 <= age < (self._no_s if answer is None else self._yes_s) else None

    def put(self, request: Mapping[str, str], answer: Any) -> None:
        """Keep what was answered to a request, None = no."""
        if self._folder is None:
            return
        whole = json.dumps({"asked_at": self._clock(), "answer": answer})
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with NamedTemporaryFile("w", encoding="utf-8", dir=self._folder, suffix=".part", delete=False) as file:
                file.write(whole)
            os.replace(file.name, self._path(self._folder, request))
        except OSError as error:
            log.warning("%s: answers cannot be kept there, and will be asked for again: %s", self._folder, error)

    def _path(self, folder: Path, request: Mapping[str, str]) -> Path:
        told = json.dumps(sorted(request.items())).encode("utf-8")
        return folder / f"{sha256(told).hexdigest()[:40]}.json"
