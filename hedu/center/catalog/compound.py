"""Cumulative, conversion, share and rank -> the sentence a business person reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

from hedu.define.definitions import Conversion, Cumulative, Label, MetricRef, Rank, Share

Lang = Literal["zh", "en"]
Compound = Cumulative | Conversion | Share | Rank
SIGNS: dict[type[Compound], Label] = {
    Cumulative: Label("累计", "cumulative"),
    Conversion: Label("转化", "conversion"),
    Share: Label("占比", "share"),
    Rank: Label("排名", "rank"),
}
_GRAINS = {
    "day": Label("当日", "of the day"),
    "week": Label("本周", "of the week"),
    "month": Label("本月", "of the month"),
    "quarter": Label("本季", "of the quarter"),
    "year": Label("本年", "of the year"),
}
_PERIODS = {
    "first": Label("按更长周期看取期初值", "a longer period shows its first value"),
    "last": Label("按更长周期看取期末值", "a longer period shows its last value"),
    "average": Label("按更长周期看取平均值", "a longer period shows the average of its values"),
}
_UNITS = {"day": "天", "week": "周", "month": "个月", "quarter": "个季度", "year": "年", "hour": "小时"}


def compound_sentence(body: Compound, said: Callable[[MetricRef], str], grains: Mapping[str, Label], lang: Lang) -> str:
    """How the value comes about; `said` names a metric in its language, `grains` are periods of one's own."""
    match body:
        case Cumulative():
            return _cumulative(body, said(body.metric), grains, lang)
        case Conversion():
            return _conversion(body, said(body.base), said(body.conversion), lang)
        case Share(over=over):
            names = ("、" if lang == "zh" else ", ").join(over)
            if lang == "zh":
                return f"{said(body.metric)}占{names or '同期合计'}的比例。"
            return f"{said(body.metric)} as a part of the whole{f' over {names}' if names else ' of its period'}."
        case Rank(order=order):
            if lang == "zh":
                return f"按{said(body.metric)}从{'大到小' if order == 'desc' else '小到大'}排名。"
            return f"Place by {said(body.metric)}, the {'greatest' if order == 'desc' else 'least'} first."


def _cumulative(body: Cumulative, metric: str, grains: Mapping[str, Label], lang: Lang) -> str:
    period = f"；{_PERIODS[body.period_agg].zh}" if body.period_agg and lang == "zh" else ""
    told = f"; {_PERIODS[body.period_agg].en}" if body.period_agg else ""
    if body.window:
        if lang == "zh":
            return f"最近{_length(body.window)}的{metric}{period}。"
        return f"{metric} over the last {body.window}{told}."
    if body.grain_to_date in grains:
        name = grains[body.grain_to_date].text(lang, body.grain_to_date)
        return f"{metric}自{name}开始的累计{period}。" if lang == "zh" else f"{metric} since the start of {name}{told}."
    if body.grain_to_date:
        label = _GRAINS.get(body.grain_to_date, Label("本期", "of the period"))
        if lang == "zh":
            return f"{metric}的{label.zh}累计{period}。"
        return f"{metric} since the start {label.en}{told}."
    return f"{metric}的历史累计{period}。" if lang == "zh" else f"{metric} over all time so far{told}."


def _conversion(body: Conversion, base: str, then: str, lang: Lang) -> str:
    if lang == "zh":
        within = f"{_length(body.window)}之内" if body.window else ""
        what = "的比例" if body.calculation == "conversion_rate" else "的次数"
        return f"{base}之后{within}发生{then}{what}，按同一个 {body.entity} 计。"
    within = f" within {body.window}" if body.window else ""
    what = "Rate" if body.calculation == "conversion_rate" else "Number"
    return f"{what} of {base} followed by {then}{within}, for each {body.entity}."


def _length(span: str) -> str:
    count, unit = span.split()
    return f"{count}{_UNITS.get(unit.removesuffix('s'), unit)}"
