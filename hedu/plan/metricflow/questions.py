"""A question to an imported project -> the page that answers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta

from sqlglot import exp

from hedu.define.formats.dbt_names import has_template, native_condition, question_item
from hedu.errors import HeduError, QueryError
from hedu.model.expressions import held, path_of, references, row_expression
from hedu.model.types import GRAINS, Dimension, Entity, Model
from hedu.plan import nodes
from hedu.plan.asking import Asking
from hedu.plan.compare import compared, comparison_columns
from hedu.plan.metricflow.answers import metric_select
from hedu.plan.metricflow.combined import combined
from hedu.plan.metricflow.names import Item, default_grain, leaves, parsed, way_of, with_grain
from hedu.plan.metricflow.ordering import order_of
from hedu.plan.metricflow.scope import Condition, Scope, named, parts, relation, shown
from hedu.plan.metricflow.simple import Wanted
from hedu.plan.metricflow.values import anywhere, values_select
from hedu.plan.periods import Range, floor, parse_range, shift
from hedu.plan.scalars import column
from hedu.query import Question


def named_question(model: Model, question: Question) -> Question:
    """What a saved question asks, with what is asked beside it; in an imported project by MetricFlow's own names."""
    saved = next((one for one in model.settings.questions if question.metrics == (one.name,)), None)
    if saved is not None and saved.name not in model.metrics:
        limit = question.limit if question.limit is not None else saved.limit
        question = replace(
            question,
            metrics=saved.metrics,
            by=(*saved.by, *(item for item in question.by if item not in saved.by)),
            where=(*saved.where, *question.where),
            order=question.order or saved.order,
            limit=None if limit is None else int(limit),
        )
    if model.settings.semantics != "metricflow":
        return question
    by = tuple(answered_as(model, question.metrics, one) for one in question.by)
    order = question.order if question.metrics else tuple(_ordered_as(model, one) for one in question.order)
    return replace(question, by=by, order=order)


def _ordered_as(model: Model, text: str) -> str:
    """The same for an item that values are ordered by."""
    name = question_item(text)
    sign = "-" if name.startswith("-") else ""
    return sign + answered_as(model, (), name.removeprefix("-"))


def answered_as(model: Model, metrics: Sequence[str], text: str) -> str:
    """The name of the column that answers an item: all its links, and the grain it is at.

    What is asked with dots is answered so, and what cannot be found stays for the planner to refuse.
    """
    is_native = "." in text and "(" not in text
    if is_native or any(name not in model.metrics for name in metrics):
        return text
    try:
        item = parsed(model, text)
        item = with_grain(model, item, metrics) if metrics else anywhere(model, item)
    except HeduError:
        return text
    return text if item.of_metric else item.column


def page_of(asking: Asking) -> nodes.Page:
    """The page of a question. Errors: QueryError window-not-in-metricflow and those of its names."""
    question = asking.question
    if question.window:
        raise QueryError("window-not-in-metricflow")
    scope = Scope(asking, lambda within, name, items: metric_select(within, name, Wanted(items)))
    plain, after = _conditions(scope, question)
    limits = _limits(asking)
    if not question.metrics:
        return values_select(scope, plain, _of_values(scope, limits))
    more = dict.fromkeys(name for tree in after for name in _metrics_in(scope.model, tree))
    metrics = [*question.metrics, *(name for name in more if name not in question.metrics)]
    asked = [with_grain(scope.model, parsed(scope.model, text), metrics) for text in question.by]
    source: nodes.Compute | nodes.Compare
    if question.compare:
        asking.conditions = [one.tree for one in plain]
        source = compared(asking, _of_days(limits), lambda within: _answer(scope, metrics, asked, plain, within))
    else:
        source = _answer(scope, metrics, asked, plain, limits)
    condition = exp.and_(*(_after(scope, tree) for tree in after), copy=False) if after else None
    order = order_of(scope, question, dict(zip(asked, question.by, strict=True)))
    names = (*question.by, *question.metrics, *comparison_columns(question))
    return nodes.Page(source, names, condition, order, question.limit)


def _answer(
    scope: Scope, metrics: Sequence[str], asked: Sequence[Item], conditions: tuple[Condition, ...], limits: Range
) -> nodes.Compute:
    """All metrics at the asked items within a range, under the names that were asked."""
    by = scope.asking.question.by
    items = tuple(dict.fromkeys(asked))
    wanted = Wanted(items, conditions, limits=_whole(scope.model, limits, items, metrics))
    rows = combined(scope, [(name, name, metric_select(scope, name, wanted)) for name in metrics], items)
    alias = scope.alias("answer")
    answered = [named(shown(item, alias), text) for text, item in zip(by, asked, strict=True)]
    answered += [named(column(name, alias), name) for name in metrics]
    select = exp.select(*answered).from_(relation(rows, alias))
    return nodes.Compute(
        nodes.Written(select, (*by, *metrics)), by, tuple(nodes.Named(name, column(name)) for name in metrics)
    )


