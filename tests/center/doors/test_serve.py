"""`hedu serve` prepares a folder once, answers, survives a kill, and says what is wrong."""

from __future__ import annotations

import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from hedu.doors.serve import BUILT

ENV = {key: value for key, value in os.environ.items() if not key.startswith(("HEDU_", "DJANGO_"))}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(home: Path, port: int) -> subprocess.Popen[str]:
    code = f"import sys; from pathlib import Path; from hedu.doors.serve import serve; sys.exit(serve(Path({str(home)!r}), '127.0.0.1', {port}))"
    return subprocess.Popen(
        [sys.executable, "-c", code],
        env={**ENV, "HEDU_WORKERS": "1"},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    for _ in range(900):
        if process.poll() is not None:
            pytest.fail(process.stderr.read() if process.stderr else "it ended")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("it did not answer in 90 s")


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[Path, int, subprocess.Popen[str]]]:
    if not (BUILT / "manifest.json").is_file():
        pytest.skip("the front end is not built")
    home, port = tmp_path / "home", free_port()
    process = start(home, port)
    try:
        wait_for(port, process)
        yield home, port, process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_a_fresh_folder_becomes_a_site_and_the_second_start_goes_on(running):
    home, port, process = running
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "secret.key").stat().st_mode) == 0o600
    key = (home / "secret.key").read_text()
    page = urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=10)
    assert "合度" in page.read().decode()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    said = process.stderr.read()
    assert "/accounts/password/reset/key/" in said
    assert f"http://127.0.0.1:{port}/" in said
    again = start(home, port)
    try:
        wait_for(port, again)
        assert (home / "secret.key").read_text() == key
    finally:
        os.killpg(again.pid, signal.SIGKILL)
        again.wait()


def test_after_a_kill_the_next_start_is_whole(running):
    home, port, process = running
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    with sqlite3.connect(home / "site.sqlite3") as site:
        assert site.execute("pragma integrity_check").fetchone() == ("ok",)
        assert site.execute("select username from kernel_user").fetchall() == [("admin",)]
    again = start(home, port)
    try:
        wait_for(port, again)
    finally:
        os.killpg(again.pid, signal.SIGKILL)
        again.wait()


def test_a_taken_port_is_said_at_once(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start(tmp_path / "home", port)
        assert process.wait(60) == 1
        assert f"{port}" in process.stderr.read()
        assert not (tmp_path / "home").exists()


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes that a running `serve` supervises."""
    listed = subprocess.run(
        ["ps", "-o", "pid=,args=", "--ppid", str(process.pid)], capture_output=True, text=True, check=False
    ).stdout
    return [int(line.split()[0]) for line in listed.splitlines() if "hedu.doors.work" in line]


def worker_of(process: subprocess.Popen[str], other_than: int = 0) -> int:
    for _ in range(300):
        found = [pid for pid in workers_of(process) if pid != other_than]
        if found:
            return found[0]
        time.sleep(0.1)
    pytest.fail("no worker in 30 s")


def is_gone(pid: int) -> bool:
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def is_free(port: int) -> bool:
    """Whether nobody holds the port any more, within 30 s."""
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return True
        time.sleep(0.1)
    return False


def test_a_worker_runs_beside_is_replaced_when_it_dies_and_ends_with_the_site(running):
    _home, _port, process = running
    first = worker_of(process)
    os.kill(first, signal.SIGKILL)
    second = worker_of(process, other_than=first)
    assert second != first and len(workers_of(process)) == 1
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert is_gone(second)


def test_nothing_outlives_a_supervisor_that_was_killed(running):
    _home, port, process = running
    worker = worker_of(process)
    time.sleep(3)
    process.kill()
    process.wait()
    assert is_gone(worker)
    assert is_free(port)
