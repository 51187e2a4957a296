"""A published metric -> digests of what it means: with all that its value rests on, and as people are told it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import hedu
from hedu.center.catalog.texts import Piece
from hedu.model.resting import Resting, resting_of
from hedu.model.types import Model


def standing_digest(workspace: hedu.Workspace, metric: str) -> str:
    """Equal as long as the metric and everything its value rests on mean the same: metrics, measures, dimensions,
    keys and ways between datasets, filters' too."""
    model = workspace.model
    known = resting_of(model, metric)
    parts = _said(model, known)
    parts += [repr((name, model.datasets[name].source, _sql(model.datasets[name].weight))) for name in known.datasets]
    for one in known.dimensions:
        parts.append(repr((one.dataset, one.name, one.type, _sql(one.expr), one.grain, one.time_zone, one.metric)))
    for key in known.entities:
        parts.append(repr((key.dataset, key.role, key.entity, _sqls(key.key))))
    for join in known.joins:
        ways = [_sqls(join.left_key), _sqls(join.right_key), _sqls(join.valid or ())]
        parts.append(repr((join.left, join.role, join.right, join.integrity, join.fans, ways)))
    return _digest(parts)


def meaning_digest(workspace: hedu.Workspace, metric: str) -> str:
    """Equal as long as its definition, those of the metrics it is made of and the measures they count mean the same.
    Where rows come from and how they are joined is for certificates: whoever reads the definition is not told."""
    return _digest(_said(workspace.model, resting_of(workspace.model, metric)))


def _said(model: Model, known: Resting) -> list[str]:
    parts = [Piece("metric", name, model.metrics[name].definition, "").digest for name in known.metrics]
    for measure in known.measures:
        at = measure.time or model.datasets[measure.dataset].time
        shown = [measure.agg, _sql(measure.expr), _sql(measure.where), measure.semi_additive, measure.unit, at]
        parts.append(repr((measure.dataset, measure.name, measure.percentile, shown)))
    return parts


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(parts)).encode()).hexdigest()


def _sql(tree: Any) -> str:
    return tree.sql() if tree is not None else ""


def _sqls(trees: Iterable[Any]) -> list[str]:
    return [_sql(tree) for tree in trees]
