"""A metric's definition <-> the form business people fill in. What the form does not show is kept as it is written."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hedu.center.catalog import reads, serving
from hedu.center.catalog.models import Metric
from hedu.center.kernel.actor import Actor
from hedu.define.definitions import Derived, Label, MetricDef, MetricRef, Raci, Ratio, Reported, Simple
from hedu.define.read import read
from hedu.define.write import write
from hedu.errors import DefinitionError

HOWS = (
    ("simple", _("对度量汇总（原子 / 派生）")),
    ("ratio", _("两个指标相除（比率）")),
    ("derived", _("指标之间的公式（复合）")),
    ("reported", _("由部门填报")),
)
DIRECTIONS = (("up", _("越高越好")), ("down", _("越低越好")), ("band", _("保持在区间内")), ("none", _("无所谓高低")))
REVIEWS = (
    ("", _("不定期")),
    ("monthly", _("每月")),
    ("quarterly", _("每季")),
    ("half-yearly", _("每半年")),
    ("yearly", _("每年")),
)
GRAINS = (("day", _("日")), ("week", _("周")), ("month", _("月")), ("quarter", _("季")), ("year", _("年")))
AGGS = (("none", _("不可合并")), ("sum", _("相加")), ("last", _("取最后一期")))
_SPLIT = re.compile(r"[,，、;；\s]+")


class MetricForm(forms.Form):
    """The fields of a metric, grouped as the page shows them."""

    name = forms.CharField(label=_("标识"), max_length=120, help_text=_("公式和接口里用的名字，例如 net_revenue。"))
    label_zh = forms.CharField(label=_("中文名称"), max_length=100)
    label_en = forms.CharField(label=_("英文名称"), max_length=100, required=False)
    synonyms = forms.CharField(label=_("同义词"), required=False, help_text=_("用逗号隔开，搜索时也能找到。"))
    meaning_zh = forms.CharField(
        label=_("业务含义"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("用一两句话说清楚：算什么、不算什么、按什么日期。"),
    )  # fmt: skip
    meaning_en = forms.CharField(label=_("业务含义（英文）"), required=False, widget=forms.Textarea({"rows": 2}))
    how = forms.ChoiceField(label=_("计算方式"), choices=HOWS)
    measure = forms.ChoiceField(label=_("度量"), required=False)
    where = forms.CharField(
        label=_("业务限定"), required=False, widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
        help_text=_("只统计满足条件的行，例如 orders.status = 'paid'。"),
    )  # fmt: skip
    numerator = forms.ChoiceField(label=_("分子"), required=False)
    denominator = forms.ChoiceField(label=_("分母"), required=False)
    formula = forms.CharField(
        label=_("公式"), required=False, help_text=_("用指标标识和 + - * / 书写，例如 revenue - cost。")
    )
    grain = forms.ChoiceField(label=_("填报粒度"), choices=GRAINS, required=False, initial="month")
    agg = forms.ChoiceField(label=_("多个期间如何合并"), choices=AGGS, required=False)
    unit = forms.CharField(label=_("单位"), max_length=30, required=False, help_text=_("如 CNY、percent、人、天。"))
    direction = forms.ChoiceField(label=_("期望方向"), choices=DIRECTIONS)
    band_low = forms.FloatField(label=_("区间下限"), required=False)
    band_high = forms.FloatField(label=_("区间上限"), required=False)
    kind = forms.ChoiceField(label=_("类别"), choices=[("", "—"), *Metric.Kind.choices], required=False)
    domain = forms.CharField(label=_("业务域"), max_length=100, required=False)
    process = forms.CharField(label=_("业务过程"), max_length=100, required=False)
    owner = forms.ChoiceField(label=_("负责部门"))
    person = forms.CharField(label=_("负责人"), max_length=100, required=False)
    review = forms.ChoiceField(label=_("复核周期"), choices=REVIEWS, required=False)
    responsible = forms.MultipleChoiceField(label=_("R 执行"), required=False)
    consulted = forms.MultipleChoiceField(label=_("C 咨询"), required=False)
    informed = forms.MultipleChoiceField(label=_("I 知会"), required=False)

    def __init__(self, actor: Actor, lang: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = [(code, row.name) for code, row in reads.departments_by_code(actor).items()]
        for field in ("owner", "responsible", "consulted", "informed"):
            self._choose(field, departments)
        self._choose("measure", [("", "—"), *_measures(lang)])
        metrics = [("", "—"), *_metrics(lang)]
        for field in ("numerator", "denominator"):
            self._choose(field, metrics)

    def _choose(self, field: str, choices: list[tuple[str, Any]]) -> None:
        """Offer `choices`; a value that stands in the text but is not known stays choosable, and is checked later."""
        held = self.initial.get(field) or []
        known = {value for value, _label in choices}
        extra = [(value, value) for value in ([held] if isinstance(held, str) else held) if value not in known]
        self.fields[field].choices = [*choices, *extra]  # type: ignore[attr-defined]

    @classmethod
    def of(cls, metric: MetricDef, actor: Actor, lang: str) -> MetricForm:
        """The form filled from a definition."""
        return cls(actor, lang, initial=fields_of(metric))

    def definition(self, base: MetricDef) -> MetricDef:
        """`base` with what the form says."""
        given = self.cleaned_data
        low, high = given["band_low"], given["band_high"]
        return dataclasses.replace(
            base,
            name=given["name"],
            label=Label(given["label_zh"], given["label_en"]),
            meaning=Label(given["meaning_zh"], given["meaning_en"]),
            synonyms=tuple(item for item in _SPLIT.split(given["synonyms"]) if item),
            kind=given["kind"] or None,
            domain=given["domain"] or None,
            process=given["process"] or None,
            direction=given["direction"],
            band=(low, high) if given["direction"] == "band" and low is not None and high is not None else None,
            unit=given["unit"] or None,
            owner=given["owner"] or None,
            person=given["person"] or None,
            review=given["review"] or None,
            raci=Raci(
                tuple(given["responsible"]), base.raci.accountable, tuple(given["consulted"]), tuple(given["informed"])
            ),
            body=_body(given, base.body),
        )


def fields_of(metric: MetricDef) -> dict[str, Any]:
    """A definition as the form's values."""
    values: dict[str, Any] = {
        "name": metric.name,
        "label_zh": metric.label.zh,
        "label_en": metric.label.en,
        "synonyms": "、".join(metric.synonyms),
        "meaning_zh": metric.meaning.zh,
        "meaning_en": metric.meaning.en,
        "unit": metric.unit or "",
        "direction": metric.direction,
        "kind": metric.kind or "",
        "domain": metric.domain or "",
        "process": metric.process or "",
        "owner": metric.owner or "",
        "person": metric.person or "",
        "review": metric.review or "",
        "responsible": list(metric.raci.responsible),
        "consulted": list(metric.raci.consulted),
        "informed": list(metric.raci.informed),
    }
    if metric.band:
        values |= {"band_low": metric.band[0], "band_high": metric.band[1]}
    match metric.body:
        case Simple(measure=measure, where=where):
            values |= {"how": "simple", "measure": measure, "where": where or ""}
        case Ratio(numerator=above, denominator=below):
            values |= {"how": "ratio", "numerator": above.metric, "denominator": below.metric}
        case Derived(formula=formula):
            values |= {"how": "derived", "formula": formula}
        case Reported(grain=grain, agg=agg):
            values |= {"how": "reported", "grain": grain, "agg": agg}
    return values


