"""A metric's definition -> the sentence and the formula a business person reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, assert_never

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from hedu.center.catalog.compound import SIGNS, compound_sentence
from hedu.define.definitions import (
    Conversion,
    Cumulative,
    DatasetDef,
    Definitions,
    Derived,
    Label,
    MeasureDef,
    MetricDef,
    MetricRef,
    Rank,
    Ratio,
    Reported,
    Share,
    Simple,
)

Lang = Literal["zh", "en"]

AGGREGATIONS: dict[str, Label] = {
    "sum": Label("求和", "sum"),
    "count": Label("计数", "count"),
    "count_distinct": Label("去重计数", "distinct count"),
    "approx_count_distinct": Label("近似去重计数", "estimated distinct count"),
    "min": Label("取最小", "minimum"),
    "max": Label("取最大", "maximum"),
    "average": Label("求平均", "average"),
    "median": Label("取中位数", "median"),
    "percentile": Label("取分位数", "percentile"),
    "sum_boolean": Label("符合条件的行数", "count of true rows"),
    "sum_distinct": Label("去重求和", "sum of distinct values"),
    "stddev": Label("求标准差（样本）", "standard deviation (sample)"),
    "stddev_pop": Label("求标准差（总体）", "standard deviation (population)"),
    "variance": Label("求方差（样本）", "variance (sample)"),
    "variance_pop": Label("求方差（总体）", "variance (population)"),
}
GRAINS: dict[str, Label] = {
    "second": Label("秒", "second"),
    "minute": Label("分", "minute"),
    "hour": Label("小时", "hour"),
    "day": Label("日", "day"),
    "week": Label("周", "week"),
    "month": Label("月", "month"),
    "quarter": Label("季", "quarter"),
    "year": Label("年", "year"),
}
TAKES: dict[str, Label] = {
    "last": Label("期末值", "last value"),
    "first": Label("期初值", "first value"),
    "highest": Label("最高值", "highest value"),
    "lowest": Label("最低值", "lowest value"),
}
TYPES: dict[str, Label] = {
    "text": Label("文本", "text"),
    "number": Label("数字", "number"),
    "boolean": Label("是/否", "yes or no"),
    "date": Label("日期", "date"),
    "timestamp": Label("日期时间", "date and time"),
}
REPORTED: dict[str, Label] = {
    "sum": Label("多个期间相加", "several periods add up"),
    "last": Label("多个期间取最后一期", "of several periods the last one counts"),
    "none": Label("各期间不可合并", "periods cannot be combined"),
}
_COMPARISONS: dict[type[exp.Expression], Label] = {
    exp.EQ: Label("是", "is"),
    exp.NEQ: Label("不是", "is not"),
    exp.GT: Label("大于", "over"),
    exp.GTE: Label("不低于", "at least"),
    exp.LT: Label("小于", "under"),
    exp.LTE: Label("不高于", "at most"),
    exp.Like: Label("形如", "is like"),
    exp.ILike: Label("形如", "is like"),
}
_NAME = re.compile(r"[A-Za-z_\u3400-\u9fff][\w\u3400-\u9fff]*")
_SIGNS = {"*": "×", "/": "÷", "-": "−"}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a formula: a metric (with its name and filter in words), a sign or plain text."""

    kind: Literal["metric", "sign", "text"]
    text: str
    name: str = ""
    where: str = ""


