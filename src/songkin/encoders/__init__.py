"""Encoders: text in, unit vectors out. `load()` gives the shipped one, a folder's or a hub model's by name."""

from __future__ import annotations

from songkin.encoders.hub import fetch
from songkin.encoders.loading import load
from songkin.encoders.onnx import RUNTIMES, OnnxEncoder
from songkin.encoders.weights import SHIPPED, Weights, verify

__all__ = ["RUNTIMES", "SHIPPED", "OnnxEncoder", "Weights", "fetch", "load", "verify"]
