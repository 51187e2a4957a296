"""Places for values in SQL, and URLs fit to be seen."""

from __future__ import annotations

import threading
import time
from datetime import date, datetime
from decimal import Decimal

import pyarrow as pa
import pytest

from hedu.engine import connect
from hedu.engine.arrived import decimals
from hedu.engine.places import placed, require_select, written
from hedu.engine.running import Running
from hedu.engine.shown import shown_url
from hedu.errors import EngineError


@pytest.mark.parametrize(
    ("sql", "style", "found"),
    [
        ("select ? where a = '?' and b = ?", "postgres", "select $1 where a = '?' and b = $2"),
        (
            "select 'it''s ?', \"col?\", ? -- ?\n/* ? */ + ?",
            "postgres",
            "select 'it''s ?', \"col?\", $1 -- ?\n/* ? */ + $2",
        ),
        ("select 'a\\' ?', `q?`, ?", "backslash", "select 'a\\' ?', `q?`, $1"),
        ("select 'a\\', ?", "postgres", "select 'a\\', $1"),
    ],
)
def test_places_stand_outside_texts(sql: str, style: str, found: str) -> None:
    assert placed(sql, lambda at: f"${at + 1}", style) == found


def test_values_written_down_are_escaped_by_the_dialect() -> None:
    assert written("it's \\", "postgres") == "'it''s \\'"
    assert written("it's \\", "clickhouse") == "'it''s \\\\'"
    assert [written(one, "postgres") for one in (None, True, 3, Decimal("1.5"), date(2024, 1, 2))] == [
        *("NULL", "TRUE", "3", "1.5", "CAST('2024-01-02' AS DATE)")
    ]
    assert written(datetime(2024, 1, 2, 3), "postgres") == "CAST('2024-01-02 03:00:00' AS TIMESTAMP)"


@pytest.mark.parametrize("sql", ["select 1", "  -- note\n(SELECT 1)", "/* a */ with x as (select 1) select * from x"])
def test_a_question_begins_like_one(sql: str) -> None:
    require_select(sql)


@pytest.mark.parametrize("sql", ["delete from t", "", "-- select\ndrop table t", "set x = 1"])
def test_a_command_does_not(sql: str) -> None:
    with pytest.raises(EngineError, match="engine-not-a-select"):
        require_select(sql)


def test_no_url_shows_a_secret() -> None:
    assert shown_url("spark://me:hush@host:15002/db?use_ssl=true&token=hush") == "spark://me@host:15002/db?use_ssl=true"
    assert shown_url("duckdb:///warehouse?memory=2GB") == "duckdb:///warehouse?memory=2GB"
    assert shown_url("trino://host/catalog/schema;token=hush") == "trino://host/catalog/schema"


def test_written_numbers_become_exact_ones() -> None:
    found = decimals(pa.chunked_array([["1.50", "-3", None], ["1000.123"]]))
    assert found.type == pa.decimal128(38, 3) and found.to_pylist()[0] == Decimal("1.500")
    assert decimals(pa.chunked_array([["NaN", "1"]])).type == pa.float64()
    assert decimals(pa.chunked_array([["1.23456"]]), 2).to_pylist() == [Decimal("1.23")]
    assert decimals(pa.chunked_array([[None]], pa.string())).to_pylist() == [None]
    small = decimals(pa.chunked_array([["-0." + "0" * 37 + "1"]]))
    assert small.type == pa.decimal128(38, 38) and small.to_pylist() == [Decimal("-1e-38")]


@pytest.mark.parametrize("text", ["1" + "0" * 60, "9" * 39, "-" + "9" * 39, "9" * 38 + ".5"])
def test_numbers_of_more_than_38_digits_are_floats_and_never_other_numbers(text: str) -> None:
    assert decimals(pa.chunked_array([[text, None]])).to_pylist() == [float(text), None]
    with pytest.raises(EngineError) as caught:
        decimals(pa.chunked_array([[text]]), 2)
    assert caught.value.code == "engine-overflow"


def test_a_stream_of_decimals_has_no_place_for_nan() -> None:
    with pytest.raises(EngineError) as caught:
        decimals(pa.chunked_array([["1.5", "NaN"]]), 2)
    assert caught.value.code == "engine-value-unfit"


def test_a_question_is_told_again_until_it_stops() -> None:
    running: Running[str] = Running()
    told: list[str] = []
    begun, over = threading.Event(), threading.Event()

    def ask() -> None:
        with running.one("a"):
            begun.set()
            over.wait(5)

    thread = threading.Thread(target=ask)
    thread.start()
    begun.wait(5)

    def stop(mark: str) -> None:
        told.append(mark)
        if len(told) == 3:
            over.set()
            time.sleep(0.1)

    running.cancel(stop)
    thread.join()
    assert told[:3] == ["a", "a", "a"] and not running.is_cancelled("a")
    with running.one("b"):
        running.check("b")


@pytest.mark.parametrize("url", ["duckdb://?memory=much", "postgresql://h/d?timeout=soon", "chdb://?timeout=x"])
def test_an_option_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(EngineError, match="engine-option-unfit"):
        connect(url)


def test_duckdb_delivers_in_batches() -> None:
    engine = connect("duckdb://")
    reader = engine.batches("select range as x from range(150000) where range >= ?", (10,), size=50_000)
    assert sum(batch.num_rows for batch in reader) == 149_990
    with pytest.raises(EngineError, match="engine-missing-column"):
        engine.batches("select nix")
    with pytest.raises(EngineError, match="engine-timeout"):
        engine.batches("select count(*) from range(1000000000000) as t(n) where n % 7 = 3", timeout=0.1).read_all()
    engine.close()
