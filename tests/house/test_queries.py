"""No list page asks the database once a row: twelve of everything cost as many queries as three."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import NoReverseMatch, get_resolver, reverse

from hedu.center.catalog import actions as catalog
from hedu.center.catalog import serving
from hedu.center.catalog.models import Metric
from hedu.center.conflicts import actions as conflicts
from hedu.center.dashboards import actions as dashboards
from hedu.center.kernel import actions as kernel
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.models import Notification, User
from hedu.center.people.models import Department, Membership, Policy
from hedu.center.proposals import actions as proposals
from tests.center import signed
from tests.house.secrets_of_sales import TEXTS, store
from tests.house.test_leaks import NOT_WALKED, patterns

FEW, MANY = 3, 12
SLACK = 2
DATASET = (
    TEXTS["datasets/deals.yml"]
    .replace("dataset: deals", "dataset: deals_{at}")
    .replace("deal: deal_id", "deal_{at}: deal_id")
)
WANTED = "version: 1\nmetric: wanted_{at}\nowner: sales\nsimple: deals.amount\n"
METRIC = "version: 1\nmetric: revenue_{at}\nlabel: {{zh: 销售额{at}, en: Revenue {at}}}\nowner: sales\nsimple: deals_{at}.amount\n"


@pytest.fixture
def sally(db: None, settings: Any, tmp_path: Any) -> Iterator[User]:
    settings.HEDU_ENGINE = store(tmp_path / "deals.duckdb")
    settings.MEDIA_ROOT = tmp_path
    company = Department.objects.create(code="company", name_zh="公司")
    sales = Department.objects.create(code="sales", name_zh="销售部", parent=company)
    user: User = User.objects.create_user("sally", "correct horse battery", name="Sally", is_superuser=True)
    Membership.objects.create(user=user, department=sales, role="owner")
    catalog.apply_texts(SYSTEM, TEXTS)
    yield user
    serving.forget()


def more(sally: User, start: int, end: int) -> None:
    """One more of everything for each number."""
    me = actor_of(sally)
    metric = Metric.objects.get(name="revenue").pk
    for at in range(start, end):
        department = Department.objects.create(
            code=f"d{at}", name_zh=f"部门{at}", parent=Department.objects.get(code="sales")
        )
        person: User = User.objects.create_user(f"p{at}", "correct horse battery", name=f"P{at}")
        Membership.objects.create(user=person, department=department, role="member")
        Policy.objects.create(dataset="deals", where="true", department=department)
        catalog.create_draft(me, text=METRIC.format(at=f"draft{at}"))
        view = dashboards.save_view(
            me, name=f"V{at}", question={"metrics": ["revenue"], "by": ["region"]}, scope="company"
        )
        board = dashboards.create_dashboard(me, name=f"B{at}", scope="company")
        dashboards.add_tile(me, board.pk, view=view.pk)
        kernel.comment(me, "metric", metric, text=f"C{at}")
        kernel.attach(me, "metric", metric, file=SimpleUploadedFile(f"{at}.txt", b"x"))
        kernel.create_token(me, name=f"T{at}")
        catalog.favourite(me, "revenue")
        raised = conflicts.raise_by_hand(me, text=f"Wrong {at}", metrics=["revenue"])
        conflicts.state_position(me, raised.pk, text=f"Ours {at}")
        proposals.open_proposal(me, texts={"wanted.yml": WANTED.format(at=at)})
        Notification.objects.create(user=sally, topic="commented", facts={"name": "x", "text": "x"})
    texts = {f"datasets/deals_{at}.yml": DATASET.replace("{at}", str(at)) for at in range(start, end)}
    texts |= {f"metrics/revenue_{at}.yml": METRIC.format(at=at) for at in range(start, end)}
    signed.put(TEXTS | texts)


def lists() -> list[str]:
    """Every page that needs no object in its path, and the pages about one object that list others."""
    metric = Metric.objects.get(name="revenue").pk
    plain = []
    for space, item in patterns(get_resolver().url_patterns):
        with suppress(NoReverseMatch):
            if item.name not in NOT_WALKED:
                plain.append(reverse(space + str(item.name)))
    return sorted(
        {
            *plain,
            "/metrics/revenue/",
            f"/comments/metric/{metric}/",
            f"/documents/metric/{metric}/",
            "/departments/sales/",
        }
    )


def counted(client: Client) -> dict[str, int]:
    found = {}
    for path in lists():
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        assert answer.status_code < 500, path
        found[path] = len(queries)
    return found


def test_no_list_asks_once_a_row(sally: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(sally, backend="django.contrib.auth.backends.ModelBackend")
    more(sally, 0, FEW)
    few = counted(client)
    more(sally, FEW, MANY)
    many = counted(client)
    growing = {path: (few[path], many[path]) for path in few if many[path] > few[path] + SLACK}
    assert not growing, f"queries at {FEW} and at {MANY} of everything: {growing}"
    assert len(few) > 20
