"""The default install is free of copyleft: every package songkin's requirements lead to says so itself.

Run as a script (`make licences`) it lists them. MPL is fine: it binds its own files only, and we change none.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

COPYLEFT = re.compile(r"\b[AL]?GPL|GNU|SSPL|EUPL|Affero|NonCommercial|-NC\b", re.IGNORECASE)


def licence_of(package: Distribution) -> str:
    """Return what a package says of its licence: expression, one-line text or classifiers; '' when it says nothing."""
    said = package.metadata
    classified = [line for line in said.get_all("Classifier") or [] if line.startswith("License ::")]
    text = (said.get("License") or "").strip()
    stated = said.get("License-Expression") or ("" if "\n" in text else text)
    return stated or " AND ".join(line.rpartition("::")[2].strip() for line in classified)


def binds(licence: str) -> bool:
    """Say whether a licence is copyleft; where one may choose (OR), one free choice is enough."""
    return all(COPYLEFT.search(choice) for choice in re.split(r"\s+OR\s+", licence))


def closure(name: str) -> dict[str, Distribution]:
    """Return a package and all it requires on this machine, by name; extras only where a requirement asks for them."""
    found: dict[str, Distribution] = {}
    seen: set[tuple[str, str]] = set()
    waiting = [(canonicalize_name(name), "")]
    while waiting:
        wanted, extra = waiting.pop()
        if (wanted, extra) in seen:
            continue
        seen.add((wanted, extra))
        found[wanted] = distribution(wanted)
        for requirement in map(Requirement, found[wanted].requires or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
                waiting += [(canonicalize_name(requirement.name), asked) for asked in ("", *requirement.extras)]
    return found


@pytest.mark.parametrize(("licence", "copyleft"), [
    ("MIT", False),
    ("MPL-2.0 AND MIT", False),
    ("GPL-3.0-or-later", True),
    ("GNU Lesser General Public License v2 (LGPLv2)", True),
    ("AGPL-3.0-only", True),
    ("MIT OR GPL-2.0-only", False),
    ("Apache-2.0 AND LGPL-2.1-only", True),
    ("CC-BY-NC-4.0", True),
])  # fmt: skip
def test_copyleft_is_told_from_free_licences(licence: str, copyleft: bool) -> None:
    assert binds(licence) is copyleft


def test_every_package_of_the_default_install_states_a_licence() -> None:
    assert [name for name, package in closure("songkin").items() if not licence_of(package)] == []


def test_no_package_of_the_default_install_is_copyleft() -> None:
    assert {
        name: licence_of(package) for name, package in closure("songkin").items() if binds(licence_of(package))
    } == {}


def test_the_default_install_holds_no_heavy_stranger() -> None:
    assert not {"torch", "pandas", "scikit-learn", "scipy", "transformers", "polars"} & set(closure("songkin"))


if __name__ == "__main__":
    try:
        packages = closure("songkin")
    except PackageNotFoundError as missing:
        sys.exit(f"{missing.name} is not installed; make licences sets up first")
    for name, package in sorted(packages.items()):
        print(f"{name:32} {package.version:14} {licence_of(package) or 'says nothing'}")
    sys.exit(any(binds(licence_of(package) or "GPL") for package in packages.values()))
