"""Trino for the tests: its text only, for no Trino runs here; and every gap."""

from __future__ import annotations

from tests.engines.gaps import Gap

GAPS: dict[str, Gap] = {}
