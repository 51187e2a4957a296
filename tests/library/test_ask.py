"""The Python surface: threads, limits, what a result carries, what a question can never smuggle in."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import hedu
from hedu.engine.answers import Answers
from hedu.engine.warehouse import Warehouse
from hedu.errors import DefinitionError, EngineError, HeduError, QueryError
from hedu.query import Access, Question, RowFilter

WORLD = Path(__file__).parents[1] / "cases" / "worlds" / "shop"
SLOW = {
    "slow.yml": """
version: 1
dataset: slow
select: select a.range * b.range as x, date '2024-01-01' as d from range(200000) a, range(200000) b
time: d
dimensions: {d: {type: date}}
measures: {total: {agg: sum, expr: x % 7}}
---
version: 1
metric: total
simple: slow.total
"""
}


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hedu.Workspace]:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((WORLD / "tables.sql").read_text(encoding="utf-8"))
    workspace = hedu.load(WORLD, engine=f"duckdb:///{path}", strict=True, now=datetime(2024, 6, 30))
    yield workspace
    workspace.close()


def test_a_result_carries_meaning_and_a_receipt(ws: hedu.Workspace) -> None:
    result = ws.ask("order_value", by=["metric_time.month", "customer.region"], compare="previous", since="2024")
    month, region, value, *compared = result.columns
    assert (month.role, month.grain, month.type, month.label_zh) == ("dimension", "month", "date", "时间 (月)")
    assert (region.label_zh, region.label_en) == ("区域", "Region")
    assert (value.role, value.label_zh, value.unit, value.additive) == ("metric", "客单价", "CNY/order", False)
    assert [column.of for column in compared] == ["order_value"] * 3
    receipt = result.receipt
    assert receipt.rows == result.table.num_rows
    assert set(receipt.definitions) == {"order_value", "sales", "orders"}
    assert receipt.milliseconds > 0 and receipt.snapshot
    assert "2024-01-01" in receipt.sql


def test_the_receipts_sql_gives_the_same_rows(ws: hedu.Workspace) -> None:
    asked = {"metrics": ["sales", "tickets"], "by": ["customer.segment"], "where": ["customer.region = '华东'"]}
    result = ws.ask(**asked)
    assert ws.engine.query(result.receipt.sql).to_pylist() == result.rows()
    assert ws.compile(**asked) == result.receipt.sql


def test_compile_and_explain_need_no_connection() -> None:
    offline = hedu.load(WORLD, engine="duckdb:///nowhere.duckdb")
    assert offline.compile("orders", by="channel").startswith("SELECT")
    explained = offline.explain("orders", where="channel = '线上'")
    assert explained.parameters == ("线上",) and "?" in explained.sql
    with pytest.raises(EngineError, match="engine-missing-database"):
        offline.ask("orders")


def test_one_workspace_serves_many_threads(ws: hedu.Workspace) -> None:
    expected = ws.ask("sales", by="customer.region").rows()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: ws.ask("sales", by="customer.region").rows(), range(80)))
    assert all(answer == expected for answer in answers)


def test_a_question_can_be_limited_in_time() -> None:
    slow = hedu.load(SLOW, engine="duckdb://")
    with pytest.raises(EngineError) as caught:
        slow.ask("total", timeout=0.2)
    assert caught.value.code == "engine-timeout"
    assert "0.2" in caught.value.problem.what("zh")


def test_a_question_can_be_cancelled() -> None:
    slow = hedu.load(SLOW, engine="duckdb://")
    timer = threading.Timer(0.3, lambda: slow.engine.cancel())
    timer.start()
    with pytest.raises(EngineError) as caught:
        slow.ask("total")
    assert caught.value.code == "engine-cancelled"


ATTACKS = (
    "x'; drop table orders; --",
    '" or 1=1 --',
    "orders) union select * from customers --",
    "${jndi:ldap://x}",
    "sales; select 1",
    "a" * 5_000,
    "\x00",
    "../../etc/passwd",
    "metric_time.month; drop",
    "{{ 7 * 7 }}",
)


@pytest.mark.parametrize("text", ATTACKS)
def test_no_field_lets_sql_in(ws: hedu.Workspace, text: str) -> None:
    before = ws.ask("orders").rows()
    fields = (
        {"metrics": [text]},
        {"metrics": ["orders"], "by": [text]},
        {"metrics": ["orders"], "since": text},
        {"metrics": ["orders"], "until": text},
        {"metrics": ["orders"], "compare": [text]},
        {"metrics": ["orders"], "by": ["channel"], "order": [text]},
        {"metrics": ["orders"], "where": [text]},
        {"by": [text]},
        {"metrics": ["orders"], "access": Access(rows=(RowFilter("orders", text),))},
    )
    for field in fields:
        with pytest.raises(HeduError) as caught:
            ws.ask(**field)
        assert caught.value.problem.hint("zh") and caught.value.problem.hint("en")
    quoted = text.replace("'", "''").replace("\x00", "")
    assert ws.ask("orders", where=f"channel = '{quoted}'").rows() == [{"orders": 0}]
    assert ws.ask("orders").rows() == before


def test_deep_and_long_filters_are_refused_or_answered_never_a_crash(ws: hedu.Workspace) -> None:
    deep = "(" * 3_000 + "channel = 'a'" + ")" * 3_000
    with pytest.raises(QueryError):
        ws.ask("orders", where=deep)
    wide = " or ".join(f"channel = 'c{n}'" for n in range(500))
    assert ws.ask("orders", where=wide).rows() == [{"orders": 0}]


def test_strict_loading_raises_every_problem() -> None:
    texts = {"a.yml": "version: 1\nmetric: a\nsimple: nowhere.x\n---\nversion: 1\nmetric: b\nderived: a + c\n"}
    with pytest.raises(DefinitionError) as caught:
        hedu.load(texts, strict=True)
    assert {problem.code for problem in caught.value.problems} == {"measure-dataset-unknown", "metric-part-unknown"}
    lenient = hedu.load(texts, engine="duckdb://")
    with pytest.raises(QueryError, match="metric-withheld"):
        lenient.ask("a")


def test_a_question_object_is_a_question(ws: hedu.Workspace) -> None:
    question = Question(("orders",), ("channel",))
    assert ws.ask(question).rows() == ws.ask("orders", by="channel").rows()


def test_dimensions_offered_can_all_be_asked(ws: hedu.Workspace) -> None:
    for metrics in (["orders"], ["sales", "tickets"], ["stock"], ["customers", "orders"], ["quota"]):
        for info in ws.dimensions_of(metrics):
            path = f"{info.path}.{info.grains[-1]}" if info.grains else info.path
            assert ws.ask(metrics, by=path).table.column_names == [path, *metrics]


def test_an_answer_is_kept_for_the_same_data_and_the_same_rights(ws: hedu.Workspace) -> None:
    asked = {"metrics": ["freight"], "by": ["customer.region"], "limit": 17}
    assert not ws.ask(**asked).receipt.cached
    again = ws.ask(**asked)
    assert again.receipt.cached and again.rows() == ws.ask(**asked).rows()
    east = Access(rows=(RowFilter("customers", "region = '华东'"),))
    seen = ws.ask(**asked, access=east)
    assert not seen.receipt.cached and seen.table.num_rows == 1


def test_what_is_kept_is_bounded() -> None:
    answers = Answers(most=10_000)
    for n in range(200):
        answers.put((f"select {n}", (), "s"), pa.table({"x": list(range(100))}))
    kept = [n for n in range(200) if answers.get((f"select {n}", (), "s")) is not None]
    assert 0 < len(kept) <= 12 and kept[-1] == 199
    answers.put(("big", (), "s"), pa.table({"x": list(range(10_000))}))
    assert answers.get(("big", (), "s")) is None


def test_plain_rows_are_the_same_answer(ws: hedu.Workspace) -> None:
    asked = {"metrics": ["sales", "order_value"], "by": ["metric_time.month"], "totals": True}
    plain, result = ws.rows(**asked), ws.ask(**asked)
    assert [dict(zip(result.table.column_names, row, strict=True)) for row in plain.rows] == result.rows()
    assert result.totals is not None and plain.totals == result.totals.to_pylist()[0]


def test_a_proof_about_a_column_says_nothing_about_an_expression(tmp_path: Path) -> None:
    text = """version: 1