@dataclass(frozen=True, slots=True)
class Formula:
    """A readable formula: `upper` alone, or `upper` over `lower` as a fraction."""

    upper: tuple[Part, ...]
    lower: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a workspace: metrics, datasets and dimensions by name."""

    metrics: Mapping[str, MetricDef]
    datasets: Mapping[str, DatasetDef]
    dimensions: Mapping[str, Label]
    grains: Mapping[str, Label]

    @classmethod
    def of(cls, definitions: Definitions) -> Vocabulary:
        """All words of `definitions`; where two datasets share a dimension name the first label stands."""
        dimensions: dict[str, Label] = {}
        for dataset in definitions.datasets:
            for dimension in dataset.dimensions:
                dimensions.setdefault(dimension.name, dimension.label)
                dimensions[f"{dataset.name}.{dimension.name}"] = dimension.label
            for entity in dataset.entities:
                dimensions.setdefault(entity.name, entity.label)
        return cls(
            {metric.name: metric for metric in definitions.metrics},
            {dataset.name: dataset for dataset in definitions.datasets},
            dimensions,
            {grain.name: grain.label for grain in definitions.settings.grains},
        )

    def metric(self, name: str, lang: Lang) -> str:
        found = self.metrics.get(name)
        return found.label.text(lang, name) if found else name

    def dataset(self, name: str, lang: Lang) -> str:
        found = self.datasets.get(name)
        return found.label.text(lang, name) if found else name

    def dimension(self, path: str, lang: Lang) -> str:
        """The label of the longest known tail of `path`, else the path as written."""
        parts = path.split(".")
        for start in range(len(parts)):
            label = self.dimensions.get(".".join(parts[start:]))
            if label and label.text(lang):
                return label.text(lang)
        return path

    def measure(self, path: str) -> tuple[DatasetDef | None, MeasureDef | None]:
        """The dataset and measure that "dataset.measure" names; None for what is unknown."""
        dataset_name, _, measure_name = path.partition(".")
        dataset = self.datasets.get(dataset_name)
        measures = dataset.measures if dataset else ()
        return dataset, next((item for item in measures if item.name == measure_name), None)


def sentence(metric: MetricDef, words: Vocabulary, lang: Lang) -> str:
    """How the metric's value comes about, in one plain sentence."""
    match metric.body:
        case Simple():
            return _simple(metric.body, words, lang)
        case Ratio():
            above, below = _ref(metric.body.numerator, words, lang), _ref(metric.body.denominator, words, lang)
            if lang == "zh":
                return f"{above}除以{below}；两边先各自汇总再相除，不是比率的平均。"
            return f"{above} divided by {below}; each side is aggregated first, so it is never an average of ratios."
        case Derived():
            shown = " ".join(part.text for part in formula(metric, words, lang).upper)
            return f"按公式计算：{shown}。" if lang == "zh" else f"Computed by formula: {shown}."
        case Cumulative() | Conversion() | Share() | Rank():
            return compound_sentence(metric.body, lambda ref: _ref(ref, words, lang), words.grains, lang)
        case Reported():
            return _reported(metric, metric.body, words, lang)
        case _:
            assert_never(metric.body)


def formula(metric: MetricDef, words: Vocabulary, lang: Lang) -> Formula:
    """The metric's formula with names as people know them."""
    match metric.body:
        case Simple(measure=path, where=where):
            measure = words.measure(path)[1]
            label = measure.label.text(lang, measure.name) if measure else path
            how = AGGREGATIONS[measure.agg].text(lang) if measure else ""
            narrowed = filter_words(where, words, lang) if where else ""
            return Formula((Part("sign", how), Part("text", f"({label})", where=narrowed)))
        case Ratio(numerator=above, denominator=below):
            return Formula((_part(above, words, lang),), (_part(below, words, lang),))
        case Derived(formula=text, metrics=aliases):
            return Formula(tuple(_tokens(text, dict(aliases), words, lang)))
        case Cumulative(metric=ref) | Share(metric=ref) | Rank(metric=ref):
            return Formula((Part("sign", SIGNS[type(metric.body)].text(lang)), _part(ref, words, lang)))
        case Conversion(base=first, conversion=then):
            arrow = Part("sign", "→")
            return Formula(
                (Part("sign", SIGNS[Conversion].text(lang)), _part(first, words, lang), arrow, _part(then, words, lang))
            )
        case Reported():
            return Formula((Part("text", "填报" if lang == "zh" else "reported"),))
        case _:
            assert_never(metric.body)


def filter_words(where: str, words: Vocabulary, lang: Lang) -> str:
    """A filter expression in words; expressions beyond simple comparisons stay as they are written.

    >>> filter_words("status = 'paid' and amount > 10", Vocabulary({}, {}, {}, {}), "en")
    'status is "paid" and amount over 10'
    """
    try:
        tree = sqlglot.parse_one(where, dialect="duckdb")
    except SqlglotError:
        return where
    return _worded(tree, words, lang)


def _worded(node: exp.Expression, words: Vocabulary, lang: Lang) -> str:
    match node:
        case exp.Paren():
            return f"({_worded(node.this, words, lang)})"
        case exp.And() | exp.Or():
            joint = {"zh": ("且", "或"), "en": (" and ", " or ")}[lang][isinstance(node, exp.Or)]
            return joint.join(_worded(side, words, lang) for side in (node.left, node.right))
        case exp.Not(this=exp.Is() as inner) if isinstance(inner.expression, exp.Null):
            return f"{_worded(inner.this, words, lang)}{'不为空' if lang == 'zh' else ' is known'}"
        case exp.Not():
            return f"{'不满足' if lang == 'zh' else 'not '}({_worded(node.this, words, lang)})"
        case exp.Is() if isinstance(node.expression, exp.Null):
            return f"{_worded(node.this, words, lang)}{'为空' if lang == 'zh' else ' is empty'}"
        case exp.In() if node.expressions:
            values = ("、" if lang == "zh" else ", ").join(_worded(item, words, lang) for item in node.expressions)
            return f"{_worded(node.this, words, lang)}{'属于' if lang == 'zh' else ' is one of '}{values}"
        case exp.Between():
            low, high = (_worded(node.args[side], words, lang) for side in ("low", "high"))
            name = _worded(node.this, words, lang)
            return f"{name}在{low}到{high}之间" if lang == "zh" else f"{name} between {low} and {high}"
        case exp.Column():
            return words.dimension(".".join(part.name for part in node.parts), lang)
        case exp.Literal(is_string=True):
            return _said(str(node.this), lang)
        case exp.Literal():
            return str(node.this)
        case _ if type(node) in _COMPARISONS:
            verb = _COMPARISONS[type(node)].text(lang)
            left, right = _worded(node.this, words, lang), _worded(node.expression, words, lang)
            return f"{left}{verb}{right}" if lang == "zh" else f"{left} {verb} {right}"
        case _:
            return node.sql(dialect="duckdb")


