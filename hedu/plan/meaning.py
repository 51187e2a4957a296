"""Question + model -> what each output column means."""

from __future__ import annotations

from collections.abc import Sequence

from hedu.define.definitions import Label
from hedu.model.money import unit_in
from hedu.model.types import Metric, Model
from hedu.plan.keys import METRIC_TIME, Key, key_of, split
from hedu.plan.offered import label_of, time_of, type_of
from hedu.plan.scalars import PARTS_OF_DAY
from hedu.query import Column, Question

_GRAINS = {
    "microsecond": Label("微秒", "microsecond"),
    "millisecond": Label("毫秒", "millisecond"),
    "second": Label("秒", "second"),
    "minute": Label("分钟", "minute"),
    "hour": Label("小时", "hour"),
    "day": Label("日", "day"),
    "week": Label("周", "week"),
    "month": Label("月", "month"),
    "quarter": Label("季度", "quarter"),
    "year": Label("年", "year"),
}
_COMPARED = {
    "previous": Label("上期", "previous period"),
    "previous_change": Label("较上期变化", "change on previous period"),
    "previous_growth": Label("环比", "growth on previous period"),
    "last_year": Label("去年同期", "same period last year"),
    "last_year_change": Label("较去年同期变化", "change on last year"),
    "last_year_growth": Label("同比", "growth on last year"),
    "last_year_spring_festival": Label("去年春节同期", "last year by the Spring Festival"),
    "last_year_spring_festival_change": Label("较去年春节同期变化", "change on last year by the Spring Festival"),
    "last_year_spring_festival_growth": Label("春节同比", "growth on last year by the Spring Festival"),
}
_TIME = Label("时间", "Time")


def columns(model: Model, question: Question, names: Sequence[str]) -> tuple[Column, ...]:
    """One Column for each output name, in order."""
    made = []
    for name in names:
        metric, _, comparison = name.partition("__")
        if name in model.metrics and name in question.metrics:
            made.append(_metric(model, question, model.metrics[name]))
        elif comparison in _COMPARED and metric in question.metrics:
            made.append(_comparison(model.metrics[metric], question, name, comparison))
        else:
            made.append(_dimension(model, question, name))
    return tuple(made)


def _metric(model: Model, question: Question, metric: Metric) -> Column:
    return Column(
        metric.name,
        "metric",
        metric.label.text("zh", metric.name),
        metric.label.text("en", metric.name),
        type_of(model, metric),
        unit_in(metric, question.currency),
        of=metric.name,
        direction=metric.definition.direction,
        additive=metric.is_additive,
    )


def _comparison(metric: Metric, question: Question, name: str, comparison: str) -> Column:
    label = _COMPARED[comparison]
    unit = "1" if comparison.endswith("_growth") else unit_in(metric, question.currency)
    return Column(
        name,
        "comparison",
        f"{metric.label.text('zh', metric.name)} {label.zh}",
        f"{metric.label.text('en', metric.name)} {label.en}",
        "number",
        unit,
        of=metric.name,
        direction=metric.definition.direction,
    )


def _imported(model: Model, question: Question, name: str) -> Column:
    from hedu.plan.metricflow.questions import described

    item, found = described(model, question, name)
    label = _TIME if item.is_metric_time else found.label if found is not None else Label()
    zh, en = label.text("zh", item.path), label.text("en", item.path)
    if item.grain in _GRAINS:
        zh, en = f"{zh} ({_GRAINS[item.grain].zh})", f"{en} ({_GRAINS[item.grain].en})"
    type_ = "number" if item.part or item.of_metric else "timestamp" if item.grain else "any"
    return Column(name, "dimension", zh, en, type_, grain=item.grain)


def _dimension(model: Model, question: Question, name: str) -> Column:
    if model.settings.semantics == "metricflow":
        return _imported(model, question, name)
    key = _key(model, question, name)
    if key is None:
        return Column(name, "dimension", name, name, "text")
    target, asked = key.target, key.asked
    label = label_of(model, target)
    if asked.path == METRIC_TIME:
        label = _TIME
    zh, en = label.text("zh", asked.path), label.text("en", asked.path)
    type_ = target.dimension.type if target.dimension else "text"
    if asked.grain:
        zh, en = f"{zh} ({_GRAINS[asked.grain].zh})", f"{en} ({_GRAINS[asked.grain].en})"
        type_ = "timestamp" if asked.grain in PARTS_OF_DAY else "date"
    if asked.custom:
        custom = asked.custom.label
        zh, en = f"{zh} ({custom.text('zh', asked.custom.name)})", f"{en} ({custom.text('en', asked.custom.name)})"
        return Column(name, "dimension", zh, en, "date", grain=asked.custom.of)
    return Column(name, "dimension", zh, en, "number" if asked.part else type_, grain=asked.grain)


def _key(model: Model, question: Question, name: str) -> Key | None:
    """The key of the first fact that `name` was asked of; None for values without metrics."""
    for metric in question.metrics[:1]:
        dataset, measure = model.leaves(metric)[0]
        return key_of(model, model.datasets[dataset], name, time_of(model, dataset, measure), metric)
    _, cut = split(name, model)
    for owner in model.datasets.values():
        path = cut.path if cut else name
        one = owner.dimensions.get(path.rpartition(".")[2])
        if one is not None:
            return key_of(model, owner, one.name + (name[len(path) :] if cut else ""), owner.time, owner.name)
    return None
