"""How near this process is to the memory it may address."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

__all__ = ["is_pressed"]

PRESSED = 0.7  # of the addresses a process may have; what is refused may be a tenth of them at once


def is_pressed() -> bool:
    """Say whether this process took most of the memory it may address (`ulimit -v`); False where that is not known."""
    with suppress(ImportError, OSError, StopIteration):
        import resource

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        said = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        peak = next(int(line.split()[1]) << 10 for line in said if line.startswith("VmPeak:"))
        return limit != resource.RLIM_INFINITY and peak > PRESSED * limit
    return False
