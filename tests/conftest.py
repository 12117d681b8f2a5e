"""For every test: Hypothesis judges no law by the clock, which says more of the machine than of the law."""

from __future__ import annotations

from hypothesis import settings

from bucket_server import bucket, bucket_server

__all__ = ["bucket", "bucket_server"]  # fixtures

settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")
