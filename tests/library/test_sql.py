"""SQL over metrics asks the same question as `ask`, gives the SELECT's own columns, and refuses the rest."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.errors import HeduError, QueryError
from hedu.query import Access, RowFilter
from hedu.query.sql import asked_in_sql

WORLD = Path(__file__).parents[1] / "cases" / "worlds" / "shop"


@pytest.fixture(scope="module")
def ws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[hedu.Workspace]:
    path = tmp_path_factory.mktemp("shop") / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((WORLD / "tables.sql").read_text(encoding="utf-8"))
    workspace = hedu.load(WORLD, engine=f"duckdb:///{path}", strict=True, now=datetime(2024, 6, 30))
    yield workspace
    workspace.close()


@pytest.mark.parametrize(
    ("sql", "question"),
    [
        ("select measure(sales) from metrics", {"metrics": "sales"}),
        (
            "select customer.region, MEASURE(sales) from metrics group by 1",
            {"metrics": "sales", "by": "customer.region"},
        ),
        (
            "SELECT date_trunc('month', metric_time), AGG(sales), AGG(tickets) FROM metrics GROUP BY ALL",
            {"metrics": ["sales", "tickets"], "by": "metric_time.month"},
        ),
        (
            "select extract(isodow from metric_time), measure(orders) from metrics group by 1 order by 2 desc limit 3",
            {"metrics": "orders", "by": "metric_time.extract_dow", "order": "-orders", "limit": 3},
        ),
        (
            """select customer.region, measure(order_value) from metrics
            where channel = '线上' and metric_time >= '2023-01-01'
            group by customer.region having measure(order_value) > 10""",
            {
                "metrics": "order_value",
                "by": "customer.region",
                "where": ["channel = '线上'", "metric_time >= '2023-01-01'", "order_value > 10"],
            },
        ),
        ("select distinct region from metrics", {"by": "region"}),
        (
            "select m.customer.region, AGGREGATE(m.orders) from metrics as m where m.status = 'paid' group by m.customer.region",
            {"metrics": "orders", "by": "customer.region", "where": "status = 'paid'"},
        ),
        (
            "select year(metric_time), date_part('month', metric_time), measure(orders) from metrics group by all",
            {"metrics": "orders", "by": ["metric_time.extract_year", "metric_time.extract_month"]},
        ),
        ("select metrics.region from metrics order by region desc", {"by": "region", "order": "-region"}),
        (
            """select m."order".customer.nation.continent, measure(sales) from metrics m
            where m."order".customer.joined_on.year >= '2021' group by m."order".customer.nation.continent
            having m."order".customer.nation.continent <> '欧洲' order by m."order".customer.nation.continent desc""",
            {
                "metrics": "sales",
                "by": "order.customer.nation.continent",
                "where": ["order.customer.joined_on.year >= '2021'", "order.customer.nation.continent <> '欧洲'"],
                "order": "-order.customer.nation.continent",
            },
        ),
    ],
)
def test_it_asks_the_same_question(ws: hedu.Workspace, sql: str, question: dict[str, object]) -> None:
    asked = ws.sql(sql)
    assert asked.table.to_pydict() == ws.ask(**question).table.to_pydict()  # type: ignore[arg-type]
    assert asked.table.num_rows > 0


def test_columns_come_as_they_were_written(ws: hedu.Workspace) -> None:
    answer = ws.sql(
        "select measure(orders) as n, customer.region as r, measure(orders) again from metrics group by r order by n desc"
    )
    assert answer.table.column_names == ["n", "r", "again"]
    assert [(one.name, one.role, one.label_en) for one in answer.columns] == [
        ("n", "metric", "Orders"),
        ("r", "dimension", "Region"),
        ("again", "metric", "Orders"),
    ]
    counts = answer.table.column("n").to_pylist()
    assert counts == sorted(counts, reverse=True) == answer.table.column("again").to_pylist()


def test_an_alias_may_be_filtered_in_having(ws: hedu.Workspace) -> None:
    few = ws.sql("select customer.region r, measure(orders) n from metrics group by r having n > 3 and r is not null")
    assert few.rows() == [row for row in ws.sql("select customer.region r, measure(orders) n from metrics group by r").rows()
                          if row["n"] > 3 and row["r"] is not None]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "plain"),
    [
        ("date_trunc('month', metric_time) = date '2023-10-01'", None),
        ("date_trunc('month', metric_time) = '2023-10-15'", None),
        ("date_trunc('month', metric_time) >= '2023-10-15'", None),
        ("extract(year from metric_time) = 2023 and month(metric_time) in (10, 11)", None),
        ("channel in ('门店', null)", "channel in ('门店', null)"),
        ("channel not in ('门店', null)", "channel not in ('门店', null)"),
        ("channel is distinct from '门店'", "channel is distinct from '门店'"),
        ("not (channel = '门店' or status = 'paid')", "not (channel = '门店' or status = 'paid')"),
        ("ordered_on not between '2023-01-01' and '2023-12-31'", None),
        ("channel = 'it''s' or channel = 'a\\'", "false"),
    ],
)
def test_conditions_mean_what_they_mean_in_sql(ws: hedu.Workspace, condition: str, plain: str | None) -> None:
    oracle = plain or condition.replace("metric_time", "ordered_on")
    with duckdb.connect() as connection:
        connection.execute((WORLD / "tables.sql").read_text(encoding="utf-8"))
        expected = connection.execute(f"select count(*) from orders where {oracle}").fetchall()
    assert [tuple(row.values()) for row in ws.sql(f"select measure(orders) from metrics where {condition}").rows()] == (
        expected
    )


def test_having_looks_at_columns_before_names_given_in_select(ws: hedu.Workspace) -> None:
    swapped = ws.sql(
        "select channel as status, status as channel, measure(orders) n from metrics group by 1, 2 having channel = '线上'"
    )
    assert set(swapped.table.column("status").to_pylist()) == {"线上"}
    assert set(swapped.table.column("channel").to_pylist()) == {"paid", "open", "refunded"}


def test_an_imported_project_answers_under_the_names_of_the_select(tmp_path: Path) -> None:
    bikes = WORLD.parent / "bikes"
    with duckdb.connect(str(tmp_path / "bikes.duckdb")) as connection:
        connection.execute((bikes / "tables.sql").read_text(encoding="utf-8"))
        last = connection.execute("select max(started_at)::date, count(*) from fct_rides").fetchone()
    imported = hedu.load(bikes, engine=f"duckdb:///{tmp_path / 'bikes.duckdb'}", strict=True)
    assert last is not None
    answer = imported.sql("select metric_time, measure(rides) n from metrics group by metric_time order by 1 desc")
    assert answer.table.column_names == [one.name for one in answer.columns] == ["metric_time", "n"]
    assert answer.rows()[0]["metric_time"].date() == last[0]
    assert sum(row["n"] for row in answer.rows()) == last[1]
    with pytest.raises(QueryError) as refused:
        imported.sql("select measure(board) from metrics")
    assert refused.value.code == "metric-unknown"
    imported.close()


def test_access_holds_in_sql_too(ws: hedu.Workspace) -> None:
    access = Access(rows=(RowFilter("customers", "region = '华东'"),))
    seen = ws.sql("select customer.region, measure(sales) from metrics group by 1", access=access)
    assert seen.table.column("customer.region").to_pylist() == ["华东"]


def test_days_are_days(ws: hedu.Workspace) -> None:
    first = ws.sql("select date_trunc('day', metric_time) d, measure(orders) from metrics group by d limit 1")
    assert isinstance(first.table.column("d").to_pylist()[0], date)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("select from where", "sql-broken"),
        ("", "sql-unsupported"),
        ("drop table metrics", "sql-unsupported"),
        ("select measure(sales) from metrics; select 1", "sql-unsupported"),
        ("select measure(sales) from metrics union select 1", "sql-unsupported"),
        ("with m as (select 1) select measure(sales) from metrics", "sql-unsupported"),
        ("select measure(sales) from metrics join orders on true", "sql-unsupported"),
        ("select measure(sales) from metrics, orders", "sql-unsupported"),
        ("select measure(sales) from metrics limit 2 offset 1", "sql-unsupported"),
        ("select * from metrics", "sql-unsupported"),
        ("select measure(sales) / 2 from metrics", "sql-unsupported"),
        ("select sum(sales) from metrics", "sql-unsupported"),
        ("select measure(sales), row_number() over () from metrics", "sql-unsupported"),
        ("select channel from metrics where channel in (select channel from orders)", "sql-unsupported"),
        ("select channel from metrics where measure(sales) > 1", "sql-unsupported"),
        ("select channel, measure(sales) from metrics group by rollup (channel)", "sql-unsupported"),
        ("select channel from metrics order by channel nulls first", "sql-unsupported"),
        ("select channel, measure(sales) from metrics group by 1 order by measure(orders)", "sql-unsupported"),
        ("select channel, measure(sales) from metrics group by 7", "sql-unsupported"),
        ("select distinct channel, measure(sales) from metrics group by 1", "sql-unsupported"),
        ("select measure(sales) from metrics limit 1 + 1", "sql-unsupported"),
        ("select measure(sales) from metrics limit 10 percent", "sql-unsupported"),
        ("select measure(sales) from metrics tablesample 10 percent", "sql-unsupported"),
        ("select measure(sales) from metrics pivot (count(*) for status in ('paid'))", "sql-unsupported"),
        ("select measure(sales) from metrics as m (a, b)", "sql-unsupported"),
        ("select measure(sales) from metrics at (version => 3)", "sql-unsupported"),
        ("select measure(sales) from metrics with ordinality", "sql-unsupported"),
        ("select measure(other.sales) from metrics", "metric-unknown"),
        ("select measure(metrics.sales) from metrics as m", "metric-unknown"),
        ("select extract(dow from metric_time), measure(sales) from metrics group by 1", "sql-weekday"),
        ("select measure(sales) from metrics where dayofweek(metric_time) = 0", "sql-weekday"),
        ("select measure(sales) from metrics where channel = any(select 1)", "sql-unsupported"),
        ("select measure(sales) from metrics where channel in (from read_csv('/etc/passwd'))", "sql-unsupported"),
        ("select content from read_text('/etc/passwd')", "sql-table-unknown"),
        ("select * from '/etc/passwd'", "sql-table-unknown"),
        ("select table_name from information_schema.tables", "sql-table-unknown"),
        ("select tablename from pg_catalog.pg_tables", "sql-table-unknown"),
        ("copy metrics to '/tmp/metrics.csv'", "sql-unsupported"),
        ("attach '/tmp/other.db'", "sql-unsupported"),
        ("select measure(sales) filter (where channel = 'x') from metrics", "sql-unsupported"),
        ("select measure(distinct sales) from metrics", "sql-unsupported"),
        ("select measure(sales) from metrics where channel = $1", "expression-forbidden"),
        ("select measure(sales) from orders", "sql-table-unknown"),
        ("select measure(sales)", "sql-table-unknown"),
        ("select measure(sales) from other.metrics", "sql-table-unknown"),
        ("select channel, sales from metrics group by 1", "sql-needs-measure"),
        ("select channel, measure(sales) from metrics", "sql-group-by"),
        ("select channel, measure(sales) from metrics group by channel, region", "sql-group-by"),
        ("select channel c, measure(sales) c from metrics group by all", "sql-column-twice"),
        ("select measure(sale) from metrics", "metric-unknown"),
        ("select measure(sales) from metrics where pg_sleep(1) = 1", "sql-unsupported"),
        ("select measure(sales) from metrics where channel = getenv('HOME')", "sql-unsupported"),
    ],
)
def test_what_it_is_not_for_is_refused(ws: hedu.Workspace, sql: str, code: str) -> None:
    with pytest.raises(HeduError) as refused:
        ws.sql(sql)
    assert refused.value.code == code
    assert refused.value.problem.hint("zh") and refused.value.problem.hint("en")


def test_values_in_sql_are_bound(ws: hedu.Workspace) -> None:
    sql = "select measure(orders) from metrics where channel = 'a''; drop table orders; --'"
    assert ws.sql(sql).receipt.parameters == ("a'; drop table orders; --",)
    with pytest.raises(QueryError):
        asked_in_sql("select measure(orders) from metrics where channel = 'x' -- \n; drop table orders", {"orders"})
