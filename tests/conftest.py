"""What every test stands on: nothing is written into the working tree, laws run in two strengths."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
THOROUGH = os.environ.get("HEDU_THOROUGH") == "1"

# Programs that tests start must not touch the developer's own data either.
os.environ["HEDU_HOME"] = tempfile.mkdtemp(prefix="hedu-tests-")
os.environ["HEDU_CACHE"] = os.path.join(os.environ["HEDU_HOME"], "models")


def _tidy(home: str = os.environ["HEDU_HOME"], owner: int = os.getpid()) -> None:
    """Leave nothing behind; a process forked from this one leaves it alone."""
    if os.getpid() == owner:
        shutil.rmtree(home, ignore_errors=True)


atexit.register(_tidy)

settings.register_profile(
    "daily", deadline=None, derandomize=True, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", settings.get_profile("daily"), max_examples=1000)
settings.load_profile("thorough" if THOROUGH else "daily")


@pytest.fixture(scope="session")
def thorough() -> bool:
    """Whether laws are to be tried at length (`.ci/run`) or at the daily measure."""
    return THOROUGH


@pytest.fixture(scope="session")
def test_data() -> Path:
    """The folder of shared data sets (HEDU_TEST_DATA); tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("HEDU_TEST_DATA") or ROOT.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no test data in {folder}; name its folder in HEDU_TEST_DATA")
    return folder


@pytest.fixture(scope="session", autouse=True)
def home() -> Iterator[Path]:
    """A data folder of its own for the site, instead of ./var."""
    from django.test import override_settings

    folder = Path(os.environ["HEDU_HOME"])
    (folder / "static").mkdir(exist_ok=True)
    with override_settings(
        HEDU_HOME=folder, MEDIA_ROOT=folder / "media", HEDU_ENGINE=f"duckdb:///{folder / 'warehouse'}"
    ):
        yield folder