def form_of(kind: str, text: str, request: Any) -> MetricForm | None:
    """The form of a draft; None for datasets and for texts that cannot be read yet."""
    metric = _metric_in(kind, text)
    return MetricForm.of(metric, request.actor, request.lang) if metric else None


def text_from(kind: str, text: str, actor: Actor, lang: str, posted: Mapping[str, Any]) -> str:
    """The draft's text with the form's fields in it. DefinitionError form-incomplete, naming the fields."""
    base = _metric_in(kind, text)
    if base is None:
        raise DefinitionError("form-needs-text")
    form = MetricForm(actor, lang, posted, initial=fields_of(base))
    if not form.is_valid():
        fields = [str(form.fields[name].label) for name in form.errors if name in form.fields]
        raise DefinitionError("form-incomplete", fields=fields)
    return write(form.definition(base))


def starting_text(kind: str, owner: str) -> str:
    """What a new draft begins with: enough to be valid once its blanks are filled."""
    owned = f"owner: {owner}\n" if owner else ""
    if kind == "dataset":
        return (
            f"version: 1\ndataset: new_dataset\nlabel: {{zh: 新数据集}}\n{owned}source: schema.table\n"
            "primary_key: id\nentities: {thing: id}\ntime: happened_on\ndimensions:\n"
            "  happened_on: {type: date}\nmeasures:\n  lines: {agg: count}\n"
        )
    measure = next((value for value, _label in _measures("zh")), "dataset.measure")
    return f"version: 1\nmetric: new_metric\nlabel: {{zh: 新指标}}\n{owned}simple: {{measure: {measure}}}\n"


def _body(given: Mapping[str, Any], base: Any) -> Any:
    match given["how"]:
        case "ratio":
            held = base if isinstance(base, Ratio) else Ratio(MetricRef(""), MetricRef(""))
            return Ratio(_ref(given["numerator"], held.numerator), _ref(given["denominator"], held.denominator))
        case "derived":
            aliases = base.metrics if isinstance(base, Derived) else ()
            return Derived(given["formula"], tuple(pair for pair in aliases if pair[0] in given["formula"]))
        case "reported":
            held_reported = base if isinstance(base, Reported) else Reported()
            return dataclasses.replace(held_reported, grain=given["grain"] or "month", agg=given["agg"] or "none")
        case _:
            return Simple(given["measure"], given["where"].strip() or None)


def _ref(metric: str, held: MetricRef) -> MetricRef:
    return held if held.metric == metric else MetricRef(metric)


def _metric_in(kind: str, text: str) -> MetricDef | None:
    if kind != "metric":
        return None
    found, _problems = read({"draft.yml": text})
    return found.metrics[0] if len(found.metrics) == 1 else None


def _measures(lang: str) -> list[tuple[str, str]]:
    spoken: Any = "en" if lang == "en" else "zh"
    datasets = serving.served().workspace.model.datasets.values()
    return [
        (f"{item.name}.{name}", f"{item.label.text(spoken, item.name)} · {measure.label.text(spoken, name)}")
        for item in datasets
        if item.reported is None
        for name, measure in item.measures.items()
    ]


def _metrics(lang: str) -> list[tuple[str, str]]:
    spoken: Any = "en" if lang == "en" else "zh"
    metrics = serving.served().workspace.model.metrics.values()
    return sorted((item.name, f"{item.label.text(spoken, item.name)}（{item.name}）") for item in metrics)
