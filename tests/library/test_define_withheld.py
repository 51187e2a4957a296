"""What is wrong in a definition is not left out of its answer: what rests on it is not answered at all."""

from __future__ import annotations

from pathlib import Path

import pytest

import hedu
from hedu.errors import QueryError
from hedu.model.metrics import DEEPEST

TEXT = """version: 1
dataset: orders
select: |
  select * from (values (1, 'E', 10, date '2024-01-01'), (2, 'W', 20, date '2024-02-29')) t(id, region, amt, d)
primary_key: id
entities: {order: id}
time: d
dimensions:
  region: {}
  size: {expr: "case when amt > 15 then 'L' else 'S' end"}
  d: {type: date}
measures:
  amt: {agg: sum}
  rows: {agg: count}
---
version: 1
metric: amount
simple: {measure: orders.amt}
---
version: 1
metric: large
simple: {measure: orders.amt, where: "size = 'L'"}
---
version: 1
metric: rows
simple: {measure: orders.rows}
---
version: 1
metric: each
ratio: {numerator: amount, denominator: rows}
"""


def loaded(was: str, now: str) -> hedu.Workspace:
    assert was in TEXT
    return hedu.load({"a.yml": TEXT.replace(was, now, 1)}, engine="duckdb://")


def answered(ws: hedu.Workspace) -> set[str]:
    """The metrics that still answer; the others are refused as withheld."""
    found = set()
    for metric in ("amount", "large", "rows", "each"):
        try:
            ws.ask(metric)
        except QueryError as error:
            assert error.problem.code == "metric-withheld"
        else:
            found.add(metric)
    return found


ALL = {"amount", "large", "rows", "each"}


@pytest.mark.parametrize(
    ("was", "now", "code", "left"),
    [
        ("amt: {agg: sum}", "amt: {agg: sum, where: 'region ='}", "expression-broken", {"rows"}),
        ("amt: {agg: sum}", "amt: {agg: sum, filter: \"region = 'E'\"}", "key-unknown", {"rows"}),
        ("amt: {agg: sum}", "amt: {agg: sum, where: [a, b]}", "expected-text", {"rows"}),
        ("amt: {agg: sum}", "amt: {agg: sum, time: dd}", "measure-time-unknown", {"rows"}),
        ("amt: {agg: sum}", "amt: {agg: percentile}", "percentile-missing", {"rows"}),
        ("rows: {agg: count}", "rows: {agg: count, expr: 'amt) ('}", "expression-broken", {"amount", "large"}),
        ('size: {expr: "case', 'size: {expr: "casse (', "expression-broken", {"amount", "rows", "each"}),
        ('size: {expr: "case', 'size: {type: txt, expr: "case', "choice-unknown", {"amount", "rows", "each"}),
        ("{measure: orders.amt}", "{measure: orders.amt, filter: \"region = 'E'\"}", "key-unknown", {"large", "rows"}),
        ("{measure: orders.amt}", "{measure: orders.amt, where: [x]}", "expected-text", {"large", "rows"}),
        ("time: d", "time: dd", "dataset-time-unknown", set()),
        ("time: d", "time: d\nvalidty: {entity: order, from: d, to: d}", "key-misspelt", set()),
        ("primary_key: id", "primary_key: {id: id}", "expected-list", set()),
        ("metric: amount\n", "metric: amount\nowner: [a]\nlabel: {xx: a}\n", "expected-text", ALL),
        ("amt: {agg: sum}", "amt: {agg: sum, label: {xx: a}}", "language-unknown", ALL),
        ("version: 1\nmetric: amount", "metric: amount", "version-missing", ALL),
    ],
)
def test_a_fault_takes_away_what_rests_on_it_and_no_more(was: str, now: str, code: str, left: set[str]) -> None:
    ws = loaded(was, now)
    assert code in {problem.code for problem in ws.problems}
    assert answered(ws) == left


SETTINGS = "version: 1\nworkspace: shop\ntime_zone: Europe/Berlin\nlabel: {zh: 商店}\n"


@pytest.mark.parametrize(
    "unreadable",
    [
        SETTINGS.encode("gbk"),
        SETTINGS.encode("utf-16"),
        SETTINGS + "departments: {a: [",
        SETTINGS.replace("workspace:", "workspce:"),
        SETTINGS.replace("workspace: shop\n", ""),
        "{version: 1, workspace: shop, time_zone: [",
    ],
)
def test_settings_that_cannot_be_read_let_nothing_be_answered(unreadable: str | bytes) -> None:
    ws = hedu.load({"a.yml": TEXT, "b.yml": unreadable}, engine="duckdb://")
    with pytest.raises(QueryError, match="settings-faulty"):
        ws.ask("amount")


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-8"])
def test_a_metric_in_a_text_that_cannot_be_read_is_not_unknown(encoding: str) -> None:
    text = "version: 1\nmetric: worth\nlabel: {zh: 价值}\nderived: {expr: x, metrics: {x: {metric: rows}}" + "\n"
    ws = hedu.load({"a.yml": TEXT, "b.yml": text.encode(encoding)}, engine="duckdb://")
    assert answered(ws) == ALL, "those that it only names are as they were"
    with pytest.raises(QueryError, match="metric-withheld"):
        ws.ask("worth")


