"""How exactly a network computes."""

from __future__ import annotations

import pytest
import torch

from songkin.training.arithmetic import arithmetic
from songkin.training.recipes import Optimiser

CPU = torch.device("cpu")


def product(amp: str) -> torch.dtype:
    with arithmetic(CPU, amp):
        return (torch.ones(2, 2) @ torch.ones(2, 2)).dtype


@pytest.mark.parametrize("amp", ["auto", "off"])
def test_a_processor_computes_in_32_bits_unless_asked(amp: str) -> None:
    assert product(amp) == torch.float32


def test_on_is_bfloat16_everywhere() -> None:
    assert product("on") == torch.bfloat16


@pytest.mark.parametrize(
    ("capable", "expected"), [({"avx512_bf16": True}, torch.bfloat16), ({"avx2": True}, torch.float32)]
)
def test_fast_asks_the_processor(
    monkeypatch: pytest.MonkeyPatch, capable: dict[str, bool], expected: torch.dtype
) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capable)
    assert product("fast") == expected


def test_a_recipe_takes_all_four_and_names_them_where_it_is_another() -> None:
    assert [Optimiser(amp=amp).amp for amp in ("auto", "fast", "on", "off")] == ["auto", "fast", "on", "off"]
    with pytest.raises(ValueError, match="amp is 'half'; it is 'auto', 'fast', 'on' or 'off'"):
        Optimiser(amp="half")
