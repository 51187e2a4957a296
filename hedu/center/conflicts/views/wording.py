"""Words and numbers of exhibits: what detectors write in keys and identifiers, people read in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hedu.alignment.wording import FACETS
from hedu.center.catalog import figures
from hedu.center.catalog.reads import workspace
from hedu.center.conflicts import reads
from hedu.center.conflicts.models import Case
from hedu.center.people.reads import visible_to as departments

KEYS: Mapping[str, Promise] = {
    "a": _("甲"), "b": _("乙"), "accountable": _("最终负责"), "amount": _("金额"), "after": _("重算后的差额"),
    "answers": _("答题数"),
    "approvers": _("审批人"), "before": _("重算前的差额"),
    "bound": _("绑定版本"), "bucket": _("差在哪里"), "coefficient": _("系数"),
    "correlation": _("相关"), "count": _("数量"), "dataset": _("数据集"), "datasets": _("数据集"),
    "delegate": _("代理人"), "department": _("部门"), "departments": _("部门"), "driver": _("驱动因素"),
    "effect": _("影响"), "elasticity": _("弹性"), "expires_on": _("到期"), "factor": _("倍数"), "facet": _("方面"),
    "gap": _("差额"), "grain": _("粒度"), "grants": _("已有权限"), "granted_on": _("授权日期"), "high": _("上限"),
    "key": _("键"), "lag": _("滞后"), "least": _("下限"), "left_on": _("离职日期"), "letter": _("角色"),
    "low": _("下限"), "metric": _("指标"), "metrics": _("指标"), "name": _("名称"), "operator": _("比较"),
    "owner": _("负责部门"), "p": _("p 值"), "parties": _("当事部门"), "people": _("人数"), "period": _("期间"),
    "person": _("人员"), "post": _("岗位"), "posts": _("岗位"), "proposal": _("变更"), "proposer": _("提出人"),
    "question": _("题号"), "questions": _("各题"), "quarter": _("季度"), "raci": _("责任划分"), "role": _("角色"),
    "rows": _("行"), "samples": _("样本"), "scope": _("范围"), "share": _("占比"), "shares": _("占比"),
    "signed_on": _("签字日期"), "since": _("从"), "status": _("状态"), "subject": _("授予"), "target": _("目标"),
    "targets": _("目标"), "terms": _("算式"), "threshold": _("门槛"), "until": _("到"), "value": _("值"),
    "value_a": _("甲的值"), "value_b": _("乙的值"), "version": _("版本"), "wrong": _("答错比例"),
    "answer_a": _("甲的答案"),
    "answer_b": _("乙的答案"),
    "at": _("位置"),
    "back": _("冲回"),
    "base": _("基数"),
    "by": _("按"),
    "change": _("改动"),
    "covered": _("覆盖"),
    "day": _("日期"),
    "dimension": _("维度"),
    "elasticity_back": _("反向弹性"),
    "form": _("算法"),
    "gaps": _("各期差额"),
    "gives": _("能给出"),
    "halves": _("前后两半"),
    "how": _("错法"),
    "id": _("编号"),
    "inside": _("以内"),
    "is_relative": _("相对值"),
    "keys": _("键"),
    "kind": _("类别"),
    "months": _("月数"),
    "outside": _("以外"),
    "over": _("跨"),
    "owed": _("还差"),
    "parent": _("上级"),
    "periods": _("期数"),
    "rate": _("汇率"),
    "ratio": _("比值"),
    "reached": _("已达"),
    "reported": _("上报值"),
    "required": _("要求"),
    "right": _("正确值"),
    "rush": _("冲量"),
    "table": _("表"),
    "tables": _("表"),
    "text": _("说法"),
    "usual": _("平时"),
}  # fmt: skip
"""Keys of facts -> how they read."""
VALUES: Mapping[str, Promise] = {
    "left": _("已离职"), "active": _("在岗"), "on_leave": _("休假"), "liaison": _("联络人"), "deputy": _("副联络人"),
    "owner": _("负责人"), "manager": _("部门负责人"), "company": _("全公司"),
}  # fmt: skip
KINDS: Mapping[str, Promise] = {
    "estimate": _("估计"),
    "infeasible": _("不能同时成立"),
    "people": _("相关的人和权限"),
    "gap": _("差额"),
}
SHARE_KEYS = frozenset({"before", "after", "share", "wrong", "low", "high", "threshold", "least", "gap"})


@dataclass(frozen=True, slots=True)
class Words:
    """How one case's identifiers read in a language."""

    lang: Literal["zh", "en"]
    labels: Mapping[str, str]
    departments: Mapping[str, str]
    names: Sequence[str]
    unit: str

    @staticmethod
    def of(request: HttpRequest, case: Case) -> Words:
        said: Literal["zh", "en"] = "en" if request.lang == "en" else "zh"
        parties = reads.metrics_of(case, said)
        return Words(
            said,
            {party.name: party.label for party in parties},
            {row.code: row.name for row in departments(request.actor)},
            [f"{party.letter} · {party.label}" for party in parties],
            case.unit,
        )

    def metric(self, name: str) -> str:
        if name in self.labels:
            return self.labels[name]
        found = workspace().model.metrics.get(name)
        return found.label.text(self.lang, name) if found else name

    def letter_name(self, at: int) -> str:
        return self.names[at] if at < len(self.names) else "ABCDEFGH"[at : at + 1]

    def name_of(self, given: Any, at: int) -> str:
        """What a side of an exhibit is called: a metric by its label, anything else as it is."""
        if given in ("a", "b"):
            return self.letter_name("ab".index(given))
        if isinstance(given, str) and given:
            return self.metric(given)
        return self.letter_name(at)

    def buckets(self) -> Mapping[str, str]:
        one, other = self.letter_name(0), self.letter_name(1)
        return {
            "only_a": str(_("只在%(name)s") % {"name": one}),
            "only_b": str(_("只在%(name)s") % {"name": other}),
            "both_differ": str(_("两边都有，金额不同")),
        }

    def listed(self, words: Iterable[str]) -> str:
        return ("、" if self.lang == "zh" else ", ").join(words)

    def amount(self, value: Any, unit: str = "") -> str:
        number = as_number(value)
        return "–" if number is None else figures.full(number, unit or None, self.lang)

    def key(self, name: str) -> str:
        if name in KEYS:
            return str(KEYS[name])
        return FACETS[name].text(self.lang) if name in FACETS else self.metric(name)

    def kind(self, name: str) -> str:
        return str(KINDS.get(name, _("依据")))

    def cell(self, value: Any, key: str = "") -> str:
        match value:
            case None | "":
                return "–"
            case bool():
                return "✓" if value else "–"
            case float() if key in SHARE_KEYS and abs(value) <= 1:
                return percent(value)
            case int() | float():
                return figures.full(value, None, self.lang)
            case list() | tuple():
                return self.listed(self.cell(item, key) for item in value) or "–"
            case Mapping() if set(value) <= {"zh", "en"}:
                return str(value.get(self.lang) or value.get("zh") or value.get("en"))
            case Mapping():
                return self.listed(f"{self.key(name)} {self.cell(item, name)}" for name, item in value.items())
        text = str(value)
        if text in VALUES:
            return str(VALUES[text])
        return self.departments.get(text) or self.metric(text)

    def pairs(self, facts: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
        told = ((key, value) for key, value in facts.items() if value not in (None, "", []))
        return tuple((self.key(key), self.cell(value, key)) for key, value in told)

    def share_name(self, row: Mapping[str, Any]) -> str:
        """What a share is of: a facet, or a driver with the department that can move it."""
        if "facet" in row:
            return self.key(str(row["facet"]))
        name = str(row.get("driver") or row.get("name") or "")
        place = self.departments.get(str(row.get("department")), "")
        return f"{name} · {place}" if place else name


def as_number(value: Any) -> float | None:
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def percent(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, Mapping) for item in value)
