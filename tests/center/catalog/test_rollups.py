"""Rollups of a site: recommended from what boards ask, accepted by administrators, built by a job, read by everybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from django.test import Client

from hedu.center.catalog import actions, reads, serving
from hedu.center.catalog.models import Metric, Rollup, Usage
from hedu.center.catalog.reads.rolling import questions_asked, rollups_found, rollups_of_site
from hedu.center.dashboards.models import SavedView
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Audit, Job, User
from hedu.center.people.models import Department, Policy
from hedu.engine.warehouse import Warehouse
from hedu.errors import Conflict, Denied, HeduError

TEXTS = {
    "a.yml": """
version: 1
dataset: orders
source: orders
time: day
dimensions: {day: {type: date}, region: {}, channel: {}}
measures: {amount: {agg: sum}}
---
version: 1
metric: revenue
label: 收入
owner: sales
simple: orders.amount
---
version: 1
workspace: company
departments: {sales: 销售, finance: 财务}
"""
}
ROWS = """
select date '2024-01-01' + (n % 60)::integer as day, ['east', 'west'][1 + n % 2] as region,
  ['web', 'shop'][1 + n % 2] as channel, n as amount from range(5000) as t(n)
"""
TOLD = {"measures": ["orders.amount"], "dimensions": ["region"], "time": "month"}
ASKED = {"metrics": ["revenue"], "by": ["metric_time.month", "region"]}


@pytest.fixture
def warehouse(settings: object, tmp_path: Path) -> Iterator[Warehouse]:
    settings.HEDU_ENGINE = f"duckdb:///{tmp_path / 'warehouse'}"  # type: ignore[attr-defined]
    made = Warehouse(tmp_path / "warehouse")
    loaded(made, ROWS)
    yield made
    serving.forget()


def loaded(warehouse: Warehouse, sql: str) -> None:
    with duckdb.connect() as connection, warehouse.writing() as batch:
        batch.put("orders", connection.sql(sql).to_arrow_table())


@pytest.fixture
def boss(person: Callable[..., User], department: Callable[[str], Department], warehouse: Warehouse) -> User:
    department("sales")
    department("finance")
    actions.apply_texts(SYSTEM, TEXTS)
    return person("boss", is_superuser=True)


def test_an_accepted_rollup_is_built_and_read(boss: User, acting: Callable[[User], Actor]) -> None:
    before = reads.ask(SYSTEM, **ASKED)
    actions.accept_rollup(acting(boss), "months", **TOLD)
    assert [(one.rollup.name, one.rows) for one in rollups_of_site(acting(boss))] == [("months", None)]
    assert reads.ask(SYSTEM, **ASKED).receipt.rollups == ()
    assert work_off() == 1
    assert [(one.rollup.name, one.rows) for one in rollups_of_site(acting(boss))] == [("months", 4)]
    after = reads.ask(SYSTEM, **ASKED)
    assert (before.receipt.rollups, after.receipt.rollups) == ((), ("months",))
    assert before.rows() == after.rows()
    assert Audit.objects.filter(deed="catalog.accept_rollup", user=boss).count() == 1
    actions.drop_rollup(acting(boss), "months")
    assert reads.ask(SYSTEM, **ASKED).receipt.rollups == ()
    assert rollups_of_site(acting(boss)) == []
    assert work_off() == 1
    actions.accept_rollup(acting(boss), "months", **TOLD)
    assert Rollup.objects.count() == 2


def test_new_data_are_counted_again(boss: User, acting: Callable[[User], Actor], warehouse: Warehouse) -> None:
    actions.accept_rollup(acting(boss), "months", **TOLD)
    work_off()
    loaded(warehouse, ROWS + " union all select date '2024-01-05', 'east', 'web', 1000000")
    stale = reads.ask(SYSTEM, **ASKED)
    assert stale.receipt.rollups == ()
    job = Job.objects.create(name="catalog.roll_up")
    work_off()
    job.refresh_from_db()
    assert [(one["done"], one["periods"]) for one in job.result["built"]] == [("refreshed", 1)]
    assert reads.ask(SYSTEM, **ASKED).receipt.rollups == ("months",)
    assert reads.ask(SYSTEM, **ASKED).rows() == stale.rows()


def test_rights_hold_over_rollups(boss: User, acting: Callable[[User], Actor], person: Callable[..., User]) -> None:
    actions.accept_rollup(acting(boss), "months", **TOLD)
    work_off()
    finance, sales = (Department.objects.get(code=code) for code in ("finance", "sales"))
    Policy.objects.create(dataset="orders", where="region = 'east'", department=finance)
    Policy.objects.create(dataset="orders", where="channel = 'shop'", department=sales)
    finn, sal = acting(person("finn", "finance")), acting(person("sal", "sales"))
    mine = reads.ask(finn, "revenue", by="region")
    assert mine.receipt.rollups == ("months",)
    assert [row["region"] for row in mine.rows()] == ["east"]
    assert reads.ask(sal, "revenue", by="region").receipt.rollups == ()
    assert [row["region"] for row in reads.ask(sal, "revenue", by="region").rows()] == ["west"]


def test_only_administrators_and_only_what_holds(
    boss: User, acting: Callable[[User], Actor], person: Callable[..., User]
) -> None:
    lin = acting(person("lin", "sales"))
    for deed in (
        lambda: actions.accept_rollup(lin, "months", **TOLD),
        lambda: actions.drop_rollup(lin, "months"),
        lambda: actions.look_for_rollups(lin),
    ):
        with pytest.raises(Denied):
            deed()
    assert rollups_of_site(lin) == []
    assert rollups_found(lin).found == []
    actions.accept_rollup(acting(boss), "months", **TOLD)
    with pytest.raises(Conflict, match="rollup-name-taken"):
        actions.accept_rollup(acting(boss), "Months", **TOLD)
    for name, told, code in (
        ("no good", TOLD, "question-unfit"),
        ("fine", {**TOLD, "time": "fortnight"}, "question-unfit"),
        ("fine", {**TOLD, "dimensions": ["nosuch"]}, "rollup-dimension-unknown"),
    ):
        with pytest.raises(HeduError) as raised:
            actions.accept_rollup(acting(boss), name, **told)
        assert raised.value.code == code


def test_what_boards_ask_is_recommended_and_accepted_with_one_click(
    boss: User, acting: Callable[[User], Actor], signed_in: Callable[[User], Client], person: Callable[..., User]
) -> None:
    view = SavedView.objects.create(name_zh="月报", owner=boss, scope="company", question=ASKED)
    Usage.objects.create(kind="view", object=str(view.pk), metric=Metric.objects.get(name="revenue"), count=7)
    assert [(question.metrics, times) for question, times in questions_asked(SYSTEM)] == [(("revenue",), 7)]
    client = signed_in(boss)
    assert "没有推荐" in client.get("/admin/rollups/").content.decode()
    client.post("/admin/rollups/look/")
    assert work_off() == 1
    (found,) = rollups_found(acting(boss)).found
    assert (found["rows"], found["base_rows"], found["askings"]) == (4, 5000, 7)
    page = client.get("/admin/rollups/").content.decode()
    assert "orders.amount" in page and "5000" in page
    told = {"name": found["name"], "measure": "orders.amount", "dimension": "region", "time": "month"}
    assert client.post("/admin/rollups/accept/", told).status_code == 302
    work_off()
    page = client.get("/admin/rollups/").content.decode()
    assert "可用，4 行" in page and "没有推荐" in page
    assert reads.ask(SYSTEM, **ASKED).receipt.rollups == (found["name"],)
    client.post(f"/admin/rollups/{found['name']}/drop/")
    assert "还没有预汇总表" in client.get("/admin/rollups/").content.decode()
    assert signed_in(person("lin", "sales")).get("/admin/rollups/").status_code == 403
