"""The expression language of Ossie and its dialects: each function gives what it says there, or is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import hedu
from hedu.define.formats.loss import Carried
from hedu.define.ossie.carry import carried
from hedu.define.ossie.write import document
from hedu.doors.cli_import import native_texts

DATA = """
    CREATE TABLE visits(id INT, day DATE, seen TIMESTAMP, note VARCHAR, fee DECIMAL(8, 2), heads INT);
    INSERT INTO visits VALUES
        (1, '2024-03-01', '2024-03-01 08:30:00', 'banana', 12.50, 3), (2, '2024-03-03', '2024-03-03 23:59:59', 'kiwi', 0, 0),
        (3, '2024-12-30', '2024-12-30 00:00:00', NULL, NULL, 5), (4, NULL, NULL, 'aha', -4, NULL);
"""
LANGUAGE = "OSSIE_SQL_2026"


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("language") / "visits.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(DATA)
    return path


def field(name: str, expression: str, dialect: str = LANGUAGE) -> dict[str, Any]:
    return {"name": name, "expression": {"dialects": [{"dialect": dialect, "expression": expression}]}}


def model(expression: str, dialect: str, **more: Any) -> Carried:
    fields = [
        *(field(name, name) for name in ("id", "day", "seen", "note", "fee", "heads")),
        field("made", expression, dialect),
    ]
    dataset = {"name": "visits", "source": "visits", "primary_key": ["id"], "fields": fields}
    one = {"name": "clinic", "datasets": [dataset], "metrics": [field("rows", "COUNT(*)")], **more}
    return carried({"m.yaml": yaml.safe_dump({"version": "0.2.0.dev0", "semantic_model": [one]})})


SAID = [
    (LANGUAGE, "DATEADD(day, 7, day)", "day + 7"),
    (LANGUAGE, "DATEADD('month', -1, day)", "day - INTERVAL 1 MONTH"),
    (LANGUAGE, "DATEADD(day, heads, DATEADD(year, 1, day))", "(day + INTERVAL 1 YEAR) + heads * INTERVAL 1 DAY"),
    (LANGUAGE, "DATEDIFF(month, day, DATE '2025-01-01')", "datediff('month', day, DATE '2025-01-01')"),
    (LANGUAGE, "TO_DATE('2024-02-29')", "DATE '2024-02-29'"),
    (LANGUAGE, "TO_DATE('29/02/2024', 'DD/MM/YYYY')", "DATE '2024-02-29'"),
    (LANGUAGE, "TO_TIMESTAMP('2024-02-29 10:11:12')", "TIMESTAMP '2024-02-29 10:11:12'"),
    (LANGUAGE, "TO_TIMESTAMP('29.02.24 10:11', 'DD.MM.YY HH24:MI')", "TIMESTAMP '2024-02-29 10:11:00'"),
    (LANGUAGE, "TO_CHAR(day, 'YYYY-MM')", "year(day) || '-' || right('0' || month(day), 2)"),
    (LANGUAGE, "TO_CHAR(seen, 'YYMMDD HH24:MI:SS')", "strftime(seen, '%y%m%d %H:%M:%S')"),
    (LANGUAGE, "IFF(heads > 2, 'many', 'few')", "CASE WHEN heads > 2 THEN 'many' ELSE 'few' END"),
    (LANGUAGE, "ZEROIFNULL(fee)", "coalesce(fee, 0)"),
    (LANGUAGE, "NULLIFZERO(heads)", "CASE WHEN heads <> 0 THEN heads END"),
    (LANGUAGE, "REGEXP_REPLACE(note, '[ai]', '*')", "replace(replace(note, 'a', '*'), 'i', '*')"),
    ("ANSI_SQL", "IFF(IFF(heads > 2, 1, 0) = 1, ZEROIFNULL(fee), 9)", "CASE WHEN heads > 2 THEN coalesce(fee, 0) ELSE 9 END"),
    ("SNOWFLAKE", "TO_VARCHAR(day, 'YYYY')", "CAST(year(day) AS VARCHAR)"),
    ("SNOWFLAKE", "DAYOFWEEK(day)", "dayofweek(day)"),
    ("DATABRICKS", "dayofweek(day)", "dayofweek(day) + 1"),
    ("DATABRICKS", "extract(DAYOFWEEK FROM day)", "dayofweek(day) + 1"),
    ("DATABRICKS", "weekday(day)", "(dayofweek(day) + 6) % 7"),
    ("MYSQL", "DAYOFWEEK(day) * 2", "(dayofweek(day) + 1) * 2"),
    ("BIGQUERY", "EXTRACT(DAYOFWEEK FROM day)", "dayofweek(day) + 1"),
    ("BIGQUERY", "EXTRACT(ISOWEEK FROM day)", "weekofyear(day)"),
    ("POSTGRES", "to_char(day, 'DD.MM.YYYY')", "strftime(day, '%d.%m.%Y')"),
    ("POSTGRES", "fee * 1.0 / heads", "CASE WHEN heads <> 0 THEN fee * 1.0 / heads END"),
    ("POSTGRES", "heads::numeric / 2", "heads / 2"),
    ("DATABRICKS", "CAST(fee / 8 AS INT)", "trunc(fee / 8)"),
    ("SPARK", "fee::double::int", "trunc(fee)"),
    ("SNOWFLAKE", "(fee::FLOAT / 5)::INT", "CASE id WHEN 1 THEN 3 WHEN 2 THEN 0 WHEN 4 THEN -1 END"),
    ("BIGQUERY", "SAFE_CAST(CAST(fee AS FLOAT64) / 25 AS INT64)", "CASE id WHEN 1 THEN 1 WHEN 2 THEN 0 WHEN 4 THEN 0 END"),
    ("MYSQL", "CAST(LENGTH(note) AS SIGNED)", "length(note)"),
    ("BIGQUERY", "CAST(heads > 2 AS INT64)", "CASE WHEN heads > 2 THEN 1 WHEN heads <= 2 THEN 0 END"),
    ("POSTGRES", "(CASE WHEN heads > 2 THEN 1.0 ELSE 0 END) / NULLIF(heads, 0)", "CASE heads WHEN 3 THEN 1.0 / 3 WHEN 5 THEN 0.2 END"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "expression", "oracle"), SAID, ids=[f"{one[0]}-{one[1]}" for one in SAID])
def test_a_function_gives_what_its_dialect_says(dialect: str, expression: str, oracle: str, database: Path) -> None:
    made = model(expression, dialect)
    assert not made.losses
    ws = hedu.load(native_texts(made), engine=f"duckdb:///{database}", strict=True)
    ours = {row["id"]: row["made"] for row in ws.ask("rows", by=["id", "made"]).rows()}
    with duckdb.connect(str(database), read_only=True) as connection:
        theirs = dict(connection.execute(f"SELECT id, {oracle} FROM visits").fetchall())
    assert {key: _plain(value) for key, value in ours.items()} == {key: _plain(value) for key, value in theirs.items()}


def _plain(value: Any) -> Any:
    """A day and its first moment are one; so are numbers of every kind."""
    if value is None or isinstance(value, (str, bool)):
        return value
    return f"{value.isoformat()}T00:00:00"[:19] if hasattr(value, "isoformat") else round(float(value), 9)


REFUSED = [
    ("POSTGRES", "heads / 2", "divides whole numbers to whole numbers"),
    ("TRINO", "NULLIF(heads, 1) / (heads + 1)", "divides whole numbers to whole numbers"),
    ("BIGQUERY", "EXTRACT(WEEK FROM day)", "numbered from Sundays"),
    ("MYSQL", "WEEK(day)", "numbered from Sundays"),
    ("MYSQL", "note || heads", "depends on MySQL's settings"),
    ("DATABRICKS", "date_part('dow', day)", "counts the days of a week from elsewhere"),
    ("POSTGRES", "to_char(day, 'TMMonth YYYY')", "names in the format"),
    (LANGUAGE, "TO_CHAR(fee, '$999.00')", "cannot be read"),
    (LANGUAGE, "TO_CHAR(day, 'YYYY-Q')", "cannot be read"),
    ("POSTGRES", "to_char(day, 'YYYY Q')", "cannot be read"),
    ("DATABRICKS", "date_format(day, 'QQQ')", "cannot be read"),
    ("SNOWFLAKE", "TO_CHAR(fee, '999')", "cannot be read"),
    ("SNOWFLAKE", "PARSE_URL(note)", "it cannot be said here: PARSE_URL"),
    (LANGUAGE, "TO_CHAR(day, note)", "cannot be read"),
]


@pytest.mark.parametrize(("dialect", "expression", "why"), REFUSED, ids=[f"{one[0]}-{one[1]}" for one in REFUSED])
def test_what_would_mean_something_else_is_told(dialect: str, expression: str, why: str) -> None:
    found = model(expression, dialect)
    (loss,) = found.losses
    assert loss.path == "clinic.datasets.visits.fields.made" and loss.what == expression and why in loss.why.en
    assert all(one.name != "made" for one in found.definitions.datasets[0].dimensions)


def test_a_quantile_of_duckdb_is_a_value_that_occurs() -> None:
    found = model("id", LANGUAGE, metrics=[field("low", "QUANTILE(visits.fee, 0.5)", "DUCKDB")])
    (measure,) = found.definitions.datasets[0].measures
    assert measure.percentile is not None and measure.percentile.method == "discrete"


@pytest.mark.parametrize(
    "expression",
    [
        "CONCAT(COUNT(visits.id), ' visits')",
        "CASE WHEN SUM(visits.heads) > 5 THEN 'many' ELSE 'few' END",
        "COUNT(*) || '!'",
    ],
)
def test_a_metric_of_words_is_told_and_the_rest_opens(expression: str, database: Path) -> None:
    found = model("id", LANGUAGE, metrics=[field("said", expression), field("rows", "COUNT(*)")])
    (loss,) = found.losses
    assert loss.path == "clinic.metrics.said" and "comes to words" in loss.why.en
    ws = hedu.load(native_texts(found), engine=f"duckdb:///{database}", strict=True)
    assert ws.ask("rows").rows() == [{"rows": 4}]


def test_a_metric_of_a_dataset_uses_its_fields_by_their_bare_names(database: Path) -> None:
    """A field that is no column is written out; one computed from the column of its own name stays that column."""
    fields = [field("crowd", "heads > 2"), field("more", "crowd AND fee > 0"), field("fee", "COALESCE(fee, 100)")]
    metrics = [field("crowds", "COUNT(CASE WHEN crowd THEN id END)"), field("both", "COUNT_IF(more)", "SNOWFLAKE"),
               field("fees", "SUM(fee)"), field("all_fees", "SUM(visits.fee)")]  # fmt: skip
    dataset = {"name": "visits", "source": "visits", "primary_key": ["id"], "fields": fields, "metrics": metrics}
    made = carried({"m.yaml": yaml.safe_dump({"name": "clinic", "datasets": [dataset]})})
    assert not made.losses
    ws = hedu.load(native_texts(made), engine=f"duckdb:///{database}", strict=True)
    (row,) = ws.ask(["crowds", "both", "fees", "all_fees"]).rows()
    assert {key: float(value) for key, value in row.items()} == {"crowds": 2, "both": 1, "fees": 8.5, "all_fees": 108.5}


def test_key_columns_are_told_without_quotes(database: Path) -> None:
    """In an expression a Chinese name stands in quotes; in a list of key columns it is only a name."""
    here = {"name": "明细", "source": "SELECT id AS 编号, note AS 水果, heads FROM visits", "primary_key": ["编号"],
            "fields": [field("水果", '"水果"'), field("heads", "heads")]}  # fmt: skip
    there = {"name": "水果", "source": "SELECT DISTINCT note AS 名称, length(note) AS n FROM visits", "primary_key": ["名称"],
             "fields": [field("字数", '"n"')]}  # fmt: skip
    link = {"name": "r", "from": "明细", "to": "水果", "from_columns": ["水果"], "to_columns": ["名称"]}
    parts = {"datasets": [here, there], "relationships": [link], "metrics": [field("人数", 'SUM("明细".heads)')]}
    made = carried({"m.yaml": yaml.safe_dump({"name": "馆", **parts}, allow_unicode=True)})
    out = document(made.definitions, "0.2")[0]["semantic_model"][0]
    assert [one["primary_key"] for one in out["datasets"]] == [["编号"], ["名称"]]
    assert (out["relationships"][0]["from_columns"], out["relationships"][0]["to_columns"]) == (["水果"], ["名称"])
    here["primary_key"], link["to_columns"] = ['"编号"'], ['"名称"']
    for one in (made, carried({"m.yaml": yaml.safe_dump({"name": "馆", **parts}, allow_unicode=True)})):
        ws = hedu.load(native_texts(one), engine=f"duckdb:///{database}", strict=True)
        assert {row["水果.字数"]: row["人数"] for row in ws.ask("人数", by="水果.字数").rows()} == {
            6: 3,
            4: 0,
            None: 5,
            3: None,
        }


def test_what_one_dialect_cannot_say_here_another_may(database: Path) -> None:
    both = {"dialects": [{"dialect": "ANSI_SQL", "expression": "TO_CHAR(day, 'YYYY-Q')"},
                         {"dialect": "DATABRICKS", "expression": "concat(year(day), '-', quarter(day))"}]}  # fmt: skip
    dataset = {
        "name": "visits",
        "source": "visits",
        "fields": [field("id", "id"), {"name": "made", "expression": both}],
    }
    one = {"name": "clinic", "datasets": [dataset], "metrics": [field("rows", "COUNT(*)")]}
    made = carried({"m.yaml": yaml.safe_dump({"version": "0.2.0.dev0", "semantic_model": [one]})})
    assert not made.losses
    ws = hedu.load(native_texts(made), engine=f"duckdb:///{database}", strict=True)
    assert {row["made"] for row in ws.ask("rows", by="made").rows()} == {"2024-1", "2024-4", None}
