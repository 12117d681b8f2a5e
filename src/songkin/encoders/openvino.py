"""Run an ONNX graph with OpenVINO, which multiplies in bfloat16 on CPUs that can: twice as fast as single precision.

OpenVINO reports every import to its maker through the package openvino-telemetry; here it is imported without.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from types import ModuleType
from typing import Any

from songkin.encoders.graph import OnnxRuntime, Tokens, fed, first_line
from songkin.errors import EncoderError
from songkin.extras import need

__all__ = ["OpenVino", "has_bfloat16", "import_openvino", "installed"]

TELEMETRY = "openvino_telemetry"


class OpenVino:
    """Runs the graph that ONNX Runtime has opened; `precision` of the products is "bf16" or "f32"."""

    def __init__(self, model: Path, opened: OnnxRuntime, *, threads: int, precision: str) -> None:
        openvino = import_openvino()
        core = openvino.Core()
        how = {
            "INFERENCE_PRECISION_HINT": precision,
            "INFERENCE_NUM_THREADS": threads,
            "PERFORMANCE_HINT": "LATENCY",  # all threads on one batch; a batch for each was half as fast
            "ENABLE_CPU_PINNING": False,  # others use the CPUs as well
        }
        try:
            whole = core.read_model(str(model))
            asked = openvino.Model([whole.output(opened.output)], whole.get_parameters())
            self.graph: Any = core.compile_model(asked, "CPU", how)
        except RuntimeError as error:
            raise EncoderError(f"OpenVINO cannot run {model} ({first_line(error)}); take onnxruntime") from error
        self.inputs, self.output = opened.inputs, self.graph.output(opened.output)
        self.lock = Lock()  # a compiled graph runs one batch at a time

    def __call__(self, tokens: Tokens, mask: Tokens) -> Any:
        with self.lock:
            return self.graph(fed(self.inputs, tokens, mask))[self.output]  # a copy of its own


def installed() -> bool:
    """Say whether the package is there, without importing it."""
    try:
        return find_spec("openvino") is not None
    except ValueError:  # of a module that was put in place by hand
        return False


def has_bfloat16() -> bool:
    """Say whether this CPU multiplies in bfloat16 (AVX512-BF16, AMX)."""
    return "BF16" in import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def import_openvino() -> ModuleType:
    """Import OpenVINO without its telemetry; MissingExtra names the extra that brings it."""
    modules: dict[str, Any] = sys.modules
    before = modules.get(TELEMETRY)
    modules[TELEMETRY] = None  # an ImportError for whoever asks: OpenVINO goes on without
    try:
        return need("openvino", extra="fast")
    finally:
        modules.pop(TELEMETRY, None)
        if before is not None:
            modules[TELEMETRY] = before
