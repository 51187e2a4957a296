"""What starting costs: `import hedu`, and `hedu query` beside a bare Python + DuckDB script."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

DEFINITIONS = Path(__file__).parent / "tpch"
BARE = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as connection:
    rows = connection.execute(
        "select cast(date_trunc('month', l_shipdate) as date), sum(l_extendedprice * (1 - l_discount)) "
        "from lineitem group by 1 order by 1"
    ).fetchall()
for row in rows:
    print(*row, sep=",")
"""


def import_time(runs: int = 15) -> float:
    """Median milliseconds of `import hedu` in a fresh interpreter, the interpreter's own start taken off."""
    with_it = statistics.median(_run([sys.executable, "-c", "import hedu"]) for _ in range(runs))
    without = statistics.median(_run([sys.executable, "-c", "pass"]) for _ in range(runs))
    return with_it - without


def cold_query(database: Path, runs: int = 9) -> tuple[float, float, float]:
    """Median milliseconds of `hedu query`, of the bare script, and the median ratio of neighbouring runs."""
    hedu = [str(Path(sys.executable).parent / "hedu"), "query", "revenue", "--by", "metric_time.month"]
    hedu += ["-w", str(DEFINITIONS), "--engine", f"duckdb:///{database.absolute()}", "--format", "csv"]
    bare = [sys.executable, "-c", BARE, str(database)]
    _run(hedu), _run(bare)
    pairs = [(_run(hedu), _run(bare)) for _ in range(runs)]
    return (
        statistics.median(mine for mine, _ in pairs),
        statistics.median(theirs for _, theirs in pairs),
        statistics.median(mine / theirs for mine, theirs in pairs),
    )


def _run(command: list[str]) -> float:
    # Compiled modules are kept, as they are for whoever uses it; a setting of this shell must not forbid that.
    told = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    started = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**told, "HEDU_LANG": "en"})
    return (time.perf_counter() - started) * 1000
