"""A data folder -> a worker that does its jobs, alone (`python -m hedu.doors.work`) or beside the web processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
WELL_AFTER = 60.0
LEAVE_WITHIN = 12.0


@contextmanager
def beside() -> Iterator[None]:
    """Within, a worker process runs, replaced when it dies (HEDU_JOBS=0: none, another machine has it)."""
    if os.environ.get("HEDU_JOBS") == "0":
        yield
        return
    over = threading.Event()
    keeper = threading.Thread(target=_keep, args=(over,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join(LEAVE_WITHIN + 2)


def _keep(over: threading.Event) -> None:
    """Start a worker, and again after its death: at once, then ever later while it keeps dying soon."""
    pause = FIRST_PAUSE
    while not over.is_set():
        started = time.monotonic()
        worker = subprocess.Popen([sys.executable, "-m", "hedu.doors.work", str(os.getpid())])
        while worker.poll() is None and not over.wait(0.2):
            pass
        if over.is_set():
            _end(worker)
            return
        pause = FIRST_PAUSE if time.monotonic() - started > WELL_AFTER else min(pause * 2, LONGEST_PAUSE)
        over.wait(pause)


def _end(worker: subprocess.Popen[bytes]) -> None:
    worker.terminate()
    try:
        worker.wait(LEAVE_WITHIN)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()


def main(supervisor: int | None) -> int:
    """Work until told to end, or until the process that started us is gone -> exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hedu.center.settings")
    leaving = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leaving.set())
    import django

    django.setup()
    from hedu.center.kernel import worker

    return worker.run(leaving, lambda: supervisor is not None and os.getppid() != supervisor)


if __name__ == "__main__":
    code = main(int(sys.argv[1]) if len(sys.argv) > 1 else None)
    sys.stderr.flush()
    os._exit(code)  # a job that will not end must not keep the process
