"""Bring an older library up to the schema this songkin writes, one numbered step at a time.

A step takes the open tables and returns nothing; it must be safe to run again after a kill, because the library's
number moves only once the step has ended.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from songkin.errors import SchemaError

if TYPE_CHECKING:
    from songkin.store.tables import Tables

__all__ = ["MIGRATIONS", "SCHEMA", "check", "migrate"]

SCHEMA = 1
MIGRATIONS: Mapping[int, Callable[[Tables], None]] = {}  # the schema it leads to -> the step


def check(found: int, place: str) -> None:
    """Refuse a library that a newer songkin made."""
    if found > SCHEMA:
        cure = "update with: pip install -U songkin"
        raise SchemaError(f"{place}: made by a newer songkin (schema {found}, this one reads up to {SCHEMA}); {cure}")


def migrate(tables: Tables, *, steps: Mapping[int, Callable[[Tables], None]] = MIGRATIONS, to: int = SCHEMA) -> None:
    """Run the steps between the library's schema and `to`, in order, recording each as it ends."""
    for number in range(tables.schema_number() + 1, to + 1):
        if number in steps:
            steps[number](tables)
        tables.tell("schema", str(number))