def _simple(body: Simple, words: Vocabulary, lang: Lang) -> str:
    dataset, measure = words.measure(body.measure)
    if dataset is None or measure is None:
        return body.measure
    pieces = [_aggregated(dataset, measure, words, lang)]
    narrowing = " AND ".join(f"({text})" for text in (measure.where, body.where) if text)
    if narrowing:
        told = filter_words(narrowing if measure.where and body.where else narrowing[1:-1], words, lang)
        pieces.append(f"只算{told}的行" if lang == "zh" else f"only rows where {told}")
    time = measure.time or dataset.time
    if time:
        day = words.dimension(f"{dataset.name}.{time}", lang)
        pieces.append(f"按{day}归入时间" if lang == "zh" else f"placed in time by {day}")
    if measure.semi_additive:
        over, take = measure.semi_additive.over, TAKES[measure.semi_additive.take].text(lang)
        shown = GRAINS[over].text(lang) if over in GRAINS else words.dimension(over, lang)
        pieces.append(f"跨{shown}不相加，取{take}" if lang == "zh" else f"not added across {shown}: {take}")
    return "；".join(pieces) + "。" if lang == "zh" else "; ".join(pieces) + "."


def _aggregated(dataset: DatasetDef, measure: MeasureDef, words: Vocabulary, lang: Lang) -> str:
    place, what = dataset.label.text(lang, dataset.name), measure.label.text(lang, measure.name)
    how = AGGREGATIONS[measure.agg].text(lang)
    if measure.agg == "count" and not measure.expr:
        return f"“{place}”的行数" if lang == "zh" else f'Rows of "{place}"'
    expr = f"（{measure.expr}）" if measure.expr and measure.expr != measure.name else ""
    if lang == "zh":
        return f"“{place}”中“{what}”{expr}{how}"
    return f'{how.capitalize()} of "{what}"{expr.replace("（", " (").replace("）", ")")} in "{place}"'


def _reported(metric: MetricDef, body: Reported, words: Vocabulary, lang: Lang) -> str:
    grain, rule = GRAINS[body.grain].text(lang), REPORTED[body.agg].text(lang)
    names = [item.label.text(lang, item.name) for item in body.dimensions]
    if lang == "zh":
        split = f"，分{'、'.join(names)}" if names else ""
        return f"由责任部门每{grain}填报{split}；{rule}。"
    split = f", by {', '.join(names)}" if names else ""
    return f"Handed in by the owning department every {grain}{split}; {rule}."


def _ref(ref: MetricRef, words: Vocabulary, lang: Lang) -> str:
    part = _part(ref, words, lang)
    if not part.where:
        return _said(part.text, lang)
    return f"“{part.text}”（{part.where}）" if lang == "zh" else f'"{part.text}" ({part.where})'


def _said(text: str, lang: Lang) -> str:
    """A text in the language's quotation marks."""
    return f"“{text}”" if lang == "zh" else f'"{text}"'


def _part(ref: MetricRef, words: Vocabulary, lang: Lang) -> Part:
    where = filter_words(ref.where, words, lang) if ref.where else ""
    return Part("metric", words.metric(ref.metric, lang), ref.metric, where)


def _tokens(text: str, aliases: Mapping[str, MetricRef], words: Vocabulary, lang: Lang) -> Iterable[Part]:
    position = 0
    for found in _NAME.finditer(text):
        yield from _signs(text[position : found.start()])
        name, position = found.group(), found.end()
        if text[position:].lstrip().startswith("("):
            yield Part("sign", name)
        else:
            yield _part(aliases.get(name, MetricRef(name)), words, lang)
    yield from _signs(text[position:])


def _signs(text: str) -> Iterable[Part]:
    shown = "".join(_SIGNS.get(sign, sign) for sign in text).strip()
    if shown:
        yield Part("sign", shown)
