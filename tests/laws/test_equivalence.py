"""Laws: whatever is written otherwise is never called different; whatever differs on a row is never called equal."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any

import duckdb
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp, parse_one

import hedu
from hedu.alignment.equivalence import of_metrics, of_selects
from hedu.alignment.equivalence.diagrams import implies
from hedu.alignment.equivalence.metrics import witness_between
from hedu.alignment.equivalence.reading import Names, condition

SCHEMA = {"t": {"n": "integer", "x": "number", "s": "text", "d": "date", "b": "boolean"}}
KINDS = {"n": "integer", "x": "number", "s": "text", "d": "day", "b": "bool"}
LITERALS = {
    "n": st.sampled_from(["0", "1", "2", "3"]),
    "x": st.sampled_from(["0", "1", "1.5", "2"]),
    "s": st.sampled_from(["'a'", "'b'", "''"]),
    "d": st.sampled_from(["DATE '2024-01-31'", "DATE '2024-02-01'", "'2024-02-29'"]),
    "b": st.sampled_from(["TRUE", "FALSE"]),
}
COMPARISONS = st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "IS DISTINCT FROM", "IS NOT DISTINCT FROM"])
ROWS = [
    (n, x, s, d, b)
    for n in (None, 0, 1, 2, 3)
    for x in (None, 0.0, 1.0, 1.25, 2.0)
    for s in (None, "a", "b")
    for d in (None, date(2024, 1, 31), date(2024, 2, 29))
    for b in (None, True, False)
]
QUIET = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)


@st.composite
def atoms(draw: Any) -> str:
    name = draw(st.sampled_from("nxsd"))
    literals = LITERALS[name]
    match draw(st.integers(0, 6)):
        case 0:
            return f"{name} IS NULL"
        case 1:
            return f"{name} IN ({', '.join(draw(st.lists(literals, min_size=1, max_size=3)))})"
        case 2:
            return f"{name} BETWEEN {draw(literals)} AND {draw(literals)}"
        case 3:
            return draw(st.sampled_from(["b", "b = TRUE", "b IS NOT TRUE", "n < x", "x - n > 0", "b IS NULL"]))
        case 4:
            return f"coalesce({name}, {draw(literals)}) {draw(COMPARISONS)} {draw(literals)}"
        case _:
            return f"{name} {draw(COMPARISONS)} {draw(literals)}"


PREDICATES = st.recursive(
    atoms(),
    lambda inner: st.one_of(
        st.builds("({} AND {})".format, inner, inner),
        st.builds("({} OR {})".format, inner, inner),
        st.builds("NOT ({})".format, inner),
        st.builds("CASE WHEN {} THEN {} ELSE {} END".format, inner, inner, inner),
    ),
    max_leaves=5,
)


@st.composite
def rewritten(draw: Any, tree: exp.Expr) -> exp.Expr:
    """The same predicate by rules that keep it true, false or NULL as it was."""
    match tree:
        case exp.Paren():
            return exp.Paren(this=draw(rewritten(tree.this)))
        case exp.And() | exp.Or():
            kind, other = (exp.And, exp.Or) if isinstance(tree, exp.And) else (exp.Or, exp.And)
            left, right = (exp.paren(draw(rewritten(side))) for side in (tree.left, tree.right))
            match draw(st.integers(0, 3)):
                case 0:
                    return kind(this=right, expression=left)
                case 1:
                    return exp.not_(exp.paren(other(this=exp.not_(left), expression=exp.not_(right))))
                case 2:
                    return kind(this=left, expression=exp.paren(kind(this=right, expression=left.copy())))
            return kind(this=left, expression=right)
        case exp.In() if draw(st.booleans()):
            parts = [exp.EQ(this=item.copy(), expression=tree.this.copy()) for item in reversed(tree.expressions)]
            return exp.paren(exp.or_(*parts))
        case exp.Between() if draw(st.booleans()):
            low = exp.GTE(this=tree.this.copy(), expression=tree.args["low"].copy())
            high = exp.GTE(this=tree.args["high"].copy(), expression=tree.this.copy())
            return exp.paren(exp.and_(high, low))
        case exp.LT() | exp.GTE() if draw(st.booleans()):
            opposite = exp.GTE if isinstance(tree, exp.LT) else exp.LT
            return exp.not_(exp.paren(opposite(this=tree.this.copy(), expression=tree.expression.copy())))
    return exp.not_(exp.not_(exp.paren(tree.copy()))) if draw(st.booleans()) else tree.copy()


def _select(predicate: str) -> str:
    return f"SELECT count(*) FROM t WHERE {predicate}"


def _truths(predicate: str) -> list[bool | None]:
    return [row[0] for row in _table().execute(f"SELECT ({predicate}) FROM t ORDER BY rowid").fetchall()]


@cache
def _table() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (n BIGINT, x DOUBLE, s VARCHAR, d DATE, b BOOLEAN)")
    connection.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", ROWS)
    return connection


def _pair(predicate: str) -> Any:
    tree = parse_one(f"SELECT {predicate}", dialect="duckdb").expressions[0]
    return condition(tree, Names(lambda name: ("col", name.name, KINDS[name.name], False)))


@QUIET
@given(st.data())
def test_a_predicate_written_otherwise_is_never_different(data: st.DataObject) -> None:
    predicate = data.draw(PREDICATES)
    tree = parse_one(f"SELECT {predicate}", dialect="duckdb").expressions[0]
    other = data.draw(rewritten(tree)).sql("duckdb")
    assert of_selects(_select(predicate), _select(other), SCHEMA).verdict != "different"
    assert _pair(predicate) == _pair(other)


@QUIET
@given(PREDICATES, PREDICATES)
def test_predicates_that_differ_on_a_row_are_never_equal(one: str, other: str) -> None:
    truths = [_truths(one), _truths(other)]
    pairs = [_pair(one), _pair(other)]
    if truths[0] != truths[1]:
        assert pairs[0] != pairs[1]
    kept = [[truth is True for truth in side] for side in truths]
    if kept[0] != kept[1]:
        assert of_selects(_select(one), _select(other), SCHEMA).verdict != "equal"
    if any(a and not b for a, b in zip(*kept, strict=True)):
        assert not implies(pairs[0][0], pairs[1][0])


@pytest.mark.parametrize("aggregate", ["sum({})", "avg({})", "count({})", "count(DISTINCT {})", "max({})"])
@QUIET
@given(PREDICATES, PREDICATES)
def test_aggregates_that_differ_on_the_rows_are_never_equal(aggregate: str, one: str, other: str) -> None:
    texts = [
        f"SELECT {aggregate.format(f'CASE WHEN {one} THEN x END')} FROM t WHERE {other}",
        f"SELECT {aggregate.format('x')} FROM t WHERE {one}",
    ]
    answers = [_table().execute(text).fetchone() for text in texts]
    if answers[0] != answers[1]:
        assert of_selects(texts[0], texts[1], SCHEMA).verdict != "equal"


METRICS = """
version: 1
dataset: t
source: t
time: d
dimensions: {d: {type: date}, s: {}, n: {type: number}, x: {type: number}, b: {type: boolean}}
measures:
  total: {expr: x, agg: sum}
  mean: {expr: x, agg: average}
  rows: {agg: count}
  kinds: {expr: s, agg: count_distinct}
"""


@settings(QUIET, max_examples=5)
@given(PREDICATES, st.sampled_from(["total", "mean", "rows", "kinds"]), st.data())
def test_metrics_of_one_form_have_no_witness(predicate: str, measure: str, data: st.DataObject) -> None:
    tree = parse_one(f"SELECT {predicate}", dialect="duckdb").expressions[0]
    other = data.draw(rewritten(tree)).sql("duckdb")
    bodies = [{"simple": {"measure": f"t.{measure}", "where": text}} for text in (predicate, other)]
    texts = [yaml.safe_dump({"version": 1, "metric": name, **body}) for name, body in zip("pq", bodies, strict=True)]
    model = hedu.load({"m.yml": "---\n".join([METRICS, *texts])}, engine="duckdb://", strict=True).model
    assert of_metrics(model, "p", "q").verdict == "equal"
    assert witness_between(model, "p", "q")[0] is None
