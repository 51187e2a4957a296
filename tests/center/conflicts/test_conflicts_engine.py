"""An engine that does not answer: nothing is verified, nothing vanishes, nothing waits for good."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from hedu.alignment.scene import Scene
from hedu.alignment.series import series
from hedu.center.conflicts import actions, jobs
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
