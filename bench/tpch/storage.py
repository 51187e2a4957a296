"""tpchgen-cli -> one DuckDB file, made once for each scale and kept outside git."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import duckdb

TABLES = ("region", "nation", "supplier", "customer", "part", "partsupp", "orders", "lineitem")


def storage(scale: str) -> Path:
    """The database of TPC-H at `scale`, generated at first use."""
    path = Path(os.environ.get("HEDU_BENCH", "var/bench")) / f"tpch-{scale}.duckdb"
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    print(f"生成 TPC-H 数据（规模 {scale}） · generating TPC-H at scale {scale}", file=sys.stderr)
    generator = Path(sys.executable).parent / "tpchgen-cli"
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        subprocess.run([generator, "parquet", "-s", scale, "-o", folder], check=True, stdout=subprocess.DEVNULL)
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with duckdb.connect(str(fresh)) as connection:
            connection.execute("set enable_progress_bar = false")
            for table in TABLES:
                files = str(Path(folder) / f"{table}.parquet")
                connection.execute(f"create table {table} as from read_parquet(?)", [files])
        fresh.rename(path)
    return path
