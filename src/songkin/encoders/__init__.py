"""Encoders: text in, unit vectors out. `load()` gives the shipped one, a folder's or a hub model's by name."""

from __future__ import annotations

from songkin.encoders.hub import fetch
from songkin.encoders.loading import load, means_shipped
from songkin.encoders.onnx import RUNTIMES, OnnxEncoder
from songkin.encoders.static import StaticEncoder
from songkin.encoders.student import student_of, write_static
from songkin.encoders.weights import SHIPPED, SHIPPED_NAME, Weights, verify

__all__ = [
    "RUNTIMES",
    "SHIPPED",
    "SHIPPED_NAME",
    "OnnxEncoder",
    "StaticEncoder",
    "Weights",
    "fetch",
    "load",
    "means_shipped",
    "student_of",
    "verify",
    "write_static",
]
