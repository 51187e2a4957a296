"""An engine that does not answer: nothing is verified, nothing vanishes, nothing waits for good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hedu.alignment.scene import Scene
from hedu.alignment.series import series
from hedu.center.conflicts import actions, jobs, reads
from hedu.center.conflicts.models import Case, Scan
from hedu.center.conflicts.scene import site_scene
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Job
from hedu.errors import EngineError
from tests.center.catalog.world import REVENUE

NARROWER = REVENUE.replace("'paid'\"", "'paid' and orders.channel = 'web'\"")
OF_SALES = "raci: {R: [sales], A: sales, C: [finance]}\n"
FINANCE = (
    NARROWER.replace("metric: revenue", "metric: revenue_fin")
    .replace("owner: sales", "owner: finance")
    .replace(OF_SALES, "")
)


@dataclass
class Down:
    """A look through which no question comes back."""

    look: Any
    code: str

    def snapshot(self) -> str | None:
        return self.look.snapshot()

    def watermark(self, dataset: str) -> Any:
        return self.look.watermark(dataset)

    def __getattr__(self, name: str) -> Any:
        def ask(*args: Any, **question: Any) -> Any:
            raise EngineError(self.code, seconds=1, url="x", detail="x")

        return ask


def work_everything_off() -> None:
    for _ in range(4):
        Job.objects.filter(state="queued").update(run_after=timezone.now() - timedelta(seconds=1))
        work_off()


@pytest.fixture
def more_texts() -> dict[str, str]:
    return {"revenue_fin.yml": FINANCE}


@pytest.fixture
def same_name(sally, finn, mo) -> Case:
    """Sales and finance mean different things by one name."""
    actions.scan(SYSTEM)
    work_off()
    return Case.objects.get(kind="definition", metrics__name="revenue_fin")


@pytest.fixture(params=["engine-timeout", "engine-unreachable"])
def down(request, monkeypatch) -> str:
    def scene() -> Scene:
        found = site_scene()
        return replace(found, look=Down(found.look, request.param))

    monkeypatch.setattr(jobs, "site_scene", scene)
    return request.param


def test_a_check_that_the_engine_does_not_answer_verifies_nothing(same_name, ada, act, down):
    actions.decide(act(ada), same_name.pk, decision="fix_data", reason="补录。")
    actions.verify(act(ada), same_name.pk)
    work_off()
    job = Job.objects.get(name="conflicts.check")
    assert (job.state, job.error_code) == ("queued", down), "it is tried again"
    work_everything_off()
    job.refresh_from_db()
    same_name.refresh_from_db()
    assert job.state == "dead"
    assert (same_name.state, same_name.check_state, same_name.vanished_at) == ("decided", "", None)
    assert not same_name.findings.filter(is_clean=True).exists()


def test_a_scan_that_the_engine_does_not_answer_marks_no_case_as_gone(same_name, down):
    actions.scan(SYSTEM)
    work_everything_off()
    same_name.refresh_from_db()
    assert same_name.vanished_at is None
    assert Scan.objects.first().state == ("done" if down == "engine-timeout" else "failed")


def test_an_engine_that_is_gone_stops_the_look_and_a_slow_metric_costs_its_own_series(same_name):
    scene = site_scene()
    with pytest.raises(EngineError):
        series(replace(scene, look=Down(scene.look, "engine-unreachable"), kept={}), "month")
    assert series(replace(scene, look=Down(scene.look, "engine-timeout"), kept={}), "month") == {}


# --- scans that end otherwise ----------------------------------------------------------------------------


@pytest.fixture
def breaking(monkeypatch) -> None:
    monkeypatch.setattr(jobs, "site_scene", lambda: 1 / 0)


def test_a_scan_that_breaks_has_failed_and_another_may_be_asked_for(published, breaking):
    actions.scan(SYSTEM)
    assert reads.is_scanning(SYSTEM)
    work_everything_off()
    assert Job.objects.get(name="conflicts.scan").state == "dead"
    row = Scan.objects.get()
    assert (row.state, row.error_code, row.finished_at is None) == ("failed", "ZeroDivisionError", False)
    assert not reads.is_scanning(SYSTEM)


@pytest.mark.parametrize("stage", ["waiting", "running"])
def test_a_scan_whose_worker_was_killed_counts_as_failed(published, stage):
    row = actions.scan(SYSTEM)
    Scan.objects.filter(pk=row.pk).update(state=stage)
    Job.objects.update(state="dead")
    assert not reads.is_scanning(SYSTEM)
    again = actions.scan(SYSTEM)
    row.refresh_from_db()
    assert (row.state, row.error_code) == ("failed", "job-lost-its-worker")
    assert again.pk != row.pk and reads.is_scanning(SYSTEM)


def test_a_scan_that_overtakes_one_to_be_tried_again_looks_at_what_both_were_to(published, monkeypatch):
    first = actions.scan(SYSTEM)
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "site_scene", lambda: 1 / 0)
        work_off()
    second = actions.scan(SYSTEM, metrics=["revenue"])
    assert Job.objects.get(name="conflicts.scan", state="queued").payload == {"scan": second.pk, "also": [first.pk]}
    work_everything_off()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.metrics) == ("failed", "done", [])
    assert not reads.is_scanning(SYSTEM)
