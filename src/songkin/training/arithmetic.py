"""How exactly a network computes: in 32 bits, or in bfloat16 where that is faster."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

__all__ = ["arithmetic"]


def arithmetic(device: torch.device, amp: str = "auto") -> AbstractContextManager[object]:
    """Return the context a loss is computed in: bfloat16 with `amp` "on", on a GPU with "auto", and with "fast" also on
    a processor that multiplies such numbers by instructions of its own, where a step takes half the time.

    Weights, their gradients and the optimiser stay in 32 bits.
    """
    half = amp == "on" or (amp in ("auto", "fast") and device.type == "cuda")
    half = half or (amp == "fast" and device.type == "cpu" and _is_native())
    return torch.autocast(device.type, torch.bfloat16, enabled=half)


def _is_native() -> bool:
    """Say whether this processor has instructions for bfloat16."""
    known = torch.cpu.get_capabilities()
    return bool(known.get("avx512_bf16") or known.get("amx_bf16"))
