"""A metric of dbt's manifest -> a metric, with the measures and metrics it needs beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from hedu.define.definitions import (
    Body,
    Conversion,
    Cumulative,
    DatasetDef,
    Derived,
    Grain,
    Label,
    MeasureDef,
    MetricDef,
    MetricRef,
    Ratio,
    Simple,
)
from hedu.define.formats.dbt_datasets import NAME, grain_of, measure_of
from hedu.define.formats.dbt_names import native_condition
from hedu.define.formats.given import SHAPE, Given
from hedu.define.formats.loss import Loss
from hedu.define.names import fault_of
from hedu.define.spans import span_of
from hedu.errors import QueryError

_AND = re.compile(r"\band\b", re.IGNORECASE)
_NO_MEASURE = Label("没有这个度量", "there is no such measure")
_NO_KIND = Label("没有这种指标", "no such kind of metric")
_UNREADABLE = Label(
    "条件里的模板读不懂，指标未导入", "the template in the filter cannot be read; the metric is left out"
)
_NO_SUCH_GRAIN = Label(
    "这里只能用历法的粒度，指标未导入", "only grains of the calendar can stand here; the metric is left out"
)
_NO_PLACE = Label("这里没有放它的地方", "nothing here holds it")
_UNUSED = Label("算式没有用到这个指标", "the formula does not use this metric")


class _NotCarriedError(Exception):
    """A metric that would answer something else without what cannot be carried over."""

    def __init__(self, what: str, why: Label = _NO_SUCH_GRAIN) -> None:
        super().__init__(what)
        self.why = why


@dataclass
class Book:
    """What has been read so far: datasets by name, measures with the dataset each is of, metrics by name."""

    datasets: dict[str, DatasetDef] = field(default_factory=dict)
    measures: dict[str, tuple[str, MeasureDef]] = field(default_factory=dict)
    metrics: dict[str, MetricDef] = field(default_factory=dict)
    losses: list[Loss] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)

    def add_dataset(self, dataset: DatasetDef) -> None:
        self.datasets[dataset.name] = dataset
        self.measures.update({one.name: (dataset.name, one) for one in dataset.measures})

    def add_measure(self, dataset: str, measure: MeasureDef) -> str:
        """The full name of `measure` in `dataset`, which may hold an equal one already."""
        held = self.datasets[dataset]
        same = next((one for one in held.measures if one.name == measure.name), None)
        if same is not None and same != measure:
            measure = replace(measure, name=f"{measure.name}_of_metric")
        if same != measure:
            self.datasets[dataset] = replace(held, measures=(*held.measures, measure))
        self.measures.setdefault(measure.name, (dataset, measure))
        return f"{dataset}.{measure.name}"


def metric_of(given: Given, book: Book) -> MetricDef | None:
    """The metric of one entry; None where it could not be carried over, which `book.losses` then says."""
    name = given.text("name")
    if fault_of(name):
        given.lose("name", NAME)
        return None
    params = given.inner("type_params") or Given({}, f"{given.path}.type_params", book.losses)
    try:
        own = condition_of(given.take("filter"))
        body = _body(given, params, name, own, book)
    except QueryError as error:
        book.losses.append(Loss(given.path, str(error.problem.facts.get("text", "")), _UNREADABLE))
        return None
    except _NotCarriedError as error:
        book.losses.append(Loss(given.path, str(error), error.why))
        return None
    if body is None:
        return None
    for key in ("input_measures", "input_metrics"):
        params.take(key)
    params.lose("is_private", _NO_PLACE)
    params.close()
    config = given.inner("config")
    meta = (config.take("meta") if config else None) or given.take("meta")
    if config:
        config.take("enabled")
        config.close()
    given.take("metadata")
    return MetricDef(
        name,
        body,
        label=Label(en=given.text("label")),
        meaning=Label(en=given.text("description")),
        grain=grain_of(given, "time_granularity"),
        x={"dbt": {"meta": dict(meta)}} if isinstance(meta, Mapping) and meta else {},
    )


def _body(given: Given, params: Given, name: str, own: str | None, book: Book) -> Body | None:
    match given.text("type").lower():
        case "simple":
            return _simple(given, params, name, own, book)
        case "ratio":
            return _ratio(params, own)
        case "derived":
            return _derived(params, own)
        case "cumulative":
            return _cumulative(params, own, book)
        case "conversion":
            return _conversion(params, own, book)
        case other:
            book.losses.append(Loss(given.path, other, _NO_KIND))
            return None


def _simple(given: Given, params: Given, name: str, own: str | None, book: Book) -> Simple | None:
    measure = _used(params, "measure")
    aggregated = params.inner("metric_aggregation_params")
    if measure is not None and measure.text("name") in book.measures:
        made = _of_measure(measure, own, book)
        params.take("expr")
        fill = params.take("fill_nulls_with")
        return replace(
            made,
            join_to_timespine=made.join_to_timespine or bool(params.take("join_to_timespine", False)),
            fill_nulls_with=fill if made.fill_nulls_with is None else made.fill_nulls_with,
        )
    if aggregated is None or aggregated.text("semantic_model") not in book.datasets:
        book.losses.append(Loss(given.path, measure.text("name") if measure else "", _NO_MEASURE))
        return None
    dataset = aggregated.text("semantic_model")
    one = Given({**aggregated.data, "name": name, "expr": params.take("expr")}, aggregated.path, book.losses)
    made_measure = measure_of(one, name)
    if made_measure is None:
        return None
    one.take("semantic_model")
    one.take("name")
    one.close()
    return Simple(
        book.add_measure(dataset, made_measure),
        own,
        bool(params.take("join_to_timespine", False)),
        params.take("fill_nulls_with"),
    )


def _of_measure(measure: Given, own: str | None, book: Book) -> Simple:
    dataset, one = book.measures[measure.text("name")]
    where = both(condition_of(measure.take("filter")), own)
    measure.take("alias")
    made = Simple(
        f"{dataset}.{one.name}",
        where,
        bool(measure.take("join_to_timespine", False)),
        measure.take("fill_nulls_with"),
    )
    measure.close()
    return made


def _used(params: Given, key: str) -> Given | None:
    """A measure or a metric under `key`, which may be written as its bare name."""
    value = params.take(key)
    if not isinstance(value, str):
        return params.inner(key)
    return Given({"name": value}, f"{params.path}.{key}", params.losses) if value else None


def _ratio(params: Given, own: str | None) -> Ratio | Derived | None:
    sides = [_used(params, key) for key in ("numerator", "denominator")]
    refs = [_reference(side, own) for side in sides if side is not None]
    if len(refs) != 2:
        return None
    if not any(ref.is_earlier for ref in refs):
        return Ratio(*refs)
    formula = "CAST(numerator AS DOUBLE) / CAST(NULLIF(denominator, 0) AS DOUBLE)"
    return Derived(formula, (("numerator", refs[0]), ("denominator", refs[1])))


def _derived(params: Given, own: str | None) -> Derived:
    formula = params.text("expr")
    words = {word.lower() for word in re.findall(r"\w+", formula)}
    inputs: list[tuple[str, MetricRef]] = []
    for one in params.each("metrics"):
        name = one.text("alias") or one.text("name")
        if name.lower() not in words:
            one.lose("name", _UNUSED)
            continue
        if name not in dict(inputs):
            inputs.append((name, _reference(one, own)))
    return Derived(formula, tuple(inputs))


def _reference(given: Given, own: str | None) -> MetricRef:
    """A metric that another uses; a filter of the user narrows all that it uses."""
    window = given.take("offset_window")
    ref = MetricRef(
        given.text("name"),
        both(condition_of(given.take("filter")), own),
        span(window) if window else None,
        _grain(given, "offset_to_grain"),
    )
    given.take("alias")
    given.close()
    return ref


def _cumulative(params: Given, own: str | None, book: Book) -> Cumulative | None:
    inner = params.inner("cumulative_type_params")
    metric = inner.take("metric") if inner else None
    used = _input(params, "measure", metric, book)
    window = (inner.take("window") if inner else None) or params.take("window")
    to = (_grain(inner, "grain_to_date") if inner else None) or _grain(params, "grain_to_date")
    period = (inner.text("period_agg") if inner else "").lower() or "first"
    params.take("window")
    params.take("grain_to_date")
    params.take("expr")
    if inner:
        inner.close()
    if used is None:
        return None
    return Cumulative(replace(used, where=both(used.where, own)), _length(window), to, period)  # type: ignore[arg-type]


def _conversion(params: Given, own: str | None, book: Book) -> Conversion | None:
    inner = params.inner("conversion_type_params")
    if inner is None:
        return None
    base = _input(inner, "base_measure", inner.take("base_metric"), book)
    then = _input(inner, "conversion_measure", inner.take("conversion_metric"), book)
    window = inner.take("window")
    constant = tuple(_constant(one) for one in inner.each("constant_properties"))
    calculation = inner.text("calculation").lower() or "conversion_rate"
    entity = inner.text("entity")
    inner.close()
    if base is None or then is None:
        return None
    base = replace(base, where=both(base.where, own))
    return Conversion(base, then, entity, _length(window), constant, calculation)  # type: ignore[arg-type]


def _constant(one: Given) -> str:
    """Two properties that must be the same. Without both of them the metric would count more than it should."""
    pair = one.text("base_property"), one.text("conversion_property")
    if not all(pair):
        raise _NotCarriedError(str(dict(one.data)), SHAPE)
    return " = ".join(pair)


def _input(params: Given, key: str, metric: Any, book: Book) -> MetricRef | None:
    """The metric that a cumulative or a conversion metric uses; one is made for a measure that has none."""
    measure = _used(params, key)
    if metric:
        data = metric if isinstance(metric, Mapping) else {"name": metric}
        return _reference(Given(data, f"{params.path}.metric", book.losses), None)
    if measure is not None and measure.text("name") in book.measures:
        simple = _of_measure(measure, None, book)
        return MetricRef(_metric_for(replace(simple, where=None), book), simple.where)
    book.losses.append(Loss(f"{params.path}.{key}", measure.text("name") if measure else "", _NO_MEASURE))
    return None


def _metric_for(simple: Simple, book: Book) -> str:
    """The name of a metric that is just `simple`: one there is, else a new one."""
    for name, metric in book.metrics.items():
        if metric.body == simple:
            return name
    stem = simple.measure.rpartition(".")[2]
    stem += f"_fill_nulls_with_{simple.fill_nulls_with}" if simple.fill_nulls_with is not None else ""
    stem += "_join_to_timespine" if simple.join_to_timespine else ""
    name, at = stem, 1
    while name in book.taken:
        at += 1
        name = f"{stem}_{at}"
    book.taken.add(name)
    book.metrics[name] = MetricDef(name, simple)
    return name


def span(value: Any) -> str:
    """A length of time in the one spelling, from text or from a count and a grain."""
    if isinstance(value, Mapping):
        parts = [str(value.get("count", 1)), str(value.get("granularity", "day")).lower()]
    else:
        parts = str(value).lower().split()
    parts = parts if len(parts) == 2 else ["1", *parts]
    found = span_of(" ".join(parts), custom=True)
    if found is None:
        raise _NotCarriedError(str(value), SHAPE)
    return found


def _length(value: Any) -> str | None:
    """A length of time in grains of the calendar."""
    found = span(value) if value else None
    if found and span_of(found) is None:
        raise _NotCarriedError(found)
    return found


def _grain(given: Given, key: str) -> Grain | None:
    found, text = grain_of(given, key), given.text(key)
    if text and found is None:
        raise _NotCarriedError(f"{key}: {text}")
    return found


def condition_of(value: Any) -> str | None:
    """A filter in any of dbt's spellings as one condition; each filter stays one part of it."""
    texts = [native_condition(text).strip() for text in _texts(value)]
    if not texts:
        return None
    if len(texts) == 1 and not _AND.search(texts[0]):
        return texts[0]
    return " AND ".join(f"({text})" for text in texts)


def both(first: str | None, second: str | None) -> str | None:
    """Both conditions; what the second only repeats is left out."""
    whole = [_whole(one) for one in (first, second) if one]
    if len(whole) < 2 or whole[1] in whole[0]:
        return first or second
    return " AND ".join(whole)


def _whole(text: str) -> str:
    return text if text.startswith("(") and text.endswith(")") else f"({text})"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value
    elif isinstance(value, Mapping) and set(value) <= {"where_filters", "where_sql_template"}:
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, Sequence):
        for one in value:
            yield from _texts(one)
    elif value is not None:
        raise QueryError("template-unreadable", text=str(value)[:120])
