"""PostgreSQL as an engine: read-only, stopped in time, its faults in our words, its foreign keys as proofs."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import hedu
from hedu.engine import connect
from hedu.engine.protocol import Engine
from hedu.errors import EngineError
from tests.engines.postgresql import run, server
from tests.engines.refusals import code_of
from tests.library.zoned import DEFINITIONS, ROWS

pytestmark = pytest.mark.engine_postgres
TABLES = """
create schema erp;
create type erp.state as enum ('open', 'paid');
create table erp.customers (id integer primary key, region text, token uuid);
create table erp.orders (id integer primary key, customer integer not null references erp.customers,
  loose integer references erp.customers, state erp.state, amount numeric(12, 2), seen timestamptz, on_day date);
insert into erp.customers values (1, '华东', '00000000-0000-0000-0000-000000000001'), (2, 'b', null), (3, 'B', null);
insert into erp.orders select g, 1 + g % 3, null, case when g % 2 = 0 then 'paid' else 'open' end::erp.state, g * 1.25,
  '2024-01-01 00:30+00'::timestamptz + g * interval '1 day', date '2024-01-01' + g from generate_series(1, 30) as g;
"""
MODEL = {
    "m.yml": """
version: 1
dataset: orders
source: erp.orders
primary_key: id
entities: {customer: customer, other: {entity: customer, key: loose}}
time: on_day
dimensions: {on_day: {type: date}, state: {}}
measures: {sales: {agg: sum, expr: amount}}
---
version: 1
dataset: customers
source: erp.customers
primary_key: id
entities: {customer: id}
dimensions: {region: {}}
---
version: 1
dataset: prices
file: prices.csv
measures: {prices: {agg: count}}
---
version: 1
metric: sales
simple: {measure: orders.sales}
---
version: 1
metric: prices
simple: {measure: prices.prices}
"""
}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server() as found:
        run(f"{found}/postgres", TABLES)
        yield f"{found}/postgres"


@pytest.fixture(scope="module")
def engine(address: str) -> Iterator[Engine]:
    opened = connect(address, time_zone="Asia/Shanghai")
    yield opened
    opened.close()


def test_values_arrive_as_what_they_are(engine: Engine) -> None:
    row = engine.query(
        "select sum(amount) as total, min(seen) as seen, avg(id)::float as mean, '?' as mark from erp.orders where id <= ?",
        (2,),
    ).to_pylist()[0]
    assert row == {
        "total": Decimal("3.75"),
        "seen": datetime(2024, 1, 2, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai")),
        "mean": 1.5,
        "mark": "?",
    }
    assert engine.rows("select token from erp.customers where id = 1")[1] == [("00000000-0000-0000-0000-000000000001",)]
    kinds = engine.columns(
        "select o.id, amount, region, on_day, seen, o.id > 1 as big from erp.orders as o, erp.customers"
    )
    assert list(kinds.values()) == ["number", "number", "text", "date", "timestamp", "boolean"]


def test_a_bound_text_meets_an_enum_and_a_uuid(engine: Engine) -> None:
    found = engine.query("select count(*) as n from erp.orders where state = ? and id < ?", ("paid", 9))
    assert found.to_pylist() == [{"n": 4}]
    token = "00000000-0000-0000-0000-000000000001"
    assert engine.query("select id from erp.customers where token = ?", (token,)).num_rows == 1
    assert engine.query("select id from erp.customers where token = ?", (token[:-1] + "2",)).num_rows == 0
    assert engine.batches("select id from erp.orders where state = ?", ("open",)).read_all().num_rows == 15
    assert code_of(lambda: engine.query("select 1 from erp.orders where state = ?", ("x' or true --",))) == (
        "engine-value-unfit"
    )


def test_it_only_reads(engine: Engine) -> None:
    for sql in (
        "insert into erp.customers values (9)",
        "with gone as (delete from erp.customers returning 1) select * from gone",
        "select 1; select 2",
        "drop table erp.customers",
    ):
        assert code_of(lambda sql=sql: engine.query(sql)) in ("engine-not-a-select", "engine-refused")
    assert engine.query("select count(*) as n from erp.customers").to_pylist() == [{"n": 3}]


def test_faults_in_our_words(engine: Engine, address: str) -> None:
    assert code_of(lambda: engine.query("select * from erp.order")) == "engine-missing-table"
    with pytest.raises(EngineError) as caught:
        engine.query("select * from erp.orderz")
    assert caught.value.problem.facts["near"] and "erp.orders" in str(caught.value.problem.facts["near"])
    assert code_of(lambda: engine.query("select nix from erp.orders")) == "engine-missing-column"
    assert code_of(lambda: engine.query("select 'x'::int")) == "engine-value-unfit"
    assert code_of(lambda: engine.query("select 2000000000::int * 2")) == "engine-overflow"
    assert code_of(lambda: engine.query("select from where")) == "engine-refused"
    assert code_of(lambda: engine.at("2024-01-01")) == "engine-no-history"
    with pytest.raises(EngineError) as caught:
        connect("postgresql://someone:hush@127.0.0.1:1/none")
    assert caught.value.code == "engine-unreachable" and "hush" not in str(caught.value)


def test_it_stops_in_time_and_when_told(engine: Engine) -> None:
    began = time.monotonic()
    assert code_of(lambda: engine.query("select pg_sleep(20)", timeout=0.2)) == "engine-timeout"
    threading.Timer(0.5, engine.cancel).start()
    assert code_of(lambda: engine.query("select pg_sleep(20)")) == "engine-cancelled"
    assert time.monotonic() - began < 5
    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_a_kept_connection_that_broke_is_replaced(engine: Engine, address: str) -> None:
    assert engine.query("select 1 as one").num_rows == 1
    others = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and usename = 'hedu'"
    run(address, others)
    assert engine.query("select 2 as two").to_pylist() == [{"two": 2}]
    run(address, others)
    assert engine.batches("select 3 as three").read_all().to_pylist() == [{"three": 3}]
    run(address, others)
    assert engine.columns("select 4 as four") == {"four": "number"}


def test_large_results_come_in_batches(engine: Engine) -> None:
    sql = "select g as x, g * 1.5 as y from generate_series(1, 50000) as g where g > ?"
    reader = engine.batches(sql, (10,), size=20_000)
    batches = list(reader)
    assert [batch.num_rows for batch in batches] == [20_000, 20_000, 9_990]
    assert batches[0].column(1)[0].as_py() == Decimal("16.5")
    assert engine.batches("select 1 as x where false").schema.names == ["x"]
    assert code_of(lambda: list(engine.batches("select pg_sleep(9)", timeout=0.1))) == "engine-timeout"


def test_a_stream_keeps_the_decimals_the_database_declares(engine: Engine) -> None:
    long, fine = "1234567890" * 3 + "12345678", "1." + "0" * 30 + "1"
    sql = f"select {long}::numeric(38, 0) as x, {fine}::numeric(38, 31) as y, 'NaN'::numeric as z, 1e60::numeric as w"
    found = engine.batches(sql).read_all()
    assert [str(field.type) for field in found.schema] == [
        "decimal128(38, 0)",
        "decimal128(38, 31)",
        "double",
        "double",
    ]
    assert found.to_pylist()[0]["x"] == Decimal(long) and found.to_pylist()[0]["y"] == Decimal(fine)
    assert engine.query("select 1e60::numeric as x, sum(x) as y from (values (9e37), (9e37)) as t(x)").to_pylist() == [
        {"x": 1e60, "y": 1.8e38}
    ]
    grows = "select case when g > 5 then 'NaN'::numeric else g end as x from generate_series(1, 9) as g order by g"
    assert code_of(lambda: engine.batches(grows, size=4).read_all()) == "engine-value-unfit"
    assert code_of(lambda: engine.query("select 5::money as x")) == "engine-value-unfit"
    assert code_of(lambda: engine.batches("select row(1, 2) as x")) == "engine-refused"
    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_nothing_read_is_read_twice_where_the_server_goes_away(engine: Engine, address: str) -> None:
    reader = engine.batches("select g as x from generate_series(1, 100000) as g", size=1000)
    seen = [reader.read_next_batch().num_rows]
    run(address, "select pg_terminate_backend(pid) from pg_stat_activity where query like 'FETCH FORWARD%'")
    with pytest.raises(EngineError) as caught:
        seen += [batch.num_rows for batch in reader]
    assert caught.value.code == "engine-unreachable" and sum(seen) == 1000
    assert engine.query("select 1 as one").to_pylist() == [{"one": 1}]


def test_foreign_keys_are_proofs_where_none_is_missing(engine: Engine, address: str) -> None:
    proofs = engine.integrity()
    assert ("erp.orders", ("customer",), "erp.customers", ("id",)) in proofs
    assert not any(columns == ("loose",) for _, columns, _, _ in proofs)
    workspace = hedu.load(MODEL, engine=address)
    result = workspace.ask("sales", by="customer.region")
    assert "LEFT JOIN" not in result.receipt.sql
    assert "LEFT JOIN" in workspace.ask("sales", by="other.region").receipt.sql
    workspace.close()


def test_an_answer_is_never_kept_where_no_one_tells_of_changes(address: str) -> None:
    workspace = hedu.load(MODEL, engine=address)
    before = workspace.ask("sales", where="state = 'paid'")
    run(address, "insert into erp.orders values (31, 1, null, 'paid', 1000, now(), '2024-02-09')")
    after = workspace.ask("sales", where="state = 'paid'")
    run(address, "delete from erp.orders where id = 31")
    assert after.rows()[0]["sales"] - before.rows()[0]["sales"] == 1000
    assert not after.receipt.cached and after.receipt.snapshot is None and dict(after.receipt.watermarks) == {}
    workspace.close()


def test_texts_stand_in_the_order_of_code_points(address: str) -> None:
    workspace = hedu.load(MODEL, engine=address)
    assert [row["region"] for row in workspace.ask(by="region").rows()] == ["B", "b", "华东"]
    assert [
        row["customer.region"] for row in workspace.ask("sales", by="customer.region", order="-customer.region").rows()
    ] == ["华东", "b", "B"]
    workspace.close()


def test_files_are_not_read_in_place(address: str, tmp_path: Path) -> None:
    workspace = hedu.load(MODEL, engine=address)
    assert code_of(lambda: workspace.ask("prices")) == "engine-reads-no-files"
    workspace.close()


def test_long_names_are_told_apart(address: str) -> None:
    long = "sales_of_all_goods_and_services_in_every_region_of_the_company"
    metrics = "".join(
        f"---\nversion: 1\nmetric: {long}_{end}\nsimple: {{measure: orders.sales}}\n" for end in ("a", "b")
    )
    workspace = hedu.load({**MODEL, "long.yml": metrics.removeprefix("---\n")}, engine=address)
    asked = [f"{long}_a", f"{long}_b"]
    result = workspace.ask(asked, by="metric_time.year", compare="previous", totals=True)
    assert result.table.column_names[1:3] == asked and f"{long}_b__previous_growth" in result.table.column_names
    assert result.rows()[0][asked[0]] == result.rows()[0][asked[1]]
    workspace.close()


def test_instants_and_wall_clocks_fall_on_the_days_of_the_clock_asked(address: str) -> None:
    run(address, *ROWS)
    workspace = hedu.load({"a.yml": DEFINITIONS}, address, strict=True)
    wanted: dict[str | None, dict[date | None, int]] = {
        None: {date(2024, 3, 1): 1, date(2024, 3, 2): 2, None: 1},
        "UTC": {date(2024, 3, 1): 3, None: 1},
        "America/New_York": {date(2024, 2, 29): 1, date(2024, 3, 1): 2, None: 1},
    }
    for metric in ("instants", "instants_declared", "here", "in_utc"):
        for zone, days in wanted.items():
            answer = workspace.ask(metric, by="metric_time.day", time_zone=zone).rows()
            assert {row["metric_time.day"]: row[metric] for row in answer} == days, (metric, zone)
    workspace.close()
