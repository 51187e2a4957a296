"""Pages and deeds for administrators: jobs that wait, run and failed; channels out of the site."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from hedu.center.kernel import actions, reads
from hedu.center.kernel.job import enqueue, take, work_off
from hedu.center.kernel.models import Audit, Channel, Job
from hedu.errors import Conflict, Denied, NotFound
from tests.center.kernel.sinks import Hook, web_hook


@pytest.fixture
def boss(person):
    return person("boss", "company", "administrator")


@pytest.fixture
def hook() -> Iterator[Hook]:
    with web_hook() as made:
        yield made


def a_job(state: str, key: str = "", **fields: object) -> Job:
    return Job.objects.create(name="kernel.tidy", key=key, state=state, ended_at=timezone.now(), **fields)


def test_a_dead_job_is_retried_with_all_its_tries(boss, acting, person):
    row = a_job("dead", attempts=4, error="RuntimeError: x")
    with pytest.raises(Denied):
        actions.retry_job(acting(person("lin", "sales", "liaison")), row.pk)
    actions.retry_job(acting(boss), row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("queued", 0)
    assert Audit.objects.filter(deed="kernel.retry_job", before={"state": "dead", "attempts": 4}).exists()
    assert work_off() == 1
    with pytest.raises(NotFound):
        actions.retry_job(acting(boss), row.pk)


def test_a_job_whose_twin_waits_is_not_retried(boss, acting):
    row = a_job("failed", key="k")
    enqueue("kernel.tidy", key="k")
    with pytest.raises(Conflict) as refused:
        actions.retry_job(acting(boss), row.pk)
    assert refused.value.code == "job-waits-already"
    assert Job.objects.filter(state="failed").count() == 1


def test_cancelling_takes_a_waiting_job_out_and_asks_a_running_one(boss, acting):
    waiting = enqueue("kernel.tidy", run_after=timezone.now() + timedelta(hours=1))
    assert actions.cancel_job(acting(boss), waiting.pk).state == "cancelled"
    enqueue("kernel.tidy")
    running = take("w")
    assert running is not None and actions.cancel_job(acting(boss), running.pk).cancel_asked
    assert work_off() == 0


def test_jobs_are_told_to_administrators_alone(boss, acting, person):
    a_job("done")
    assert [row["state"] for row in reads.jobs(acting(boss))] == ["done"]
    assert reads.jobs(acting(boss), state="dead") == [] == reads.jobs(acting(person("lin")))


def test_the_page_of_jobs(boss, signed_in, person):
    done = a_job("done", result={"found": 3})
    a_job("failed", error_code="not-found", error_facts={"name": "nothing", "kind": "metric"})
    dead = a_job("dead", error="RuntimeError: the wire is cut")
    Job.objects.create(name="kernel.tidy", state="running", progress=0.42, note="revenue", lease_until=timezone.now())
    client = signed_in(boss)
    page = client.get("/admin/jobs/").content.decode()
    for text in (
        "42% revenue",
        "the wire is cut",
        "没有找到“nothing”",
        "&quot;found&quot;: 3",
        "kernel.tidy",
        "30 3 * * *",
    ):
        assert text in page, text
    assert "the wire" not in client.get("/admin/jobs/?state=done").content.decode()
    part = client.get("/admin/jobs/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part and "the wire is cut" in part
    client.post(f"/admin/jobs/{dead.pk}/retry/")
    dead.refresh_from_db()
    assert dead.state == "queued"
    assert client.post(f"/admin/jobs/{done.pk}/retry/").status_code == 404
    client = signed_in(person("lin", "sales"))
    assert client.get("/admin/jobs/").status_code == 403
    assert client.post(f"/admin/jobs/{dead.pk}/cancel/").status_code == 403


def test_the_page_of_channels(boss, signed_in, person, hook, department):
    client = signed_in(boss)
    form = {"name": "财务群", "department": department("finance").pk, "types": ["sign"], "per_minute": 5}
    secret = f"json://127.0.0.1:{hook.port}/very-secret-key"
    page = client.post("/admin/channels/", {**form, "url": "gopher://x"}).content.decode()
    assert "不支持以此开头" in page and not Channel.objects.exists()
    page = client.post("/admin/channels/", {**form, "url": secret}, follow=True).content.decode()
    row = Channel.objects.get()
    assert "财务群" in page and "very-secret-key" not in page and row.types == ["sign"]
    assert "已试发" in client.post(f"/admin/channels/{row.pk}/try/", follow=True).content.decode()
    assert len(hook.got) == 1
    hook.answers = [500]
    assert "没有接收" in client.post(f"/admin/channels/{row.pk}/try/", follow=True).content.decode()
    for deed, is_active in (("off", False), ("on", True)):
        client.post(f"/admin/channels/{row.pk}/{deed}/")
        row.refresh_from_db()
        assert row.is_active is is_active
    assert "重新排队" in client.post(f"/admin/channels/{row.pk}/retry/", follow=True).content.decode()
    stranger = signed_in(person("lin", "sales"))
    assert stranger.get("/admin/channels/").status_code == 403
    assert stranger.post(f"/admin/channels/{row.pk}/remove/").status_code == 403
    signed_in(boss).post(f"/admin/channels/{row.pk}/remove/")
    assert not Channel.objects.exists()
