"""Corpora songkin knows, one a file; `demo` is the one it ships."""

from songkin.datasets import demo

__all__ = ["demo"]