def test_a_name_given_twice_answers_for_neither() -> None:
    ws = hedu.load(
        {"a.yml": TEXT, "b.yml": "version: 1\nmetric: Amount\nsimple: {measure: orders.rows}\n"}, engine="duckdb://"
    )
    assert answered(ws) == {"large", "rows"}


def test_a_model_kept_from_before_withholds_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEDU_CACHE", str(tmp_path / "kept"))
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "a.yml").write_text(TEXT.replace("amt: {agg: sum}", "amt: {agg: sum, where: 'region ='}"))
    for _ in range(2):
        ws = hedu.load(folder, engine="duckdb://")
        assert answered(ws) == {"rows"}
        assert "amt" not in ws.model.datasets["orders"].measures
        with pytest.raises(QueryError, match="metric-withheld") as refused:
            ws.dimensions_of("amount")
        assert "expression-broken a.yml:" in refused.value.problem.hint("en"), "where to begin mending is told"


def test_a_dimension_of_an_unknown_metric_is_refused_by_name() -> None:
    ws = loaded("  region: {}", "  region: {}\n  worth: {metric: amounts}")
    with pytest.raises(hedu.errors.PlanError, match="metric-unknown"):
        ws.ask("amount", by="worth")


def test_a_formula_too_deep_to_work_out_is_a_problem() -> None:
    formula = " + ".join(["amount"] * 3_000)
    more = f"---\nversion: 1\nmetric: endless\nderived: {{formula: {formula}}}\n"
    ws = hedu.load({"a.yml": TEXT + more}, engine="duckdb://")
    assert [problem.code for problem in ws.problems] == ["expression-broken"]
    with pytest.raises(QueryError, match="metric-withheld"):
        ws.ask("endless")
    many = " or ".join(f"region = 'x{at}'" for at in range(2_000))
    assert ws.ask("amount", by="region", where=many).rows() == []


def test_a_quotient_over_nothing_fulfils_no_filter() -> None:
    ws = hedu.load({"a.yml": TEXT}, engine="duckdb://")
    assert ws.ask("amount", by="region", where="amount / (rows - 1) > 1").rows() == []
    assert len(ws.ask("amount", by="region", where="amount / rows / 2 >= 5").rows()) == 2


@pytest.mark.parametrize("line", ["time_zone: Nowhere/City", "week_start: xday", "timezone: UTC", "currency: [1]"])
def test_nothing_is_answered_under_settings_other_than_written(line: str) -> None:
    refuses_all({"w.yml": f"version: 1\nworkspace: w\n{line}\n"})


def test_nothing_is_answered_under_settings_written_twice() -> None:
    refuses_all(
        {
            name: f"version: 1\nworkspace: {name}\ntime_zone: {zone}\n"
            for name, zone in (("w", "UTC"), ("v", "Asia/Tokyo"))
        }
    )


def refuses_all(settings: dict[str, str]) -> None:
    ws = hedu.load({"a.yml": TEXT, **settings}, engine="duckdb://")
    with pytest.raises(QueryError) as refused:
        ws.ask("amount")
    assert refused.value.problem.code == "settings-faulty"


def test_faulty_words_of_a_workspace_keep_nothing_from_answering() -> None:
    ws = hedu.load({"a.yml": TEXT, "w.yml": "version: 1\nworkspace: w\nlabel: [1]\n"}, engine="duckdb://")
    assert ws.problems and answered(ws) == {"amount", "large", "rows", "each"}


def test_metrics_resting_on_each_other_too_deep_are_refused_at_load() -> None:
    def chain(length: int) -> hedu.Workspace:
        more = "".join(
            f"---\nversion: 1\nmetric: m{at}\nderived: {{formula: {f'm{at - 1}' if at else 'amount'} + 1}}\n"
            for at in range(length)
        )
        return hedu.load({"a.yml": TEXT + more}, engine="duckdb://")

    assert chain(DEEPEST - 1).ask(f"m{DEEPEST - 2}").table.to_pylist() == [{f"m{DEEPEST - 2}": 30 + DEEPEST - 1}]
    ws = chain(DEEPEST + 1)
    assert [one.code for one in ws.problems] == ["metrics-too-deep"]
    with pytest.raises(QueryError) as refused:
        ws.ask(f"m{DEEPEST}")
    assert refused.value.problem.code == "metric-withheld"
