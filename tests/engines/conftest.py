"""What the tests of engines share: one Spark cluster a run, for it takes half a minute to start."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engines import spark


@pytest.fixture(scope="session")
def spark_cluster() -> Iterator[tuple[str, Path]]:
    """The URL of the cluster, and a folder its workers read."""
    with spark.cluster() as found:
        yield found
