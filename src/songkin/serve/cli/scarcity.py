"""Know it when memory runs out, however the one who asked for it says so."""

from __future__ import annotations

import errno

from songkin.memory import is_pressed

__all__ = ["SCARCE", "is_scarce"]

SCARCE = (
    "there is not enough memory; nothing is half done: what was kept stays, and the same command goes on from there. "
    "Close other programs, allow this one more (ulimit -v), or bring in fewer songs at a time"
)
MARKS = (
    "failed to map segment from shared object",  # the loader of shared libraries
    "annot allocate memory",  # the C library
    "can't start new thread",
    "nable to allocate",  # numpy
    "bad_alloc",  # C++
    "emory allocation",  # Rust
    "ailed to allocate",  # onnxruntime
    "Resource temporarily unavailable",  # threads of onnxruntime
)
VAGUE = (  # what may be said of something else too
    "panicked",  # by Rust, of any failure of its own, a thread that it was refused among them
    "out of memory",  # by Rust's tokenizers, but it is a title too
)


def is_scarce(error: BaseException | None) -> bool:
    """Say whether an error, or one it comes from, is that memory ran out.

    What is vague, such as a SystemError (C code that gave no reason), is that where memory is nearly used up.
    """
    while error is not None:
        if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
            return True
        if any(mark in str(error) for mark in MARKS):
            return True
        if (isinstance(error, SystemError) or any(said in str(error) for said in VAGUE)) and is_pressed():
            return True
        error = error.__cause__ or error.__context__
    return False
