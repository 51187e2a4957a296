"""Sites of their own for tests that start processes: a folder each, and on PostgreSQL a database each."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

SETTING = "HEDU_DATABASE_URL"


def settings_of(home: Path) -> dict[str, str]:
    """What the environment of a process says, so that it works on the site of this folder."""
    told = {"HEDU_HOME": str(home), "HEDU_ENGINE": "duckdb://", "DJANGO_SETTINGS_MODULE": "hedu.center.settings"}
    url = os.environ.get(SETTING)
    return {**os.environ, **told, **({SETTING: f"{_server(url)}/{_name(home)}"} if url else {})}


def new(home: Path) -> Path:
    """A folder with an empty database."""
    _create(home, "")
    return home


def copied(made: Path, home: Path) -> Path:
    """A site like another one."""
    _create(home, f' template "{_name(made)}"')
    return Path(shutil.copytree(made, home))


def _create(home: Path, how: str) -> None:
    url = os.environ.get(SETTING)
    if url:
        import psycopg

        with psycopg.connect(f"{_server(url)}/postgres", autocommit=True) as connection:
            connection.execute(f'create database "{_name(home)}"{how}')  # type: ignore[arg-type]


def _server(url: str) -> str:
    return url.rsplit("/", 1)[0]


def _name(home: Path) -> str:
    return f"site_{hashlib.sha256(str(home).encode()).hexdigest()[:12]}"