def _conditions(scope: Scope, question: Question) -> tuple[tuple[Condition, ...], list[exp.Expr]]:
    """The filters on rows, and those on the answer's own metrics."""
    plain: list[Condition] = []
    after: list[exp.Expr] = []
    for text in question.where:
        for tree in _trees(text):
            if not has_template(text) and _metrics_in(scope.model, tree):
                after.append(tree)
            elif question.metrics:
                plain.append(scope.condition(tree, question.metrics))
            else:
                plain.append(_without_metrics(scope, tree))
    return tuple(plain), after


def _trees(text: str) -> list[exp.Expr]:
    return parts(row_expression(native_condition(text)).copy())


def _without_metrics(scope: Scope, tree: exp.Expr) -> Condition:
    found = {
        path_of(name): anywhere(scope.model, parsed(scope.model, path_of(name))) for name in references(held(tree))
    }
    return Condition(tree.copy(), tuple(found.items()))


def _metrics_in(model: Model, tree: exp.Expr) -> list[str]:
    return [path for path in map(path_of, references(held(tree))) if path in model.metrics]


def _after(scope: Scope, tree: exp.Expr) -> exp.Expr:
    """A filter on the answer, its names those of the answer's columns."""
    question, root = scope.asking.question, held(tree)
    for name in references(root):
        path = path_of(name)
        if path not in question.metrics and path not in question.by:
            spelt = answered_as(scope.model, question.metrics, path.replace(".", "__"))
            path = spelt if spelt in question.by else path
        name.replace(column(path))
    tree_: exp.Expr = root.this
    return tree_


def _limits(asking: Asking) -> Range:
    """The range of a question; here it may begin and end at a time of day, of which the last moment counts."""
    since, until = (_moment(text) for text in (asking.question.since, asking.question.until))
    if since is None and until is None:
        return parse_range(asking.question.since, asking.question.until, asking.now)
    days = parse_range(None if since else asking.question.since, None if until else asking.question.until, asking.now)
    return Range(since or days.start, until + timedelta(seconds=1) if until else days.end)


def _moment(text: str | None) -> datetime | None:
    """The time of day that a text names; None where it names a day or a longer period."""
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        return None
    return found if found is not None and found.time() != time.min else None


def _of_values(scope: Scope, limits: Range) -> Range:
    """The range widened to whole periods of the shortest time that values are asked of."""
    return _whole(
        scope.model, limits, [anywhere(scope.model, parsed(scope.model, text)) for text in scope.asking.question.by], ()
    )


def _whole(model: Model, limits: Range, items: Sequence[Item], metrics: Sequence[str]) -> Range:
    """The range widened to whole periods of the shortest time that is asked, or that metric_time means by itself."""
    places = {str(grain): at for at, grain in enumerate(GRAINS)}
    asked = [places[str(item.grain)] for item in items if item.is_metric_time and item.grain in GRAINS]
    asked = asked or [places[default_grain(model, metrics)]]
    grain = GRAINS[min(asked)]
    if limits.is_open or min(asked) < places["day"]:
        return limits
    start = floor(_day(limits.start), grain) if limits.start else None
    end = limits.end and shift(floor(_day(limits.end, is_end=True), grain), grain, 1)
    return Range(start, end)


def _of_days(limits: Range) -> Range:
    """The range widened to whole days, as ranges are compared."""
    start = _day(limits.start) if limits.start else None
    return Range(start, limits.end and shift(_day(limits.end, is_end=True), "day", 1))


def _day(moment: date, *, is_end: bool = False) -> date:
    """The day that a moment is on; of the end of a range, the last day before it."""
    if isinstance(moment, datetime):
        return (moment - timedelta(seconds=is_end)).date()
    return moment - timedelta(days=is_end)


def described(model: Model, question: Question, name: str) -> tuple[Item, Dimension | Entity | None]:
    """What a column of `by` is: its item, and the dimension or entity behind it where it can be found."""
    item = parsed(model, name)
    try:
        if question.metrics:
            item = with_grain(model, item, question.metrics)
            if item.is_metric_time or item.of_metric:
                return item, None
            metric, fact, _ = leaves(model, question.metrics[0])[0]
            way = way_of(model, fact, item, metric)
            return item, way.dimension or way.entity
    except HeduError:
        return item, None
    return item, None