dataset: far
source: far
primary_key: {key}
entities: {{thing: {key}}}
dimensions: {{name: {{}}}}
---
version: 1
dataset: near
source: near
entities: {{thing: {own}}}
time: d
dimensions: {{d: {{type: date}}}}
measures: {{x: {{agg: sum}}}}
---
version: 1
metric: total
simple: near.x
"""
    with Warehouse(tmp_path / "warehouse").writing() as batch:
        batch.put("far", pa.table({"k": ["1", "2"], "name": ["a", "b"]}))
        batch.put("near", pa.table({"k": ["1", "2"], "x": [3, 4], "d": [date(2024, 1, 1)] * 2}))
        batch.prove(("near", ("k",), "far", ("k",)), holds=True)

    def compiled(own: str) -> str:
        engine = f"duckdb:///{tmp_path / 'warehouse'}"
        return (
            hedu.load({"t.yml": text.format(key="k", own=own)}, engine=engine).ask("total", by="thing.name").receipt.sql
        )

    assert "LEFT JOIN" not in compiled("k")
    assert "LEFT JOIN" in compiled("cast(k as varchar)")


def test_a_key_without_a_name_is_called_after_what_it_identifies() -> None:
    people = "version: 1\ndataset: people\nlabel: {zh: 客户, en: Customers}\nsource: p\nprimary_key: id\nentities: {who: id}\n"
    sales = (
        "---\nversion: 1\ndataset: sales\nlabel: {zh: 销售, en: Sales}\nsource: s\n"
        "entities: {who: who_id, place: {key: place_id, label: {zh: 地点, en: Place}}, batch: batch_id}\n"
        "measures: {n: {agg: count}}\n---\nversion: 1\nmetric: n\nsimple: sales.n\n"
    )
    ws = hedu.load({"a.yml": people + sales}, engine="duckdb://")
    labels = {one.path: one.label.text("zh", one.path) for one in ws.dimensions_of("n")}
    assert labels == {"who": "客户", "place": "地点", "batch": "batch"}


RATES = """
version: 1
workspace: w
currency: CNY
exchange: rates
---
version: 1
dataset: rates
select: select cast('2024-03-01' as date) as "date", 'USD' as "from", 'CNY' as "to", 7.2 as rate
---
version: 1
dataset: sales
select: select cast('2024-03-01' as date) as sold_on, 'USD' as money, 10.0 as amount
time: sold_on
dimensions: {sold_on: {type: date}, money: }
measures: {amount: {agg: sum, currency: money}}
---
{version: 1, metric: revenue, simple: sales.amount}
"""


def test_rates_stand_in_the_columns_of_their_default_names() -> None:
    ws = hedu.load({"w.yml": RATES}, engine="duckdb://", strict=True)
    assert ws.ask("revenue").rows() == [{"revenue": 72.0}]
