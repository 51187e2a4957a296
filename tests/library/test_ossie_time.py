"""What datasets of an Ossie model go by: their own times, or the day of the calendar their rows lead to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import hedu
from hedu.define.ossie.carry import carried
from hedu.doors.cli_import import native_texts
from hedu.errors import QueryError

TABLES = """
create table sales (id int, sold int, shipped int, shop int, amount int);
insert into sales values (1, 20240105, 20240201, 1, 10), (2, 20240120, null, 1, 20), (3, 20240203, 20240203, 2, 5),
  (4, null, 20240105, 2, 7), (5, 20991231, null, 1, 1);
create table calendar (key int, d date, q text);
insert into calendar values (20240105, '2024-01-05', 'Q1'), (20240120, '2024-01-20', 'Q1'),
  (20240201, '2024-02-01', 'Q1'), (20240203, '2024-02-03', 'Q1');
create table shops (shop int, name text, opened date);
insert into shops values (1, 'A', '2020-01-01'), (2, 'B', '2021-01-01');
"""


def field(name: str, expression: str = "", **more: Any) -> dict[str, Any]:
    dialects = [{"dialect": "ANSI_SQL", "expression": expression or name}]
    is_time = {"dimension": {"is_time": more.pop("is_time")}} if "is_time" in more else {}
    return {"name": name, "expression": {"dialects": dialects}, **is_time, **more}


def link(name: str, to: str, own: str, there: str, source: str = "sales") -> dict[str, Any]:
    return {"name": name, "from": source, "to": to, "from_columns": [own], "to_columns": [there]}


def star(**changed: Any) -> dict[str, Any]:
    """Sales with the key of a day, a calendar, shops with a day of their own."""
    parts: dict[str, Any] = {
        "sales": [field(name) for name in ("id", "sold", "shop", "amount")],
        "calendar": [field("key"), field("day", "d", datatype="Date"), field("q", datatype="String", is_time=True)],
        "links": [link("s_c", "calendar", "sold", "key"), link("s_s", "shops", "shop", "shop")],
        "name": "calendar",
    } | changed
    datasets = [
        {"name": "sales", "source": "sales", "primary_key": ["id"], "fields": parts["sales"]},
        {"name": parts["name"], "source": "calendar", "primary_key": ["key"], "fields": parts["calendar"]},
        {"name": "shops", "source": "shops", "primary_key": ["shop"],
         "fields": [field("shop"), field("name"), field("opened", datatype="Date")]},
    ]  # fmt: skip
    metrics = [
        {"name": "sold", "expression": {"dialects": [{"dialect": "ANSI_SQL", "expression": "SUM(sales.amount)"}]}}
    ]
    return {
        "version": "0.2.0.dev0",
        "semantic_model": [{"name": "m", "datasets": datasets, "relationships": parts["links"], "metrics": metrics}],
    }


def times(document: dict[str, Any]) -> dict[str, str | None]:
    return {one.name: one.time for one in carried({"m.yaml": yaml.safe_dump(document)}).definitions.datasets}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> str:
    path: Path = tmp_path_factory.mktemp("star") / "star.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    return f"duckdb:///{path}"


def test_a_fact_goes_by_the_day_of_its_calendar(engine: str) -> None:
    made = carried({"m.yaml": yaml.safe_dump(star())})
    assert times(star()) == {"sales": "calendar.day", "calendar": "day", "shops": "opened"}
    ws = hedu.load(native_texts(made), engine=engine, strict=True)
    rows = [tuple(row.values()) for row in ws.ask("sold", by="metric_time__month").rows()]
    assert [(str(day)[:7], int(amount)) for day, amount in rows] == [("2024-01", 30), ("2024-02", 5), ("None", 8)]
    assert ws.ask("sold", since="2024-01-06", until="2024-02-29").rows() == [{"sold": 25}]


def test_two_ways_to_a_calendar_leave_the_choice(engine: str) -> None:
    links = [link("sold_on", "calendar", "sold", "key"), link("shipped_on", "calendar", "shipped", "key")]
    document = star(links=links)
    assert times(document)["sales"] is None
    ws = hedu.load(native_texts(carried({"m.yaml": yaml.safe_dump(document)})), engine=engine, strict=True)
    by_day = ws.ask("sold", by=["sold_on.q", "shipped_on.q"]).rows()
    assert sum(row["sold"] for row in by_day) == 43
    for asked in ({"by": "metric_time__month"}, {"since": "2024-01-01"}):
        with pytest.raises(QueryError) as caught:
            ws.ask("sold", **asked)
        assert caught.value.code == "metric-without-time"


def test_a_table_with_a_day_is_no_calendar() -> None:
    """A shop was opened some day: its sales were not made on that day."""
    assert times(star(links=[link("s_s", "shops", "shop", "shop")]))["sales"] is None


@pytest.mark.parametrize(
    ("calendar", "name", "expected"),
    [
        ([field("key"), field("d_date", "d", is_time=True), field("label", "q")], "date_dim", "date_dim.d_date"),
        ([field("key"), field("d", datatype="Date"), field("label", "q")], "periods", None),
        ([field("key"), field("d", datatype="Date"), field("e", "d", datatype="Date")], "calendar", None),
        ([field("key"), field("q", datatype="String", is_time=True)], "calendar", None),
    ],
)
def test_a_calendar_is_known_by_its_name_or_by_holding_times_alone(
    calendar: list[dict[str, Any]], name: str, expected: str | None
) -> None:
    links = [link("s_c", name, "sold", "key")]
    assert times(star(calendar=calendar, name=name, links=links))["sales"] == expected


def test_what_is_said_to_be_no_time_is_none() -> None:
    own = [field("id"), field("sold"), field("created", "CAST(sold AS DATE)", datatype="Date", is_time=False)]
    assert times(star(sales=own))["sales"] == "calendar.day"
    own.append(field("booked", "CAST(sold AS DATE)", datatype="Date"))
    assert times(star(sales=own))["sales"] == "booked"


def test_what_is_worked_out_of_the_time_is_not_another() -> None:
    own = [field("id"), field("sold_at", "at", is_time=True), field("week", "DATE_TRUNC('week', sold_at)", datatype="Date"),
           field("next_year", "DATEADD(year, 1, at)", datatype="Date"), field("opened", "shops.opened", datatype="Date")]  # fmt: skip
    assert times(star(sales=own))["sales"] == "sold_at"
    own[2:3] = [field("week", "DATE_TRUNC('week', sold_at)", datatype="Date", is_time=True)]
    assert times(star(sales=own))["sales"] == "sold_at"
    own.append(field("sent", "CAST(shipped AS DATE)", datatype="Date", is_time=True))
    assert times(star(sales=own))["sales"] is None


def test_the_day_of_a_parent_serves_where_there_is_no_other() -> None:
    own = [field("id"), field("sold"), field("day_of_sale", "calendar.day", datatype="Date")]
    assert times(star(sales=own))["sales"] == "day_of_sale"
