"""Spark for the tests: a real standalone cluster (a master, two workers, Connect) on the loopback, and every gap."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engines.gaps import Gap
from tests.engines.worlds import Site, tables, worlds

GAPS: dict[str, Gap] = {
    "edges: a sum beyond sixty-four bits": Gap("engine_missing", "a sum of whole numbers ends there, and says so"),
}
_PATIENCE = 300
_CONNECT = "org.apache.spark.sql.connect.service.SparkConnectServer"
_SETTINGS = (
    "spark.ui.enabled=false",
    "spark.driver.host=127.0.0.1",
    "spark.driver.bindAddress=127.0.0.1",
    "spark.executor.memory=512m",
    "spark.cores.max=2",
    "spark.sql.shuffle.partitions=2",
    "spark.default.parallelism=2",
    # Compiling a program for each question over a hundred rows takes longer than reading them.
    "spark.sql.codegen.wholeStage=false",
    "spark.sql.codegen.factoryMode=NO_CODEGEN",
    "spark.sql.adaptive.enabled=false",
    "spark.locality.wait=0",
    "spark.connect.grpc.binding.address=127.0.0.1",
)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class _Programs:
    """The programs of a cluster, started one after another and ended together."""

    folder: Path
    environment: dict[str, str]
    running: list[subprocess.Popen[bytes]]

    def start(self, name: str, memory: str, *words: str) -> None:
        own = {**self.environment, "SPARK_DAEMON_MEMORY": memory}
        with (self.folder / f"{name}.log").open("wb") as log:
            self.running.append(subprocess.Popen(words, env=own, stdout=log, stderr=log, cwd=self.folder))

    def wait(self, port: int, name: str) -> None:
        """Until the program started last listens."""
        patience = time.monotonic() + _PATIENCE
        while time.monotonic() < patience and self.running[-1].poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.3)
        raise RuntimeError(f"nothing listens on {port}:\n{(self.folder / name).read_text()[-2000:]}")

    def end(self) -> None:
        for process in reversed(self.running):
            process.terminate()
        for process in reversed(self.running):
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


def _started(programs: _Programs, home: Path) -> str:
    """A master, two workers and the Connect server, whose URL it is."""
    master, door = _free_port(), _free_port()
    spark_class, submit = str(home / "bin" / "spark-class"), str(home / "bin" / "spark-submit")
    at = ("--host", "127.0.0.1", "--webui-port", "0")
    programs.start("master", "256m", spark_class, "org.apache.spark.deploy.master.Master", *at, "--port", str(master))
    programs.wait(master, "master.log")
    url = f"spark://127.0.0.1:{master}"
    for number in (1, 2):
        size = ("--cores", "1", "--memory", "600m")
        worker = "org.apache.spark.deploy.worker.Worker"
        programs.start(f"worker-{number}", "256m", spark_class, worker, *at, *size, url)
    own = (f"spark.connect.grpc.binding.port={door}", f"spark.sql.warehouse.dir={programs.folder}/tables")
    told = [word for setting in (*_SETTINGS, *own) for word in ("--conf", setting)]
    programs.start("connect", "1g", submit, "--master", url, "--class", _CONNECT, *told, "spark-internal")
    programs.wait(door, "connect.log")
    return f"spark://127.0.0.1:{door}"


@contextmanager
def cluster() -> Iterator[tuple[str, Path]]:
    """The URL of a cluster's Connect server, and a folder its workers read; skips without Java or pyspark."""
    pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed (pip install 'hedu[spark]')")
    if shutil.which("java") is None:
        pytest.skip("Java 17 is not installed (apt-get install openjdk-17-jre-headless)")
    home, folder = Path(pyspark.__file__).parent, Path(tempfile.mkdtemp(prefix="hedu-spark-"))
    places = {"SPARK_WORKER_DIR": str(folder / "work"), "SPARK_LOCAL_DIRS": str(folder / "local")}
    loopback = {"SPARK_LOCAL_IP": "127.0.0.1", "SPARK_LOCAL_HOSTNAME": "127.0.0.1", "SPARK_HOME": str(home)}
    programs = _Programs(folder, {**os.environ, **loopback, **places}, [])
    try:
        yield _started(programs, home), folder
    finally:
        programs.end()
        shutil.rmtree(folder, ignore_errors=True)


def run(url: str, *statements: str) -> None:
    """Change the cluster's tables."""
    from pyspark.sql.connect.session import SparkSession

    session = SparkSession.builder.remote(url.replace("spark://", "sc://")).create()
    for statement in statements:
        session.sql(statement)
    session.stop()


@contextmanager
def site(request: pytest.FixtureRequest) -> Iterator[Site]:
    """Every world in a database of its own."""
    url, folder = request.getfixturevalue("spark_cluster")
    for world in worlds():
        place = folder / f"world-{world}"
        place.mkdir()
        with tables(world, place) as found:
            made = [f"CREATE TABLE {world}.{b.name} USING parquet LOCATION '{place}/{b.name}.parquet'" for b in found]
            run(url, f"CREATE DATABASE {world}", *made)
    opened = Site({world: f"{url}/{world}" for world in worlds()}, {})
    yield opened
    opened.close()
