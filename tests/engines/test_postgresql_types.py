"""Every type of PostgreSQL: the value that stands for it, whole and streamed, or a typed refusal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

import hedu
from hedu.engine import connect
from hedu.engine.postgres_tables import read_table
from hedu.engine.protocol import Engine
from hedu.errors import EngineError
from tests.engines.postgresql import run, server

pytestmark = pytest.mark.engine_postgres
MADE = """
create type state as enum ('open', 'paid');
create domain amount as numeric(12, 2);
create domain state_too as state;
create table rows (id int primary key, code char(5), at timestamp, day date, valid_to date);
insert into rows values (1, 'ab', '2024-12-31 23:30:59.75', '2024-12-31', 'infinity'), (2, 'abcde',
  '2025-01-01 00:30', '2025-01-01', '2025-06-30');
create table odd as select 1 as id, '[1,5)'::int4range as span, 'a b'::tsvector as words, array['1.1.1.1'::inet] as hosts,
  '1.1.1.1'::inet as host, '{}'::jsonb as json, date 'infinity' as until;
create role weak login;
alter role weak set statement_timeout = '200ms';
"""
VALUES: dict[str, tuple[Any, str]] = {
    "'open'::state": ("open", "text"),
    "'paid'::state_too": ("paid", "text"),
    "1.5::amount": (Decimal("1.5"), "number"),
    "'ab'::char(5)": ("ab", "text"),
    "'a '::text": ("a ", "text"),
    "'x'::\"char\"": ("x", "text"),
    "'1.2.3.4'::inet": ("1.2.3.4", "text"),
    "'1.2.3.4/8'::inet": ("1.2.3.4/8", "text"),
    "'::ffff:1.2.3.4'::inet": ("::ffff:1.2.3.4", "text"),
    "'10.0.0.0/8'::cidr": ("10.0.0.0/8", "text"),
    "'08:00:2b:01:02:03'::macaddr": ("08:00:2b:01:02:03", "text"),
    "'<a/>'::xml": ("<a/>", "text"),
    "'{\"a\": 1}'::jsonb": ('{"a": 1}', "text"),
    "'{}'::json": ("{}", "text"),
    "'00000000-0000-0000-0000-000000000001'::uuid": ("00000000-0000-0000-0000-000000000001", "text"),
    "'\\xdead'::bytea": (b"\xde\xad", "other"),
    "array[1, 2]": ([1, 2], "other"),
    "array['open']::state[]": (["open"], "other"),
    "time '10:00'": (time(10), "other"),
    "'2024-01-01 00:30'::timestamp(0)": (datetime(2024, 1, 1, 0, 30), "timestamp"),
    "'9999-12-31'::date": (date(9999, 12, 31), "date"),
    "'0001-01-01'::timestamp": (datetime(1, 1, 1), "timestamp"),
}
REFUSED = {
    "engine-type-unread": ("'[1,5)'::int4range", "'a'::tsvector", "b'1010'", "'(1,2)'::point", "array['1.1.1.1'::inet]",
                           "array[1.5]", "'10:00+08'::timetz"),
    "engine-time-beyond": ("date 'infinity'", "date '-infinity'", "date '0044-03-15 BC'", "timestamp 'infinity'",
                           "timestamptz '-infinity'", "date '10000-01-01'", "timestamptz '9999-12-31 23:59:59Z'"),
}  # fmt: skip
MODEL = """
version: 1
dataset: rows
source: rows
primary_key: id
time: day
dimensions: {code: {}, day: {type: date}, at: {type: timestamp}, valid_to: {type: date}, cut: {expr: "date_trunc('day', day)"},
  hour: {expr: hour(at)}, second: {expr: second(at)}, quarter: {expr: quarter(at)}, part: {expr: "date_part('hour', at)"},
  called: {expr: dayname(at)}, clock: {expr: "strftime(at, '%Y-W%V %H:%M Q')"}, odd: {expr: "strftime(at, '%U')"}}
measures: {count: {agg: count}}
---
version: 1
metric: count
simple: {measure: rows.count}
"""


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with server() as found:
        run(f"{found}/postgres", MADE)
        yield f"{found}/postgres"


@pytest.fixture(scope="module")
def engine(address: str) -> Iterator[Engine]:
    opened = connect(address, time_zone="Asia/Shanghai")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def workspace(address: str) -> Iterator[hedu.Workspace]:
    opened = hedu.load({"m.yml": MODEL}, address, strict=True)
    yield opened
    opened.close()


def _fault(call: Callable[[], object]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call()
    return caught.value


@pytest.mark.parametrize("value", VALUES)
def test_a_value_arrives_whole_and_streamed(engine: Engine, value: str) -> None:
    wanted, kind = VALUES[value]
    sql = f"select {value} as x"
    assert engine.query(sql).to_pylist() == [{"x": wanted}] == engine.batches(sql).read_all().to_pylist()
    assert engine.columns(sql) == {"x": kind}


@pytest.mark.parametrize(("code", "value"), [(code, value) for code, values in REFUSED.items() for value in values])
def test_what_is_no_value_is_refused(engine: Engine, code: str, value: str) -> None:
    sql = f"select {value} as x"
    assert _fault(lambda: engine.query(sql)).code == code == _fault(lambda: engine.batches(sql).read_all()).code


def test_blanks_that_fill_a_column_are_no_part_of_its_value(workspace: hedu.Workspace) -> None:
    shown = [row["code"] for row in workspace.ask("count", by="code").rows()]
    assert shown == ["ab", "abcde"]
    assert workspace.ask("count", where="code = 'ab'").rows() == [{"count": 1}]


def test_days_without_end_are_compared_but_not_shown(workspace: hedu.Workspace) -> None:
    assert workspace.ask("count", where="valid_to > '2030-01-01'").rows() == [{"count": 1}]
    assert _fault(lambda: workspace.ask("count", by="valid_to")).code == "engine-time-beyond"


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        ("cut", [datetime(2024, 12, 31), datetime(2025, 1, 1)]),
        ("hour", [0, 23]),
        ("second", [0, 59]),
        ("quarter", [1, 4]),
        ("part", [0, 23]),
        ("called", ["Tuesday", "Wednesday"]),
        ("clock", ["2024-W01 23:30 Q", "2025-W01 00:30 Q"]),
    ],
)
def test_parts_and_texts_of_moments_are_those_of_duckdb(workspace: hedu.Workspace, by: str, wanted: list[Any]) -> None:
    assert [row[by] for row in workspace.ask("count", by=by).rows()] == wanted


def test_a_code_that_it_does_not_know_is_refused(workspace: hedu.Workspace) -> None:
    assert _fault(lambda: workspace.ask("count", by="odd")).code == "engine-time-code"


def test_a_missing_right_is_told_with_the_grant(address: str) -> None:
    weak = connect(address.replace("hedu@", "weak@"))
    fault = _fault(lambda: weak.query("select * from rows"))
    assert fault.code == "engine-forbidden" and fault.problem.facts["grant"] == "GRANT SELECT ON rows TO weak;"
    late = _fault(lambda: weak.query("select pg_sleep(9)"))
    assert late.code == "engine-timeout" and late.problem.facts["seconds"] == "0.2"
    weak.close()


def test_a_table_is_loaded_with_texts_for_what_has_no_value(address: str) -> None:
    (row,) = read_table(address, "odd", "odd").drop_columns(["until"]).to_pylist()
    assert row == {"id": 1, "span": "[1,5)", "words": "'a' 'b'", "hosts": "{1.1.1.1}", "host": "1.1.1.1", "json": "{}"}
