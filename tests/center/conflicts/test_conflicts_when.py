"""Scans start by themselves: once a night, and whenever other data answers than at the last look."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from hedu.center.catalog import actions as catalog
from hedu.center.catalog import serving
from hedu.center.conflicts.models import Scan
from hedu.center.conflicts.schedule import SCHEDULE
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.job import work_off
from hedu.center.kernel.models import Job
from hedu.center.people.models import Department
from hedu.engine.warehouse import Warehouse
from tests.center.catalog.world import ORDERS, REVENUE, SETTINGS

WHEN = {name: when for when, name, _ in SCHEDULE}


def loaded(warehouse: Warehouse, amount: int) -> None:
    sql = f"select 1 as order_id, 'web' as channel, 'east' as region, date '2024-01-10' as paid_on, {amount} as amount, 'paid' as status"
    with duckdb.connect() as connection, warehouse.writing() as batch:
        batch.put("orders", connection.sql(sql).to_arrow_table())


@pytest.fixture
def warehouse(settings: Any, tmp_path: Path, department: Callable[[str], Department]) -> Any:
    settings.HEDU_ENGINE = f"duckdb:///{tmp_path / 'warehouse'}"
    made = Warehouse(tmp_path / "warehouse")
    loaded(made, 100)
    for code in ("sales", "finance"):
        department(code)
    head, _, rest = ORDERS.partition("select: |")
    orders = head + "source: orders\n" + rest[rest.index("primary_key") :]
    catalog.apply_texts(SYSTEM, {"w.yml": SETTINGS, "o.yml": orders, "r.yml": REVENUE})
    yield made
    serving.forget()


def run(name: str) -> list[str]:
    """A scheduled job and all it asks for -> why each scan there is was made."""
    Job.objects.create(name=name)
    work_off()
    return list(Scan.objects.filter(state=Scan.Stage.DONE).order_by("pk").values_list("why", flat=True))


def test_everywhere_once_a_night(warehouse: Warehouse) -> None:
    assert WHEN["conflicts.nightly"] == "0 2 * * *"
    assert run("conflicts.nightly") == ["night"]
    assert run("conflicts.nightly") == ["night", "night"]


def test_everywhere_once_new_data_answers(warehouse: Warehouse) -> None:
    assert WHEN["conflicts.refreshed"] == "*/10 * * * *"
    assert run("conflicts.refreshed") == [], "nothing was ever looked at: the first look is asked for"
    run("conflicts.nightly")
    assert run("conflicts.refreshed") == ["night"], "the same data"
    loaded(warehouse, 200)
    assert run("conflicts.refreshed") == ["night", "data"]
    assert run("conflicts.refreshed") == ["night", "data"]
    assert len(set(Scan.objects.values_list("snapshot", flat=True))) == 2
