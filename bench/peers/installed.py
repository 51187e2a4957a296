"""Peers from the registries, each in an environment of its own -> what each makes of the questions."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NODE = HERE.parents[1] / ".ci" / "node"


@dataclass(frozen=True, slots=True)
class Peer:
    """Another semantic layer: what to install, and the script that asks it."""

    name: str
    packages: tuple[str, ...]
    script: str

    @property
    def is_python(self) -> bool:
        return self.script.endswith(".py")


PEERS = (
    Peer("MetricFlow", ("metricflow==0.213.0",), "ask_metricflow.py"),
    Peer("boring-semantic-layer", ("boring-semantic-layer==0.3.18", "ibis-framework[duckdb]"), "ask_boring.py"),
    Peer("sidemantic", ("sidemantic==0.13.0",), "ask_sidemantic.py"),
    Peer(
        "Malloy",
        ("@malloydata/malloy@0.0.431", "@malloydata/db-duckdb@0.0.431", "antlr4ts@0.5.0-alpha.4"),
        "ask_malloy.mjs",
    ),
    Peer("Cube", ("@cubejs-backend/schema-compiler@0.35.81",), "ask_cube.js"),
)


def asked(peer: Peer, tables: Path) -> dict[str, Any]:
    """{version, load_ms, answers: {question: {sql, ms} or {refused}}}; {missing} where it cannot be installed."""
    home = Path(os.environ.get("HEDU_BENCH", "var/bench")).absolute() / "peers" / peer.name
    try:
        _install(peer, home)
    except (OSError, subprocess.CalledProcessError) as error:
        told = error.stderr if isinstance(error, subprocess.CalledProcessError) else str(error)
        return {"missing": (told or str(error)).strip().splitlines()[-1][:200]}
    runs = [str(home / "bin" / "python")] if peer.is_python else [str(NODE)]
    done = subprocess.run(
        [*runs, str(HERE / peer.script), str(tables), str(home)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "CUBEJS_TESSERACT_SQL_PLANNER": "false"},
    )
    if done.returncode or not done.stdout:
        return {"missing": (done.stderr.strip() or "no answer").splitlines()[-1][:200]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _install(peer: Peer, home: Path) -> None:
    mark = home / ".installed"
    wanted = "\n".join(peer.packages)
    if mark.is_file() and mark.read_text() == wanted:
        return
    print(f"安装 {peer.name} · installing {peer.name}", file=sys.stderr)
    home.mkdir(parents=True, exist_ok=True)
    if peer.is_python:
        _run(sys.executable, "-m", "venv", str(home))
        _run(str(home / "bin" / "python"), "-m", "pip", "install", "-q", *peer.packages)
    else:
        (home / "package.json").write_text('{"private": true}\n')
        _run("npm", "install", "--prefix", str(home), "--no-audit", "--no-fund", "--ignore-scripts", *peer.packages)
    mark.write_text(wanted)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True)
