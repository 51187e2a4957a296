"""A metric or dataset -> the graph from columns through datasets and metrics up to whoever uses them."""

from __future__ import annotations

from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.center.catalog.reads.asking import Asker
from hedu.center.catalog.reads.entries import uses_visible_to
from hedu.define.definitions import Reported, Simple
from hedu.model.resting import built_on, looked_at, parts_of, resting_of
from hedu.model.types import Measure

USES_MOST = 60
USES = {"dashboard": "dashboard", "view": "view"}  # the rest of the register are aims


def lineage_of(who: Asker, metric: str = "", dataset: str = "") -> dict[str, Any]:
    """Nodes {id, kind, label, note, href}, edges {from, to} and the id in focus, sources first.

    A metric shows everything it rests on and everything that rests on it; a dataset everything above it.
    """
    graph = _Graph(who)
    metrics = _around(who, metric) if metric else list(built_on(who.workspace.model, datasets=[dataset]))
    for name in metrics:
        graph.add_metric(name)
    if dataset:
        graph.add_dataset(dataset)
    graph.add_uses(metrics if dataset else _above(who, metric))
    edges = [{"from": a, "to": b} for a, b in graph.edges if a in graph.nodes and b in graph.nodes]
    focus = f"metric:{metric}" if metric else f"dataset:{dataset}"
    return {"nodes": list(graph.nodes.values()), "edges": edges, "focus": focus}


def _around(who: Asker, metric: str) -> list[str]:
    below = resting_of(who.workspace.model, metric).metrics
    return list(dict.fromkeys([*below, *_above(who, metric)]))


def _above(who: Asker, metric: str) -> list[str]:
    """The metric and all metrics built on it, directly or not."""
    return [metric, *built_on(who.workspace.model, [metric])]


class _Graph:
    """Nodes and edges in the making; what the person may not see of the data stays out."""

    def __init__(self, who: Asker) -> None:
        self.who = who
        self.lang = "en" if who.actor.lang == "en" else "zh"
        self.nodes: dict[str, dict[str, Any]] = {}
        self.edges: dict[tuple[str, str], None] = {}

    def add_metric(self, name: str) -> None:
        model = self.who.workspace.model
        metric = model.metrics[name]
        note = metric.definition.owner or ""
        self._node("metric", name, metric.label.text(self.lang, name), note, f"/metrics/{name}/")
        for part in parts_of(model, name):
            self._edge(("metric", part), ("metric", name))
        if model.uses.get(name):
            return
        for dataset_name in looked_at(model, name).datasets:
            if self.add_dataset(dataset_name):
                self._edge(("dataset", dataset_name), ("metric", name))
        for dataset_name, measure_name in model.leaves(name):
            if f"dataset:{dataset_name}" in self.nodes:
                self._add_columns(dataset_name, measure_name, metric.body)

    def add_dataset(self, name: str) -> bool:
        """Whether the dataset may be shown."""
        dataset = self.who.workspace.model.datasets.get(name)
        if dataset is None or name in self.who.access.hidden:
            return False
        if isinstance(dataset.reported, Reported):
            label = "填报数据" if self.lang == "zh" else "Reported values"
            self._node("dataset", name, label)
        else:
            source = dataset.source.table or dataset.source.file or "SELECT"
            self._node("dataset", name, dataset.label.text(self.lang, name), source, f"/datasets/{name}/")
        return True

    def _add_columns(self, dataset_name: str, measure_name: str, body: Any) -> None:
        dataset = self.who.workspace.model.datasets[dataset_name]
        measure = dataset.measures[measure_name]
        masked = {mask.column for mask in self.who.access.masks if mask.dataset == dataset_name}
        for column in dict.fromkeys([*columns_of(measure), *filtered_columns(body, dataset_name)]):
            shown = "***" if column in masked else column
            self._node("column", f"{dataset_name}.{shown}", shown, dataset_name)
            self._edge(("column", f"{dataset_name}.{shown}"), ("dataset", dataset_name))

    def add_uses(self, metrics: list[str]) -> None:
        rows = uses_visible_to(self.who.actor).filter(metric__name__in=metrics).order_by("-last_used")
        for row in rows[:USES_MOST]:
            key = f"{row.kind}:{row.object}"
            label = row.name or ("私有视图" if self.lang == "zh" else "Private view")
            kind = USES.get(row.kind, "goal")
            self._node(kind, key, label, row.kind, row.url)
            self._edge(("metric", row.metric.name), (kind, key))

    def _node(self, kind: str, name: str, label: str, note: str = "", href: str = "") -> None:
        node_id = f"{kind}:{name}"
        node = {"id": node_id, "kind": kind, "label": label, "note": note, "href": href or None}
        self.nodes.setdefault(node_id, node)

    def _edge(self, start: tuple[str, str], end: tuple[str, str]) -> None:
        self.edges[":".join(start), ":".join(end)] = None


def columns_of(measure: Measure) -> list[str]:
    """The source columns a measure reads."""
    trees = [tree for tree in (measure.expr, measure.where) if tree is not None]
    return list(dict.fromkeys(column.name for tree in trees for column in tree.find_all(exp.Column)))


def filtered_columns(body: Any, dataset: str) -> list[str]:
    """The dataset's own dimensions that a metric's filter speaks of."""
    if not isinstance(body, Simple) or not body.where:
        return []
    try:
        tree = sqlglot.parse_one(body.where, dialect="duckdb")
    except SqlglotError:
        return []
    return [column.name for column in tree.find_all(exp.Column) if column.table in ("", dataset)]
