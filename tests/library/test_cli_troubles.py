"""Whatever befalls a command, it says so in a sentence and a code, and never in a traceback."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from hedu.doors.cli import main
from hedu.errors import DefinitionError

SHOP = Path(__file__).parents[2] / "examples" / "shop"
HEDU = (sys.executable, "-m", "hedu.doors.cli")
IN_CHINESE = {**os.environ, "HEDU_LANG": "zh"}


def told(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[object, str]:
    """The exit code, and what went to standard error."""
    with pytest.raises(SystemExit) as stopped:
        main(command)
    return stopped.value.code, capsys.readouterr().err


@pytest.mark.parametrize("command", [("docs", str(SHOP), "--out"), ("demo", "--out")])
def test_where_nothing_can_be_written_is_named(
    command: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file")
    code, error = told(capsys, *command, str(taken))
    assert code == 2 and error.startswith("file-refused") and str(taken) in error
    assert taken.read_text() == "a file"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"- [", "questions-unreadable"),
        ("- 收入".encode("gbk"), "questions-unreadable"),
        (b"metrics: [net_revenue]", "questions-unreadable"),
        (b"- {metrics: [net_revenue], times: often}", "question-unfit"),
    ],
)
def test_a_list_of_questions_that_is_none_is_refused(
    text: bytes, code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "asked.yml"
    listed.write_bytes(text)
    assert told(capsys, "rollup", "recommend", str(listed), "-w", str(SHOP))[1].startswith(code)


def test_half_a_folder_makes_no_catalog(tmp_path: Path) -> None:
    from hedu.doors.cli_docs import render

    (tmp_path / "m.yml").write_text("version: 1\nmetric: [unclosed\n")
    with pytest.raises(DefinitionError, match="yaml-unclosed"):
        render(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_reader_that_leaves_early_is_no_error() -> None:
    for command in (["query", "net_revenue", "--by", "customer.city", "-w", str(SHOP)], ["check", str(SHOP)]):
        reads, writes = os.pipe()
        os.close(reads)
        done = subprocess.run([*HEDU, *command], stdout=writes, stderr=subprocess.PIPE, env=IN_CHINESE, check=False)
        os.close(writes)
        assert (done.returncode, done.stderr) == (1, b"")


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run([*HEDU, "check", str(SHOP)], stdout=full, stderr=subprocess.PIPE, check=False)
    assert done.returncode == 2 and done.stderr.startswith(b"file-refused")


def test_a_terminal_that_knows_no_chinese_shows_it_by_number() -> None:
    narrow = {**IN_CHINESE, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run([*HEDU, "--help"], capture_output=True, env=narrow, check=False)
    assert done.returncode == 0 and b"\\u6307\\u6807" in done.stdout


def test_an_interrupted_command_ends_without_a_word() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        asked = [*HEDU, "query", "net_revenue", "-w", str(SHOP), "--engine", f"trino://x@127.0.0.1:{port}/a"]
        running = subprocess.Popen(asked, stderr=subprocess.PIPE, start_new_session=True)
        silent.accept()
        running.send_signal(signal.SIGINT)
        assert running.communicate(timeout=60)[1] == b"" and running.returncode == 130


@pytest.mark.parametrize("port", ["0", "65536", "-1", "web"])
def test_a_port_is_one_that_exists(port: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, error = told(capsys, "serve", "--port", port)
    assert code == 2 and "--port" in error and len(error) < 600


def test_a_site_says_why_it_cannot_listen(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, error = told(capsys, "serve", "--home", str(tmp_path), "--host", "192.0.2.1", "--port", "8")
    assert code == 1 and "192.0.2.1:8" in error and "已被占用" not in error
