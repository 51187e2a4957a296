"""Refusals that no case file can show: of definitions, files and databases, each typed, each with a hint."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

import hedu
from hedu.engine import connect
from hedu.errors import HeduError

HEAD = "version: 1\ndataset: t\n{source}\n{key}time: d\nentities: {{thing: k}}\ndimensions: {{d: {{type: date}}}}\n"
TAIL = "measures: {x: {agg: sum}}\n---\nversion: 1\nmetric: total\nsimple: {measure: t.x%s}\n"
ROWS = "select 1 as k, 2 as x, date '2024-01-01' as d"


def workspace(source: str = f"select: {ROWS}", *, key: str = "", where: str = "", more: str = "") -> hedu.Workspace:
    text = HEAD.format(source=source, key=key) + TAIL % (f', where: "{where}"' if where else "") + more
    return hedu.load({"t.yml": text}, engine="duckdb://")


def refused(code: str, call: Callable[[], object]) -> HeduError:
    with pytest.raises(HeduError) as caught:
        call()
    assert caught.value.code == code
    problem = caught.value.problem
    assert all((problem.what("zh"), problem.what("en"), problem.hint("zh"), problem.hint("en")))
    assert "Traceback" not in str(caught.value)
    return caught.value


BRIDGE = """---
version: 1
dataset: groups
select: select 1 as g, 'a' as name
primary_key: g
entities: {group: g}
dimensions: {name: {}}
---
version: 1
dataset: members
select: select 1 as k, 1 as g
entities: {thing: k, group: g}
bridge: true
"""


def test_a_bridge_needs_rows_that_can_be_told_apart() -> None:
    refused("bridge-needs-primary-key", lambda: workspace(more=BRIDGE).ask("total", by="group.name"))
    assert workspace(more=BRIDGE, key="primary_key: k\n").ask("total", by="group.name").rows() == [
        {"group.name": "a", "total": 2}
    ]


def test_a_filter_of_a_definition_that_leads_nowhere() -> None:
    refused("filter-name-unknown", lambda: workspace(where="thing.colour = 'red'").ask("total"))


@pytest.mark.parametrize(
    "sql", ["drop table x", "select 1; select 2", "selec 1", "copy t to 'x.csv'", "attach 'x' as y"]
)
def test_a_source_must_be_one_select(sql: str) -> None:
    refused("source-not-a-select", lambda: workspace(f'select: "{sql}"').ask("total"))


def test_a_source_cannot_read_files_of_the_machine(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("k,x,d\n1,2,2024-01-01\n")
    error = refused(
        "engine-refused", lambda: workspace(f"select: select * from read_csv('{tmp_path}/secret.csv')").ask("total")
    )
    assert str(tmp_path) not in str(error)


def test_min_and_max_are_of_one_dimension() -> None:
    refused("min-max-needs-one-dimension", lambda: workspace().ask("total", by="d", min_max=True))


def test_totals_of_rows_chosen_by_a_metric() -> None:
    refused("totals-with-metric-filter", lambda: workspace().ask("total", by="d", where="total > 1", totals=True))


def test_a_table_that_was_never_loaded() -> None:
    refused("engine-missing-table", lambda: workspace("source: erp.orders").ask("total"))


def test_a_column_the_data_do_not_have() -> None:
    refused("engine-missing-column", lambda: workspace("select: select 1 as k, date '2024-01-01' as d").ask("total"))


def test_a_value_that_cannot_be_converted() -> None:
    source = "select: select 1 as k, cast(v as integer) as x, date '2024-01-01' as d from (values ('a')) as t(v)"
    refused("engine-value-unfit", lambda: workspace(source).ask("total"))


def test_files_read_in_place(tmp_path: Path) -> None:
    (tmp_path / "data.csv").write_text("k,x,d\n1,2,2024-01-01\n3,4,2024-02-01\n", encoding="utf-8")
    (tmp_path / "data.xlsx").write_bytes(b"PK")

    def of(file: str) -> hedu.Workspace:
        text = HEAD.format(source=f"file: {file}", key="") + TAIL % ""
        (tmp_path / "t.yml").write_text(text, encoding="utf-8")
        return hedu.load(tmp_path, engine="duckdb://")

    assert of("data.csv").ask("total", by="metric_time.month").table.num_rows == 2
    refused("engine-missing-file", lambda: of("nothing.csv").ask("total"))
    refused("engine-file-kind", lambda: of("data.xlsx").ask("total"))


def test_engines_that_are_not_there(tmp_path: Path) -> None:
    refused("engine-unknown", lambda: connect("oracle://x"))
    refused("engine-missing-database", lambda: connect("duckdb:///nothing.duckdb", root=tmp_path))
    (tmp_path / "junk.duckdb").write_bytes(b"not a database" * 500)
    error = refused("engine-unreachable", lambda: connect("duckdb:///junk.duckdb", root=tmp_path))
    assert str(tmp_path) not in str(error)


def test_a_plain_database_has_no_history(tmp_path: Path) -> None:
    duckdb.connect(str(tmp_path / "x.duckdb")).close()
    refused("engine-no-history", lambda: connect("duckdb:///x.duckdb", root=tmp_path).at("2024-01-01"))


def test_the_engine_answers_one_select_and_cannot_write(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "x.duckdb")) as connection:
        connection.execute("create table t as select 1 as x")
    engine = connect("duckdb:///x.duckdb", root=tmp_path)
    for sql in (
        "insert into t values (2)",
        "drop table t",
        "select 1; select 2",
        "set threads = 1",
        "copy t to 'x.csv'",
    ):
        refused("engine-not-a-select", lambda sql=sql: engine.query(sql))
    refused("engine-refused", lambda: engine.query("select * from read_text('/etc/hostname')"))
    assert engine.query("select x from t").to_pylist() == [{"x": 1}]


def test_memory_is_capped() -> None:
    engine = connect("duckdb://?memory=20MB&threads=1")
    sql = "select count(*) from (select distinct range * 7 % 9999991 || 'abcdefghijklmnop' as k from range(5000000))"
    refused("engine-out-of-memory", lambda: engine.query(sql))


def test_formats_that_cannot_show_totals(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from hedu.doors.cli_query import run

    (tmp_path / "t.yml").write_text(HEAD.format(source=f"select: {ROWS}", key="") + TAIL % "", encoding="utf-8")
    asked = {"metrics": ("total",), "by": ("metric_time.month",)}
    refused(
        "totals-need-table-or-json", lambda: run({**asked, "totals": True}, None, tmp_path, "duckdb://", "csv", "zh")
    )
    refused("format-unknown", lambda: run(asked, None, tmp_path, "duckdb://", "xml", "zh"))
    run({**asked, "totals": True}, None, tmp_path, "duckdb://", "table", "zh")
    assert "合计" in capsys.readouterr().out


def test_binary_formats_are_not_for_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    from hedu.doors.cli_query import run

    (tmp_path / "t.yml").write_text(HEAD.format(source=f"select: {ROWS}", key="") + TAIL % "", encoding="utf-8")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True, raising=False)
    refused("format-not-for-terminal", lambda: run({"metrics": ("total",)}, None, tmp_path, "duckdb://", "arrow", "zh"))


def test_sql_is_a_whole_question(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from hedu.doors.cli_query import run

    (tmp_path / "t.yml").write_text(HEAD.format(source=f"select: {ROWS}", key="") + TAIL % "", encoding="utf-8")
    sql = "select date_trunc('year', metric_time) as y, measure(total) as n from metrics group by y"
    refused("sql-and-options", lambda: run({"limit": 1}, sql, tmp_path, "duckdb://", "csv", "zh"))
    run({"metrics": ()}, sql, tmp_path, "duckdb://", "csv", "zh")
    assert capsys.readouterr().out.splitlines()[0] == "y,n"
    run({}, sql, tmp_path, "duckdb://", "sql", "zh")
    assert capsys.readouterr().out.startswith("SELECT")


def test_parameters_are_values_by_name() -> None:
    refused("question-unfit", lambda: workspace().ask("total", parameters=5))


def test_a_refusal_stays_readable_whatever_was_asked() -> None:
    ws = workspace()
    long = refused("metric-has-no-dimension", lambda: ws.ask("total", by="x" * 10_000))
    assert len(long.problem.what("zh")) < 1200
    deep = refused("expression-broken", lambda: ws.ask("total", where="(" * 5000))
    assert len(deep.problem.what("en")) < 1200


@pytest.mark.parametrize(
    "text",
    [
        "select * from query_table('t')",
        "select 1 as k, t.* from (values (1)) t join query('select 1') q on true",
        "select * from duckdb_settings()",
        "select * from duckdb_logs",
        "select getenv('HOME') as k, 2 as x, date '2024-01-01' as d",
    ],
)
def test_a_select_names_the_tables_it_reads(text: str) -> None:
    refused("source-looks-elsewhere", lambda: hedu.load({"t.yml": _selecting(text)}, engine="duckdb://").ask("total"))


def _selecting(text: str) -> str:
    return HEAD.format(source=f"select: {text}", key="") + TAIL % ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x > 1 and", "something is missing after `and`"),
        ("(x > 1", "near `1`"),
        ("x = 'a", "a quote or bracket is not closed"),
        ("(" * 3000 + "x", "nested more than"),
    ],
)
def test_what_is_wrong_with_an_expression_is_said_in_plain_words(text: str, said: str) -> None:
    error = refused("expression-broken", lambda: workspace().ask("total", where=[text]))
    assert said in error.problem.what("en") and "class" not in str(error) and "SELECT" not in str(error)
