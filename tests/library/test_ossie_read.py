"""Ossie models -> definitions that answer with the rows of independent SQL; what does not fit is told, never lost."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

import hedu
from hedu.define.definitions import MetricRef, Rank
from hedu.define.formats.loss import Carried
from hedu.define.ossie.carry import carried, read_ossie
from hedu.define.ossie.write import document
from hedu.doors.cli import main
from hedu.doors.cli_import import native_texts
from hedu.errors import DefinitionError, HeduError

HERE = Path(__file__).parent / "ossie"
CASES = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mart") / "tables.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute((HERE / "tables.sql").read_text(encoding="utf-8"))
    return path


@pytest.fixture(scope="module")
def mart(database: Path) -> hedu.Workspace:
    made = read_ossie(HERE / "mart.yaml")
    assert not made.losses
    return hedu.load(native_texts(made), engine=f"duckdb:///{database}", strict=True)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["ask"]))
def test_answers(case: Mapping[str, Any], mart: hedu.Workspace, database: Path) -> None:
    if "error" in case:
        with pytest.raises(HeduError) as caught:
            mart.ask(**case["ask"])
        assert caught.value.code == case["error"]
        return
    table = mart.ask(**case["ask"]).table
    with duckdb.connect(str(database), read_only=True) as connection:
        oracle = connection.execute(case["oracle"]).to_arrow_table()
    assert table.column_names == oracle.column_names
    ours, theirs = rows(table), rows(oracle)
    assert len(ours) == len(theirs), (ours, theirs)
    for own, other in zip(ours, theirs, strict=True):
        assert all(map(equal, own, other)), (own, other)


def rows(table: Any) -> list[tuple[Any, ...]]:
    columns = [[plain(value) for value in column.to_pylist()] for column in table.columns]
    return sorted(zip(*columns, strict=True), key=lambda row: [(value is None, str(value)) for value in row])


def plain(value: Any) -> Any:
    return float(value) if isinstance(value, (Decimal, int)) and not isinstance(value, bool) else value


def equal(a: Any, b: Any) -> bool:
    return math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else bool(a == b)


def model(body: str) -> str:
    """One dataset and more, as a document of 0.1.1."""
    return (
        'version: "0.1.1"\nsemantic_model:\n  - name: shop\n    datasets:\n'
        "      - name: orders\n        source: main.orders\n        primary_key: [id]\n"
        "        fields: [{name: amount, expression: {dialects: [{dialect: ANSI_SQL, expression: amount}]}}]\n"
        f"{body}"
    )


def read(body: str) -> Carried:
    return carried({"m.yaml": model(body)})


def metric(expression: str, dialect: str = "ANSI_SQL") -> Carried:
    one = {"name": "m", "expression": {"dialects": [{"dialect": dialect, "expression": expression}]}}
    return read(f"    metrics: [{json.dumps(one)}]\n")


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("CORR(orders.amount, orders.id)", "no counterpart"),
        ("AVG(DISTINCT orders.amount)", "only counts and sums"),
        ("COUNT(DISTINCT orders.amount, orders.id)", "distinct combinations"),
        ("AVG(SUM(orders.amount))", "an aggregate of an aggregate"),
        ("SUM(orders.amount) OVER (ORDER BY orders.day)", "window function"),
        ("RANK() OVER (ORDER BY SUM(orders.amount) DESC)", "window function"),
        ("RANK() OVER (PARTITION BY orders.amount ORDER BY COUNT(*) NULLS FIRST)", "window function"),
        ("DENSE_RANK() OVER (PARTITION BY orders.amount ORDER BY COUNT(*))", "window function"),
        ("RANK() OVER (PARTITION BY orders.nothing ORDER BY COUNT(orders.amount))", "is no field"),
        ("SUM(orders.amount) / orders.id", "outside of any aggregate"),
        ("SUM(orders.amount) - unknown_metric", "outside of any aggregate"),
        ("(SELECT SUM(amount) FROM orders)", "a subquery"),
        ("SUM((SELECT 1))", "window function or subquery"),
        ("SUM(customers.amount)", "no dataset customers"),
        ("SUM(elsewhere) + COUNT(m)", "an aggregate of the metric m"),
        ("PERCENTILE_CONT(2) WITHIN GROUP (ORDER BY orders.amount)", "from 0 to 1"),
        ("PERCENTILE_DISC(0.1) WITHIN GROUP (ORDER BY orders.amount DESC)", "counted from the greatest"),
        ("RANK() FILTER (WHERE orders.amount > 1)", "the aggregate RANK has no counterpart"),
        ("LISTAGG(orders.id) WITHIN GROUP (ORDER BY orders.id)", "has no counterpart"),
        ("1 + 1", "no aggregate in it"),
        ("m + SUM(orders.amount)", "which is not carried over"),
        ("SUM(orders.amount", "can be read as SQL"),
        ("SUM(orders.amount); DROP TABLE orders", "can be read as SQL"),
        ("SUM(orders.amount) FROM orders", "can be read as SQL"),
        ("SUM(orders.amount)" + " + 1" * 500, "nested too deep"),
        ("SUM(" + "(" * 3_000 + "orders.amount" + ")" * 3_000 + ")", "can be read as SQL"),
    ],
)
def test_a_metric_that_cannot_be_said_is_told(expression: str, why: str) -> None:
    found = metric(expression)
    assert not found.definitions.metrics
    (loss,) = found.losses
    assert loss.path == "shop.metrics.m" and loss.what == expression and why in loss.why.en
    assert str(loss.where).startswith("m.yaml:9:")


@pytest.mark.parametrize("dialect", ["MDX", "TABLEAU", "MAQL", "DAX"])
def test_a_dialect_that_is_no_sql_is_told(dialect: str) -> None:
    (loss,) = metric("SUM(orders.amount)", dialect).losses
    assert dialect in loss.why.en


@pytest.mark.parametrize(
    ("expression", "dialect", "agg", "expr"),
    [
        ("SUM(ORDERS.Amount)", "ANSI_SQL", "sum", "amount"),
        ("COUNT_IF(orders.amount > 3)", "SNOWFLAKE", "count", "CASE WHEN amount > 3 THEN 1 END"),
        ("COUNT(DISTINCT `orders`.`amount`)", "DATABRICKS", "count_distinct", "amount"),
        ("COUNT(*)", "ANSI_SQL", "count", ""),
        ("COUNT(1)", "BIGQUERY", "count", ""),
        ("SUM(IFF(orders.amount > 1, 1, 0))", "SNOWFLAKE", "sum", "CASE WHEN amount > 1 THEN 1 ELSE 0 END"),
        ("AVG(orders.amount) FILTER (WHERE orders.day > '2024')", "ANSI_SQL", "average",
         "CASE WHEN day > '2024' THEN amount END"),
        ("APPROX_COUNT_DISTINCT(orders.amount)", "ANSI_SQL", "approx_count_distinct", "amount"),
        ("APPROX_PERCENTILE(orders.amount, 0.9)", "SNOWFLAKE", "percentile", "amount"),
        ("QUANTILE_CONT(orders.amount, 0.9)", "DUCKDB", "percentile", "amount"),
        ("PERCENTILE_CONT(0.1) WITHIN GROUP (ORDER BY orders.amount DESC)", "ANSI_SQL", "percentile", "amount"),
        ("(MIN(orders.amount))", "ANSI_SQL", "min", "amount"),
        ("SUM(DISTINCT orders.amount)", "ANSI_SQL", "sum_distinct", "amount"),
        ("STDDEV(orders.amount)", "ANSI_SQL", "stddev", "amount"),
        ("STDDEV_POP(orders.amount)", "SNOWFLAKE", "stddev_pop", "amount"),
        ("VARIANCE(orders.amount)", "DATABRICKS", "variance", "amount"),
        ("VAR_POP(orders.amount)", "ANSI_SQL", "variance_pop", "amount"),
    ],
)  # fmt: skip
def test_each_aggregate_is_a_measure(expression: str, dialect: str, agg: str, expr: str) -> None:
    found = metric(expression, dialect)
    assert not found.losses
    (measure,) = found.definitions.datasets[0].measures
    assert (measure.agg, measure.expr) == (agg, expr)
    if measure.percentile is not None:
        assert measure.percentile.at == 0.9


ONE = "name: x\ndatasets: [{name: a, source: t}]\n"
BROKEN = [
    ("version: 0.1.1\nsemantic_model:\n  - name: x\n", "ossie-key-missing", 3),
    ("version: 9.1\nsemantic_model: []\n", "ossie-version-unknown", 1),
    ("metrics: []\n", "ossie-no-model", 1),
    ("- a\n- b\n", "expected-map", 1),
    ("name: x\ndatasets:\n  - {name: a}\n", "ossie-key-missing", 3),
    ("name: x\ndatasets:\n  - {name: a, source: t}\n  - {name: A, source: t}\n", "ossie-name-twice", 4),
    ("name: x\ndatasets: {name: a}\n", "expected-list", 2),
    ("name: x\ndatasets:\n  - {name: a, source: t, fields: [{name: f}]}\n", "ossie-key-missing", 3),
    ("name: x\ndatasets:\n  - {name: a, source: t, fields: [{name: f, expression: {dialects: []}}]}\n",
     "ossie-key-missing", 3),
    ("name: x\ndatasets:\n  - {name: a, source: t, fields: [{name: f, expression: f, dimension: {is_time: maybe}}]}\n",
     "expected-flag", 3),
    ("name: x\ndatasets:\n  - {name: a, source: t, primary_key: {a: 1}}\n", "expected-list", 3),
    (ONE + "relationships:\n  - {name: r, from: a, to: b, from_columns: [i], to_columns: [i]}\n",
     "ossie-dataset-unknown", 4),
    (ONE + "relationships:\n  - {name: r, from: a, to: a, from_columns: [i, j], to_columns: [i]}\n",
     "ossie-columns-uneven", 4),
    ("name: x\ndatasets:\n\t- {name: a}\n", "yaml-tab", 3),
    ("name: x\ndatasets: &d\n  - {name: a, source: t, fields: *d}\n", "alias-loop", 3),
    ("name: x\ndatasets:\n  - {name: a, source: t, custom_extensions: [{vendor_name: HEDU, data: 'no json'}]}\n",
     "ossie-extension-broken", 3),
    ("name: x\ndatasets:\n  - {name: a, source: t, custom_extensions: [{vendor_name: hedu, data: '{\"hedu\": 7}'}]}\n",
     "ossie-extension-broken", 3),
    (ONE + "custom_extensions: [{vendor_name: HEDU, data: '{\"hedu\": 1, \"settings\": {\"workspace\": \"-\"}}'}]\n",
     "ossie-extension-broken", 1),
    ("name: x\ndatasets:\n  - {name: a, source: !!python/object:os.system t}\n", "tag-refused", 3),
    ("a: " + "[" * 60 + "]" * 60, "nested-too-deep", 1),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "line"), BROKEN, ids=[code for _, code, _ in BROKEN])
def test_a_broken_text_is_refused_at_its_place(text: str, code: str, line: int) -> None:
    with pytest.raises(DefinitionError) as caught:
        carried({"m.yaml": text})
    found = caught.value.problem
    assert found.code == code and found.where is not None
    assert (found.where.file, found.where.line) == ("m.yaml", line)


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(DefinitionError) as caught:
        carried({"m.yaml": "name: 净额".encode("gb18030")})
    assert caught.value.code == "not-utf8"


def test_what_the_specification_does_not_know_is_told() -> None:
    found = read("        grain: day\n    queries: [{name: q}]\n")
    assert [(loss.path, loss.what) for loss in found.losses] == [
        ("shop.datasets.orders.grain", "day"),
        ("shop.queries", "[{'name': 'q'}]"),
    ]


def test_a_relationship_to_no_key_is_told_and_not_joined() -> None:
    found = read(
        "      - {name: lines, source: lines}\n"
        "    relationships:\n      - {name: up, from: lines, to: orders, from_columns: [a], to_columns: [amount]}\n"
    )
    (loss,) = found.losses
    assert loss.path == "shop.relationships.up" and "count rows several times" in loss.why.en
    assert not found.definitions.datasets[1].entities


def test_a_relationship_to_a_dataset_without_keys_states_one() -> None:
    found = read(
        "      - {name: people, source: people}\n"
        "    relationships:\n      - {name: who, from: orders, to: people, from_columns: [p], to_columns: [id]}\n"
    )
    assert not found.losses and found.definitions.datasets[1].primary_key == ("id",)


def test_names_that_cannot_be_names_are_changed_and_told() -> None:
    found = read(
        '      - {name: "Web Visits", source: visits, fields: [{name: "page url", expression: \'"page url"\'}]}\n'
        '    metrics: [{name: "Net $", expression: SUM("Web Visits"."page url")}]\n'
    )
    assert [loss.what for loss in found.losses] == ["Web Visits -> Web_Visits", "Net $ -> Net", "page url -> page_url"]
    visits = found.definitions.datasets[1]
    assert visits.dimensions[0].expr == visits.measures[0].expr == '"page url"'


def test_two_models_share_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(model(""), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(yaml.safe_load(model(""))), encoding="utf-8")
    found = read_ossie(tmp_path)
    assert [one.name for one in found.definitions.datasets] == ["orders", "shop_orders"]
    assert [loss.what for loss in found.losses] == ["orders -> shop_orders"]


def test_the_database_is_the_engines_and_comes_back() -> None:
    text = model("      - {name: people, source: 'SELECT * FROM shop.crm.people'}\n")
    text = text.replace("main.orders", "shop.main.orders")
    orders, people = carried({"m.yaml": text}).definitions.datasets
    assert (orders.source.table, people.source.select) == ("main.orders", "SELECT * FROM crm.people")
    assert orders.x["ossie"]["source"] == "shop.main.orders"
    data, _ = document(carried({"m.yaml": text}).definitions, "0.1.1")
    assert data["semantic_model"][0]["datasets"][0]["source"] == "shop.main.orders"
    two = text.replace("shop.crm", "other.crm")
    assert [one.source.table or one.source.select for one in carried({"m.yaml": two}).definitions.datasets] == [
        "shop.main.orders",
        "SELECT * FROM other.crm.people",
    ]


def test_extensions_may_hold_data_of_any_kind() -> None:
    text = model("    custom_extensions: [{vendor_name: DBT, data: {project: p, tags: [a, 1]}}]\n")
    found = carried({"m.yaml": text})
    kept = [{"vendor_name": "DBT", "data": {"project": "p", "tags": ["a", 1]}}]
    assert found.definitions.settings.x["ossie"]["custom_extensions"] == kept
    data, _ = document(found.definitions, "0.1.1")
    assert data["semantic_model"][0]["custom_extensions"][0]["data"] == '{"project": "p", "tags": ["a", 1]}'


def test_documents_without_a_model_are_told_beside_one() -> None:
    found = carried({"m.yaml": model(""), "o.yaml": "version: 0.2.0.dev0\nontology: []\n"})
    assert [(loss.path, loss.what) for loss in found.losses] == [("o.yaml", "document")]
    assert len(found.definitions.datasets) == 1


def test_a_dataset_may_belong_to_itself() -> None:
    found = read(
        "    relationships:\n"
        "      - {name: replaces, from: orders, to: orders, from_columns: [former_id], to_columns: [id]}\n"
    )
    roles = {one.name: (one.entity, one.key) for one in found.definitions.datasets[0].entities}
    assert roles == {"orders": ("orders", ("id",)), "replaces": ("orders", ("former_id",))}


def test_rows_are_never_computed_across_what_is_no_key() -> None:
    found = read(
        "      - {name: shops, source: main.shops, primary_key: [id]}\n"
        "    relationships: [{name: near, from: orders, to: shops, from_columns: [zip], to_columns: [zip]}]\n"
        "    metrics: [{name: m, expression: {dialects: [{dialect: ANSI_SQL, expression: SUM(orders.amount * shops.fee)}]}}]\n"
    )
    assert [loss.path for loss in found.losses] == ["shop.relationships.near", "shop.metrics.m"]
    assert found.definitions.datasets[0].source.table == "main.orders"


def test_a_place_within_a_field_is_a_rank(database: Path) -> None:
    text = (HERE / "mart.yaml").read_text(encoding="utf-8")
    over = "RANK() OVER (PARTITION BY shops.region ORDER BY SUM(sales.paid) {} DESC)"
    for name, rest in (("place", ""), ("place_of_mean", "/ COUNT(*)")):
        one = {"name": name, "expression": {"dialects": [{"dialect": "ANSI_SQL", "expression": over.format(rest)}]}}
        text += f"  - {json.dumps(one)}\n"
    made = carried({"m.yaml": text})
    assert not made.losses
    bodies = {one.name: one.body for one in made.definitions.metrics}
    assert bodies["place"] == Rank(MetricRef("revenue"), ("shops.region",), "desc")
    assert bodies["place_of_mean"] == Rank(MetricRef("place_of_mean_value"), ("shops.region",), "desc")
    ws = hedu.load(native_texts(made), engine=f"duckdb:///{database}", strict=True)
    table = ws.ask(["place", "place_of_mean"], by=["shops.region", "goods.category"]).table
    with duckdb.connect(str(database), read_only=True) as connection:
        oracle = connection.execute(
            "SELECT region, category, rank() OVER (PARTITION BY region ORDER BY sum(paid) DESC),"
            " rank() OVER (PARTITION BY region ORDER BY sum(paid) / count(*) DESC) AS mean"
            " FROM mart.sales JOIN mart.shops USING (shop_sk) JOIN mart.goods USING (item_sk) GROUP BY 1, 2"
        ).to_arrow_table()
    assert rows(table) == rows(oracle)


def test_nothing_beside_the_core_is_dropped() -> None:
    made = read_ossie(HERE / "mart.yaml").definitions
    kept = {one.name: one for one in made.metrics}["revenue"].x["ossie"]
    assert kept["custom_extensions"] == [{"vendor_name": "SNOWFLAKE", "data": '{"warehouse": "W"}'}]
    assert [one["dialect"] for one in kept["dialects"]] == ["TABLEAU", "ANSI_SQL"]
    assert made.settings.x["ossie"]["ai_context"] == {"instructions": "Money is in euro.", "synonyms": ["retail"]}
    shops = {one.name: one for one in made.datasets}["shops"].x["ossie"]["fields"]
    assert shops["region"] == {"label": "geography"}
    assert shops["shop_name"] == {"ai_context": {"examples": ["Which shop sells most?"]}}
    sales = {one.name: one for one in made.datasets}["sales"].x["ossie"]["relationships"]
    assert sales["people"] == {"name": "sales_to_people", "ai_context": {"synonyms": ["buyer"]}}


def test_the_command_writes_a_folder_that_opens(
    tmp_path: Path, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "native"
    assert code_of("import", "ossie", str(HERE / "mart.yaml"), "--out", str(out)) == 0
    assert json.loads((out / "loss.json").read_text(encoding="utf-8")) == []
    ws = hedu.load(out, engine=f"duckdb:///{database}", strict=True)
    assert ws.ask("revenue").table.to_pylist() == [{"revenue": Decimal("148.5")}]
    capsys.readouterr()
    assert code_of("import", "ossie", str(HERE / "mart.yaml"), "--out", str(out)) == 2, "never over what is there"
    assert capsys.readouterr().err.startswith("folder-not-empty")


def test_strict_refuses_what_would_be_lost(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "m.yaml"
    file.write_text(model("    queries: [{name: q}]\n"), encoding="utf-8")
    assert code_of("import", "ossie", str(file), "--out", str(tmp_path / "out"), "--strict") == 2
    assert capsys.readouterr().err.startswith("loss-refused  m.yaml:9:5")
    assert not (tmp_path / "out").exists()
    assert code_of("import", "ossie", str(file), "--out", str(tmp_path / "out")) == 0
    told = json.loads((tmp_path / "out" / "loss.json").read_text(encoding="utf-8"))
    assert [set(one) for one in told] == [{"path", "what", "why", "where"}]


def test_a_path_without_documents_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert code_of("import", "ossie", str(tmp_path), "--out", str(tmp_path / "out")) == 2
    assert capsys.readouterr().err.startswith("ossie-not-found")


def code_of(*args: str) -> int:
    with pytest.raises(SystemExit) as done:
        main(args)
    return int(str(done.value.code))
