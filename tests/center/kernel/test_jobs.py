"""Jobs: done once, coalesced by key, tried again, never lost, stopped when asked; the timetable is kept once."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from hedu.center.kernel import job as queue
from hedu.center.kernel import timetable
from hedu.center.kernel.job import JobKind, Run, enqueue, job, perform, take, work_off
from hedu.center.kernel.models import Job, Timetable
from hedu.errors import EngineError, QueryError
from tests.center import databases
from tests.center.kernel.sinks import web_hook

ROOT = Path(__file__).resolve().parents[3]
SEEN: list[Any] = []


@job("test.note")
def note(run: Run, **payload: Any) -> dict[str, int]:
    SEEN.append(payload)
    return {"seen": len(SEEN)}


@job("test.gather", merge=lambda old, new: {"names": sorted({*old["names"], *new["names"]})})
def gather(run: Run, *, names: list[str]) -> None:
    SEEN.append(names)


@job("test.break", retries=2)
def break_down(run: Run) -> None:
    raise RuntimeError("the wire is cut")


@job("test.refuse")
def refuse(run: Run) -> None:
    raise QueryError("not-found", kind="metric", name="nothing")


@job("test.engine", retries=1)
def engine_away(run: Run) -> None:
    raise EngineError("engine-unreachable", engine="x", reason="y")


@job("test.steps")
def steps(run: Run, *, stop_at: int = 99) -> None:
    for at in range(4):
        if at == stop_at:
            Job.objects.filter(pk=run.job.pk).update(cancel_asked=True)
        run.told = None
        run.progress(at / 4, f"step {at}")
        SEEN.append(Job.objects.get(pk=run.job.pk).progress)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[None]:
    SEEN.clear()
    table: dict[str, JobKind] = {
        **queue.kinds(),
        **{kind.name: kind for kind in (note, gather, break_down, refuse, engine_away, steps)},
    }
    monkeypatch.setattr(queue, "kinds", lambda: table)
    yield


def past(row: Job, **when: float) -> None:
    Job.objects.filter(pk=row.pk).update(run_after=timezone.now() - timedelta(**when))


def test_a_job_is_done_once_and_keeps_its_result():
    row = enqueue("test.note", {"metric": "revenue"})
    assert work_off() == 1 and work_off() == 0
    row.refresh_from_db()
    assert (row.state, row.result, row.percent) == ("done", {"seen": 1}, 100)
    assert SEEN == [{"metric": "revenue"}]


def test_a_deed_undone_leaves_no_job():
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("test.note")
        raise RuntimeError
    assert not Job.objects.exists()


def test_jobs_of_one_key_that_wait_become_one():
    first = enqueue("test.gather", {"names": ["a"]}, key="all", run_after=timezone.now() + timedelta(hours=1))
    second = enqueue("test.gather", {"names": ["b"]}, key="all")
    assert first.pk == second.pk
    assert enqueue("test.note", {"at": 1}, key="k").pk == enqueue("test.note", {"at": 2}, key="k").pk
    work_off()
    assert SEEN == [["a", "b"], {"at": 2}]


def test_one_key_never_runs_twice_at_once_and_news_of_a_running_one_waits_behind_it():
    enqueue("test.note", {"at": 1}, key="k")
    running = take("one")
    enqueue("test.note", {"at": 2}, key="k")
    assert running is not None and take("two") is None
    perform(running)
    assert work_off() == 1
    assert SEEN == [{"at": 1}, {"at": 2}]


def test_what_is_not_due_waits():
    enqueue("test.note", run_after=timezone.now() + timedelta(minutes=5))
    assert work_off() == 0


def test_a_fault_is_tried_again_later_and_at_last_given_up():
    row = enqueue("test.break")
    waits = []
    for _ in range(3):
        assert work_off() == 1
        row.refresh_from_db()
        waits.append(round((row.run_after - timezone.now()).total_seconds(), -1))
        past(row, seconds=1)
    assert waits[:2] == [10, 40]
    assert (row.state, row.attempts) == ("dead", 3)
    assert row.error.startswith("RuntimeError: the wire is cut")
    assert work_off() == 0


def test_a_refusal_is_final_and_an_engine_away_is_not():
    no, away = enqueue("test.refuse"), enqueue("test.engine")
    work_off()
    no.refresh_from_db(), away.refresh_from_db()
    assert (no.state, no.error_code, no.error_facts["name"]) == ("failed", "not-found", "nothing")
    assert (away.state, away.error_code) == ("queued", "engine-unreachable")


def test_progress_is_seen_and_a_cancelled_job_ends_at_its_next_step():
    row = enqueue("test.steps", {"stop_at": 2})
    work_off()
    row.refresh_from_db()
    assert SEEN == [0.0, 0.25]
    assert (row.state, row.note) == ("cancelled", "step 1")


def test_a_lease_that_ran_out_passes_the_job_on_and_the_late_one_changes_nothing():
    enqueue("test.note")
    lost = take("one")
    assert lost is not None and take("two") is None
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    found = take("two")
    assert found is not None and found.attempts == 2
    assert not queue.renew(lost)
    perform(lost)
    assert Job.objects.get().worker == "two" and Job.objects.get().state == "running"
    perform(found)
    assert Job.objects.get().state == "done"


def test_a_job_that_ends_its_workers_is_given_up():
    enqueue("test.break")
    for _ in range(3):
        assert take("w") is not None
        Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert take("w") is None
    assert (Job.objects.get().state, Job.objects.get().error_code) == ("dead", "job-lost-its-worker")


def test_a_worker_that_leaves_puts_its_job_back():
    row = enqueue("test.steps")
    held = take("w")
    assert held is not None and perform(held, lambda: True) == "queued"
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 0)


def test_a_retry_whose_key_waits_already_leaves_the_work_to_that_one():
    enqueue("test.break", key="k")
    held = take("w")
    enqueue("test.break", key="k")
    assert held is not None and perform(held) == "cancelled"
    assert Job.objects.filter(state="queued").count() == 1


# --- the timetable ---------------------------------------------------------------------------------------


def at(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))


def test_slots_are_of_the_sites_clock(settings):
    assert timetable.last_slot("0 2 * * *", at("2026-03-05 02:00:30")) == at("2026-03-05 02:00")
    assert timetable.last_slot("0 2 * * *", at("2026-03-05 01:59:59")) == at("2026-03-04 02:00")
    assert timetable.last_slot("0 2 * * *", at("2026-03-05 02:00")).astimezone(UTC).hour == 18


def test_each_slot_is_handed_over_once_and_missed_ones_once(monkeypatch):
    monkeypatch.setattr(timetable, "entries", lambda: (("0 2 * * *", "test.note", {"why": "night"}),))
    assert timetable.hand_over(at("2026-03-05 12:00")) == [], "a new entry begins with its next slot"
    assert len(timetable.hand_over(at("2026-03-06 02:00:05"))) == 1
    assert timetable.hand_over(at("2026-03-06 02:00:10")) == []
    assert work_off() == 1
    assert len(timetable.hand_over(at("2026-03-09 11:00"))) == 1
    assert Timetable.objects.get().last_slot == at("2026-03-09 02:00")


def test_every_entry_names_a_job_that_exists():
    for expression, name, payload in timetable.entries():
        assert name in queue.kinds(), name
        assert timetable.last_slot(expression, timezone.now()) <= timezone.now()
        assert isinstance(payload, dict)


# --- workers that are processes --------------------------------------------------------------------------


def told(home: Path) -> dict[str, str]:
    return {
        **databases.settings_of(home),
        "HEDU_SECRET_KEY": "the same for all processes of a test",
        "DJANGO_SETTINGS_MODULE": "tests.center.kernel.job_settings",
    }


def run(home: Path, *parts: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.center.kernel.job_site", *parts]
    return subprocess.run(command, env=told(home), cwd=ROOT, check=False, capture_output=True, text=True, timeout=120)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = databases.new(tmp_path_factory.mktemp("site"))
    done = run(home, "make")
    assert done.returncode == 0, done.stderr
    return home


@pytest.fixture
def worker(made: Path, tmp_path: Path) -> Iterator[Callable[[], tuple[Path, subprocess.Popen[str]]]]:
    site = databases.copied(made, tmp_path / "site")
    started: list[subprocess.Popen[str]] = []

    def start() -> tuple[Path, subprocess.Popen[str]]:
        process = subprocess.Popen(
            [sys.executable, "-m", "hedu.doors.work"], env=told(site), cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        return site, process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def lines(site: Path) -> list[str]:
    place = site / "done.txt"
    return place.read_text().split() if place.exists() else []


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "waited for a minute"
        time.sleep(0.1)


def wait_for(site: Path, count: int) -> None:
    until(lambda: len(lines(site)) >= count)


def test_two_workers_do_each_job_once(worker):
    site, _one = worker()
    worker()
    assert run(site, "forty").returncode == 0
    wait_for(site, 40)
    assert sorted(map(int, lines(site))) == list(range(40))


def test_a_job_survives_the_kill_of_its_worker(worker):
    site, first = worker()
    assert run(site, "slow").returncode == 0
    wait_for(site, 1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert lines(site) == ["begun"]
    worker()
    wait_for(site, 3)
    assert lines(site) == ["begun", "begun", "ended"]


def test_a_message_under_way_survives_the_kill_of_its_worker(worker):
    """The hook has it, the worker dies before it hears so: it is sent again rather than lost."""
    with web_hook() as hook:
        hook.delay = 30
        site, first = worker()
        assert run(site, "news", str(hook.port)).returncode == 0
        until(lambda: len(hook.got) == 1)
        first.send_signal(signal.SIGKILL)
        first.wait()
        hook.delay = 0
        assert run(site, "is_on_its_way").returncode == 0
        worker()
        until(lambda: len(hook.got) == 2)
        until(lambda: run(site, "is_sent").returncode == 0)
        assert hook.taken[0] == hook.taken[1]


def test_a_worker_told_to_end_puts_back_what_it_has_begun(worker):
    site, first = worker()
    assert run(site, "patient").returncode == 0
    wait_for(site, 1)
    first.send_signal(signal.SIGTERM)
    assert first.wait(20) == 0
    assert run(site, "is_waiting").returncode == 0
