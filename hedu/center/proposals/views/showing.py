"""Revisions, concerns and previews -> what templates print, in the page's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hedu.alignment.change import greatest
from hedu.center.catalog import figures
from hedu.center.catalog import reads as catalog
from hedu.center.catalog.changeset import ChangeSet
from hedu.center.catalog.serving import served
from hedu.center.catalog.wording import Lang, Vocabulary, filter_words
from hedu.center.goals.rules import decimal_of
from hedu.center.proposals import reads
from hedu.center.proposals.reads import Course, Flip, KeptAnswer, Preview
from hedu.center.proposals.rules import Concern, Reason

_SIGNS = {">=": "≥", "<=": "≤", "=": "="}
RISK_TONES = {"breaking": "red", "risky": "yellow", "safe": "green"}


def fields_of(change: ChangeSet, lang: Any) -> list[dict[str, Any]]:
    """Each definition with its changed fields; the riskiest first."""
    found = []
    for item, fields in catalog.changes_of(change).items():
        risk = "breaking" if item.is_retirement else greatest(field.risk for field in fields)
        rows = [
            {
                "key": f"{item.name}/{field.path}",
                "title": field.title(lang),
                "before": field.said(field.before, lang),
                "after": field.said(field.after, lang),
                "risk": field.risk,
                "tone": RISK_TONES[field.risk],
                "reason": field.reason.text(lang),
            }
            for field in fields
        ]
        kind = "retired" if item.is_retirement else "changed" if item.entry else "added"
        told = {"name": item.name, "kind": item.kind, "effect": kind, "risk": risk, "tone": RISK_TONES[risk]}
        found.append({**told, "fields": rows})
    order = ("breaking", "risky", "safe")
    return sorted(found, key=lambda row: order.index(row["risk"]))


def concerns_of(concerns: Iterable[Concern], change: ChangeSet | None, lang: str) -> list[dict[str, Any]]:
    """Departments with their part and why, worded. What `change` adds or renames is called as it says."""
    held = list(concerns)
    names = reads.departments_in(item.department for item in held)
    labels = reads.labels_wanted(change) if change else {}
    labels |= reads.labels_of(name for item in held for why in item.reasons for name in why.names)
    used = [name for item in held for why in item.reasons if why.kind in ("usage", "goal") for name in why.names]
    labels |= reads.titles_of(used) if used and lang == "en" else {}
    return [
        {
            "department": names.get(item.department or 0),
            "part": item.part,
            "reasons": [worded(why, labels, lang) for why in _by_kind(item.reasons)],
        }
        for item in held
    ]


def _by_kind(reasons: Iterable[Reason]) -> list[Reason]:
    """Boards, reports and views are one reason to people, and so are goals and targets."""
    found: dict[tuple[str, str], dict[str, None]] = {}
    for why in reasons:
        key = (why.kind, "" if why.kind in ("usage", "goal") else why.note)
        found[key] = found.get(key, {}) | dict.fromkeys(why.names)
    return [Reason(kind, tuple(names), note) for (kind, note), names in found.items()]


def worded(why: Reason, labels: Mapping[str, tuple[str, str]], lang: str) -> str:
    """Why a department is concerned, as a sentence."""
    mark = "、" if lang == "zh" else ", "
    shown = [_label(labels, name, lang) for name in why.names[:4]]
    names = mark.join(shown) + ("…" if len(why.names) > 4 else "")
    match why.kind:
        case "owner":
            return _("负责%(names)s") % {"names": names} if names else _("发起部门")
        case "lineage":
            return _("%(names)s以它为基础") % {"names": names}
        case "raci":
            letters = {"A": _("问责"), "R": _("执行"), "C": _("咨询"), "I": _("知会")}
            return _("%(names)s的%(letter)s方") % {"names": names, "letter": letters.get(why.note, why.note)}
        case "goal":
            return _("目标：%(names)s") % {"names": names}
        case "usage":
            return _("在用：%(names)s") % {"names": names}
        case "questions":
            return _("近 90 天查询 %(count)s 次") % {"count": names}
        case "case":
            return _("冲突单 %(number)s 的当事部门") % {"number": reads.case_number(names)}
        case "access":
            return _("数据权限：%(names)s") % {"names": names}
        case _:
            return _("%(names)s请其参与") % {"names": names}


def affected_rows(rows: Iterable[Any], change: ChangeSet | None, lang: str) -> list[dict[str, Any]]:
    """The same for what is kept with a revision."""
    concerns = [Concern(row.department_id, row.part, tuple(_reason(why) for why in row.why)) for row in rows]
    return concerns_of(concerns, change, lang)


def _reason(why: Mapping[str, Any]) -> Reason:
    return Reason(why["kind"], tuple(why["names"]), why["note"])


def preview_rows(preview: Preview, lang: figures.Lang) -> dict[str, Any]:
    """Tables of before and after, and the departments each slice belongs to."""
    places = {one.department for one in preview.slices if one.department}
    places |= {*preview.alike, *preview.slices_left_off}
    labels = reads.labels_of(preview.not_computed)
    names = {pk: row.name for pk, row in reads.departments_in(places).items()}
    slices: dict[int, dict[str, Any]] = {}
    for one in preview.slices:
        held = slices.setdefault(one.department or 0, {"name": names.get(one.department or 0, ""), "courses": []})
        held["courses"].append(course_row(one, lang))
    return {
        "flips": [flip_row(one, lang) for one in preview.flips],
        "kept": [kept_row(one, lang) for one in preview.kept],
        "courses": [course_row(one, lang) for one in preview.courses],
        "slices": list(slices.values()),
        "alike": [names[place] for place in preview.alike if place in names],
        "not_computed": [_label(labels, name, lang) for name in preview.not_computed],
        "slices_left_off": [names[place] for place in preview.slices_left_off if place in names],
        "flips_left_off": preview.flips_left_off,
        "kept_left_off": preview.kept_left_off,
        "is_empty": not preview.courses,
    }


def flip_row(flip: Flip, lang: figures.Lang) -> dict[str, Any]:
    """A target that would stand otherwise."""
    unit = flip.target.unit or flip.target.metric.unit
    return {
        "code": flip.target.code,
        "metric": flip.target.metric.label(lang),
        "department": flip.target.department.name,
        "period": flip.target.period,
        "is_flip": flip.is_flip,
        "before": figures.full(flip.before.value, unit, lang),
        "after": figures.full(flip.after.value, unit, lang),
        "statuses": flip.statuses,
    }


def kept_row(kept: KeptAnswer, lang: figures.Lang) -> dict[str, Any]:
    """A tile or view with the first of its numbers that change."""
    metrics = catalog.workspace().model.metrics
    cells = []
    for cell in kept.cells:
        known = metrics.get(cell.metric.split("__")[0])
        unit = known.unit if known and "__" not in cell.metric else None
        cells.append(
            {
                "place": " · ".join("–" if value is None else str(value) for value in cell.place),
                "metric": known.definition.label.text(lang, cell.metric) if known else cell.metric,
                "before": figures.full(cell.before, unit, lang),
                "after": figures.full(cell.after, unit, lang),
            }
        )
    told = {
        "holder": kept.holder,
        "title": kept.title,
        "url": kept.url,
        "refused": kept.refused.what(lang) if kept.refused else "",
    }
    return {**told, "cells": cells, "changed": kept.changed, "numbers": kept.numbers, "more": kept.changed - len(cells)}


def course_row(course: Course, lang: figures.Lang) -> dict[str, Any]:
    """One metric's course as a table and as a chart's props."""
    return {
        "name": course.metric,
        "label": course.label,
        "is_changed": course.is_changed,
        "refused": course.refused.as_json(lang)["what"] if course.refused else "",
        "before": figures.full(course.before, course.unit, lang),
        "after": figures.full(course.after, course.unit, lang),
        "shift": _shift(course.before, course.after, course.unit, lang),
        "span": _span(course, lang),
        "access": _access(course, lang),
        "points": [
            {
                "period": figures.period(date.fromisoformat(point.period[:10]), course.grain, lang),
                "before": figures.full(point.before, course.unit, lang),
                "after": figures.full(point.after, course.unit, lang),
                "shift": _shift(point.before, point.after, course.unit, lang),
                "is_changed": point.is_changed,
            }
            for point in course.points
        ],
        "chart": chart_of(course, lang),
    }


def chart_of(course: Course, lang: str) -> dict[str, Any]:
    """Two lines: before and after."""
    said = figures.worded(course.unit, "en" if lang == "en" else "zh") or None
    unit = {"unit": said, "type": "number", "role": "metric", "grain": None, "of": None, "direction": "none"}
    columns = [
        {
            "name": "period",
            "role": "dimension",
            "label": _("期间"),
            "type": "date",
            "unit": None,
            "grain": course.grain,
        },
        {**unit, "name": "before", "label": _("变更前"), "additive": False},
        {**unit, "name": "after", "label": _("变更后"), "additive": False},
    ]
    rows = [[point.period, point.before, point.after] for point in course.points]
    return {
        "kind": "line",
        "title": course.label,
        "data": {"columns": columns, "rows": rows, "totals": None, "receipt": {"rows": len(rows), "notes": []}},
        "options": {"height": 220},
        "toolbar": False,
    }


def content_rows(kind: str, content: Mapping[str, Any], lang: str) -> list[dict[str, str]]:
    """Targets and data policies as rows: what, where, its value."""
    words, said = served().words, "en" if lang == "en" else "zh"
    held = content["changes"] if kind == "targets" else content["grants"]
    places = reads.departments_called(item.get("department") or "" for item in held)
    if kind == "targets":
        return [_target_row(item, places, words, said) for item in held]
    rows = [_grant_row(item, places, words, said) for item in held]
    gone = zip(content["withdraw"], content["datasets"], strict=True)
    return rows + [{"name": words.dataset(dataset, said), "what": f"#{pk}", "value": _("撤回")} for pk, dataset in gone]


def _target_row(item: Mapping[str, Any], places: Mapping[str, str], words: Vocabulary, lang: Lang) -> dict[str, str]:
    scope = filter_words(item["scope"], words, lang) if item["scope"] else ""
    where = (words.metric(item["metric"], lang), places.get(item["department"], item["department"]), item["period"])
    amount = decimal_of(item["value"])
    value = item["value"] if amount is None else figures.full(float(amount), item["unit"], lang)
    return {
        "name": item["code"],
        "what": " · ".join(filter(None, (*where, scope))),
        "value": _("撤回") if item["deed"] == "withdraw" else f"{_SIGNS.get(item['operator'], '')} {value}".strip(),
    }


def _grant_row(item: Mapping[str, Any], places: Mapping[str, str], words: Vocabulary, lang: Lang) -> dict[str, str]:
    department, column, where = (item.get(name) or "" for name in ("department", "column", "where"))
    return {
        "name": words.dataset(item["dataset"], lang),
        "what": " · ".join(
            filter(None, (places.get(department, department), item.get("role", ""), item.get("user", "")))
        ),
        "value": where or (words.dimension(f"{item['dataset']}.{column}", lang) if column else _("全部")),
    }


def timeline_rows(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """What happened, as sentences."""
    return [
        {"at": row.at, "who": row.by, "said": happened(row.deed, row.after or {}), "note": row.note} for row in rows
    ]


def happened(deed: str, after: Mapping[str, Any]) -> str:
    """One recorded deed in words."""
    if after.get("decision"):
        words = {
            "approve": pgettext("done", "同意"),
            "veto": pgettext("done", "否决"),
            "request_changes": pgettext("done", "要求修改"),
            "advice": _("提出意见"),
        }
        return words.get(after["decision"], after["decision"])
    for key, words in (
        ("reminded", _("提醒尚未会签的人")),
        ("requester", _("发起")),
        ("level", _("逾期上报")),
        ("blocked_by", _("与新发布的版本不能合并")),
        ("consulted", pgettext("done", "征求意见")),
        ("extension", _("延期")),
        ("refused", _("到期未能发布")),
        ("digest", _("新的修订")),
    ):
        if key in after:
            return words
    ended = {
        "published": _("会签完成并发布"),
        "approved": _("会签完成，等待生效"),
        "rejected": _("提案被否决"),
        "withdrawn": _("撤回"),
        "superseded": _("被替代"),
        "expired": _("过期"),
        "open": _("发起"),
    }
    return ended.get(str(after.get("state", "")), deed)


def _span(course: Course, lang: figures.Lang) -> str:
    if not course.points:
        return ""
    first, last = (date.fromisoformat(course.points[at].period[:10]) for at in (0, -1))
    return f"{figures.period(first, course.grain, lang)} – {figures.period(last, course.grain, lang)}"


def _access(course: Course, lang: figures.Lang) -> str:
    """That other row policies cut the numbers afterwards; "" where the same do, or nothing changes."""
    before, after = course.limits
    if before == after or not before + after or not course.is_changed:
        return ""
    words, mark = served().words, "、" if lang == "zh" else ", "
    said = [
        _("按%(datasets)s的行权限") % {"datasets": mark.join(words.dataset(name, lang) for name in names)}
        if names
        else _("没有行权限限制")
        for names in (before, after)
    ]
    return _("变化里含数据权限的不同：变更前%(before)s，变更后%(after)s。") % {"before": said[0], "after": said[1]}


def _shift(before: float | None, after: float | None, unit: str | None, lang: figures.Lang) -> str:
    """The change: percentage points of what is a share, else the relative change."""
    if before is None or after is None:
        return ""
    if figures.is_fraction(unit):
        return figures.points(after - before, lang)
    return figures.growth((after - before) / abs(before)) if before else ""


def _label(labels: Mapping[str, tuple[str, str]], name: str, lang: str) -> str:
    zh, en = labels.get(name, ("", ""))
    return ((zh or en) if lang == "zh" else (en or zh)) or name
