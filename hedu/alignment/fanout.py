"""Datasets that are SELECTs with joins -> measures whose rows a join has multiplied."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.alignment.scene import Scene
from hedu.alignment.series import simple_of
from hedu.define.definitions import MetricDef, Simple
from hedu.errors import HeduError
from hedu.model.types import Dataset, Measure, Metric, Model

ROWS, KEYS = "hedu_rows", "hedu_keys"
SEVERAL = 1.005
"""Rows for each key of the table the measure comes from; one is no fan-out."""


@dataclass(frozen=True, slots=True)
class FanOut:
    """`metric` adds up `rows` rows where `table` has only `keys`; `base` adds the same column up without the join."""

    metric: str
    base: str | None
    dataset: str
    table: str
    key: tuple[str, ...]
    rows: int
    keys: int


def fan_outs(scene: Scene) -> Iterator[FanOut]:
    """Counted on the data: a join that happens to match once does no harm."""
    for name in scene.model.metrics:
        leaf = simple_of(scene.model, name)
        if leaf is None or scene.model.datasets[leaf[0]].source.select is None:
            continue
        found = _fanned(scene, name, *leaf)
        if found is not None and scene.is_asked(*filter(None, (found.metric, found.base))):
            yield found


def _fanned(scene: Scene, metric: str, name: str, measure_name: str) -> FanOut | None:
    model, dataset = scene.model, scene.model.datasets[name]
    measure = dataset.measures[measure_name]
    tree = _select(dataset)
    if tree is None or measure.agg != "sum" or not tree.args.get("joins"):
        return None
    origin = _origin(tree, measure)
    home = _dataset_of(model, origin[1]) if origin else None
    if origin is None or home is None or not home.primary_key:
        return None
    alias, table, column = origin
    counted = _counts(scene, dataset, tree, [exp.column(key, table=alias, quoted=True) for key in home.primary_key])
    if counted is None or not counted[1] or counted[0] / counted[1] < SEVERAL:
        return None
    base = _base(model, home, column)
    return FanOut(metric, base, name, table, home.primary_key, *counted)


def _select(dataset: Dataset) -> exp.Select | None:
    try:
        tree = sqlglot.parse_one(dataset.source.select or "", dialect="duckdb")
    except (SqlglotError, RecursionError):
        return None
    is_plain = isinstance(tree, exp.Select) and not tree.args.get("group") and not tree.args.get("distinct")
    return tree if is_plain and isinstance(tree, exp.Select) else None


def _origin(tree: exp.Select, measure: Measure) -> tuple[str, str, str] | None:
    """(alias, table, column) of the table that the measure's only column comes from."""
    columns = list(measure.expr.find_all(exp.Column)) if measure.expr is not None else []
    named = {one.alias_or_name: one.unalias() for one in tree.expressions}
    source = named.get(columns[0].name) if len(columns) == 1 else None
    if not isinstance(source, exp.Column) or not source.table:
        return None
    joins: list[exp.Join] = tree.args.get("joins") or []
    from_ = tree.args.get("from_") or tree.args.get("from")
    relations = [one.this for one in ([from_] if from_ else []) + joins]
    for relation in relations:
        if isinstance(relation, exp.Table) and relation.alias_or_name == source.table:
            table = ".".join(part.name for part in relation.parts)
            return source.table, table, source.name
    return None


def _dataset_of(model: Model, table: str) -> Dataset | None:
    return next((one for one in model.datasets.values() if one.source.table == table), None)


def _base(model: Model, home: Dataset, column: str) -> str | None:
    """A metric that adds the column up in its own table."""
    for name in model.metrics:
        leaf = simple_of(model, name)
        if leaf is None or leaf[0] != home.name or getattr(model.metrics[name].body, "where", None):
            continue
        measure = home.measures[leaf[1]]
        if measure.agg == "sum" and isinstance(measure.expr, exp.Column) and measure.expr.name == column:
            return name
    return None


def _counts(scene: Scene, dataset: Dataset, tree: exp.Select, key: list[exp.Column]) -> tuple[int, int] | None:
    """Rows of the SELECT, and different keys among them, counted by the engine."""
    parts = [exp.func("COALESCE", exp.cast(part, "text"), exp.Literal.string("")) for part in key]
    joined = parts[0] if len(parts) == 1 else exp.func("CONCAT_WS", exp.Literal.string("\x1f"), *parts)
    wider = tree.copy().select(exp.alias_(joined, KEYS, quoted=True))
    keyed = exp.column(KEYS, quoted=True)
    measures = {
        ROWS: Measure(dataset.name, ROWS, "count", keyed),
        KEYS: Measure(dataset.name, KEYS, "count_distinct", keyed),
    }
    source = replace(dataset.source, select=wider.sql("duckdb"))
    changed = replace(dataset, source=source, measures={**dataset.measures, **measures})
    made = {name: Metric(name, MetricDef(name, Simple(f"{dataset.name}.{name}"))) for name in measures}
    model = scene.model
    counting = replace(
        model, datasets={**model.datasets, dataset.name: changed}, metrics={**model.metrics, **made}, path_cache={}
    )
    try:
        row = scene.look.ask_variant(counting, [ROWS, KEYS]).rows()[0]
    except HeduError:
        return None
    return int(row[ROWS] or 0), int(row[KEYS] or 0)
