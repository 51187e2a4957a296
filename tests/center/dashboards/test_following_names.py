"""A metric under another name goes on to answer wherever it was kept, linked or programmed under the old one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from hedu.center.catalog import reads as catalog
from hedu.center.catalog.models import Favourite, Usage
from hedu.center.dashboards import actions, reads
from hedu.center.dashboards.models import Dashboard, SavedView
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit, User
from hedu.errors import Conflict
from tests.center import signed
from tests.center.catalog.world import ORDER_COUNT

ASKED: dict[str, Any] = {
    "metrics": ["revenue", "basket"],
    "by": ["region"],
    "where": ["revenue > 100 and region <> 'revenue'"],
    "order": ["-revenue"],
}
CHART = {"kind": "bar", "options": {"metrics": ["revenue"], "format": {"revenue__previous": "0"}}}


@pytest.fixture
def named_anew(
    sally: User, act: Callable[[User], Actor], django_capture_on_commit_callbacks: Any
) -> Callable[[], None]:
    """A view, a board that points to it and holds a question of its own; then the new name."""

    def go() -> None:
        me = act(sally)
        view = actions.save_view(me, name="V", question=ASKED, chart=CHART, scope="company")
        board = actions.create_dashboard(me, name="B")
        actions.share_dashboard(me, board.pk, scope="company")
        actions.add_tile(me, board.pk, view=view.pk)
        actions.add_tile(me, board.pk, title="t", question=ASKED, chart=CHART)
        Favourite.objects.create(user=sally, metric=catalog.metric_named(me, "revenue"))
        with django_capture_on_commit_callbacks(execute=True):
            signed.rename(SYSTEM, "revenue", "net_revenue")

    return go


def test_views_and_tiles_are_kept_under_the_new_name(
    named_anew: Callable[[], None], sally: User, act: Callable[[User], Actor]
) -> None:
    before = catalog.ask(act(sally), **ASKED).table.to_pydict()
    named_anew()
    now = {
        **ASKED,
        "metrics": ["net_revenue", "basket"],
        "where": ["net_revenue > 100 and region <> 'revenue'"],
        "order": ["-net_revenue"],
    }
    view, board = SavedView.objects.get(), Dashboard.objects.get()
    tile = board.tiles.get(view=None)
    assert {key: view.question[key] for key in now} == now == {key: tile.question[key] for key in now}
    assert (
        view.chart["options"]
        == {"metrics": ["net_revenue"], "format": {"net_revenue__previous": "0"}}
        == tile.chart["options"]
    )
    answered = reads.answer(act(sally), view.question).table.to_pydict()
    assert list(answered.values()) == list(before.values())
    assert Usage.objects.filter(kind="dashboard", metric__name="net_revenue").count() == 1
    assert Favourite.objects.get().metric.name == "net_revenue"


def test_following_is_audited_and_loses_nobodys_edit(
    named_anew: Callable[[], None], sally: User, act: Callable[[User], Actor]
) -> None:
    named_anew()
    rows = Audit.objects.filter(deed="dashboards.follow_names")
    assert {row.kind for row in rows} == {"savedview", "dashboard"} and {row.who for row in rows} == {SYSTEM.name}
    assert "revenue" in json.dumps(rows.get(kind="savedview").before)
    view = SavedView.objects.get()
    saved = actions.update_view(act(sally), view.pk, version=view.version, question=ASKED, chart=CHART)
    assert saved.question["metrics"] == ["net_revenue", "basket"], "what an open page still holds is kept as of today"


def test_links_and_programs_may_go_on_with_the_old_name(
    named_anew: Callable[[], None], sally: User, act: Callable[[User], Actor], client: Client
) -> None:
    before = catalog.ask(act(sally), **ASKED).table.to_pydict()
    named_anew()
    client.force_login(sally, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/metrics/revenue/?tab=uses").headers["Location"] == "/metrics/net_revenue/?tab=uses"
    address = "/explore/?metrics=revenue&by=region&order=-revenue&since=2024"
    assert client.get(address).headers["Location"] == address.replace("revenue", "net_revenue")
    answer = client.post("/ask/", ASKED, content_type="application/json").json()
    assert [column["name"] for column in answer["columns"]] == ["region", "net_revenue", "basket"]
    assert [row[1] for row in answer["rows"]] == before["revenue"]
    for path in ("/api/catalog/metric?name=revenue", "/api/catalog/lineage?name=revenue"):
        assert client.get(path).status_code == 200, path
    assert catalog.dimensions_of(act(sally), ["revenue"]) == catalog.dimensions_of(act(sally), ["net_revenue"])
    assert catalog.values_of(act(sally), "region", metrics=["revenue"])


def test_nobody_else_is_given_a_name_that_was_somebodys(
    named_anew: Callable[[], None], sally: User, act: Callable[[User], Actor]
) -> None:
    named_anew()
    with pytest.raises(Conflict, match="name-taken"):
        signed.put({"m.yml": ORDER_COUNT.replace("metric: order_count", "metric: revenue")})
    with pytest.raises(Conflict, match="name-taken"):
        signed.rename(SYSTEM, "order_count", "revenue")
    signed.rename(SYSTEM, "net_revenue", "revenue")
    assert catalog.ask(act(sally), "net_revenue").table.column_names == ["revenue"]
