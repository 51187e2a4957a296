"""The site on PostgreSQL instead of SQLite: jobs, inbox, sign-off and conflicts are the same by one URL."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engines.postgresql import server

pytestmark = [pytest.mark.slow, pytest.mark.engine_postgres]
ROOT = Path(__file__).resolve().parents[2]
CORE = ("kernel/test_jobs.py", "kernel/test_inbox.py", "kernel/test_outbox.py", "proposals", "conflicts",
        "catalog/test_acknowledging.py", "catalog/test_catalog_concurrency.py", "goals/test_goals_targets.py",
        "goals/test_targets_written.py", "goals/test_goals_at_once.py")  # fmt: skip


def test_the_core_holds_on_postgresql() -> None:
    with server() as url:
        told = {**os.environ, "HEDU_DATABASE_URL": f"{url}/hedu"}
        told.pop("PYTEST_XDIST_WORKER", None)
        paths = [f"tests/center/{name}" for name in CORE]
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", *paths]
        done = subprocess.run(command, env=told, cwd=ROOT, check=False, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-6000:]
