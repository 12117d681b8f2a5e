"""How near this process is to the memory it may address."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

if sys.platform != "win32":
    import resource  # now: where memory is short it may not load any more

__all__ = ["is_bounded", "is_pressed"]

PRESSED = 0.7  # of the addresses a process may have; what is refused may be a tenth of them at once


def is_bounded() -> bool:
    """Say whether the memory that this process may address has a bound (`ulimit -v`)."""
    return sys.platform != "win32" and resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY


def is_pressed() -> bool:
    """Say whether this process took most of the memory it may address; False where that is not known."""
    if not is_bounded():
        return False
    try:
        said = Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines()
        peak = next((int(line.split()[1]) << 10 for line in said if line.startswith("VmPeak:")), 0)
    except (MemoryError, SystemError):  # too little even to look
        return True
    except OSError as error:
        return error.errno == errno.ENOMEM
    return peak > PRESSED * resource.getrlimit(resource.RLIMIT_AS)[0]
