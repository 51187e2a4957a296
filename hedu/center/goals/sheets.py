"""An uploaded table of targets -> one change a row, with the line it stands in."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hedu.center.catalog.sheets import shown, table_of
from hedu.center.goals.rules import TargetChange, change_of
from hedu.errors import DefinitionError

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "code": ("code", "target_id", "id", "编号", "目标编号"),
    "metric": ("metric", "指标", "指标标识"),
    "department": ("department", "部门", "部门代码"),
    "scope": ("scope", "范围", "限定"),
    "period": ("period", "期间", "年度"),
    "operator": ("operator", "比较", "运算符"),
    "value": ("value", "目标值", "目标", "值"),
    "unit": ("unit", "单位"),
    "parent": ("parent", "上级目标", "上级"),
    "goal": ("goal", "目标节点"),
    "metric_version": ("metric_version", "version", "口径版本", "版本"),
    "green": ("green", "达标线"),
    "amber": ("amber", "预警线"),
    "tolerance": ("tolerance", "容差"),
    "phasing": ("phasing", "分月方式"),
    "note": ("note", "说明", "备注"),
}
NEEDED = ("code", "metric", "department", "period", "value")
OPERATORS = {"≥": ">=", "≧": ">=", "不低于": ">=", "≤": "<=", "≦": "<=", "不高于": "<=", "等于": "=", "==": "="}
HEADS = ("编号", "指标", "部门", "范围", "期间", "比较", "目标值", "单位", "上级目标", "口径版本", "说明")
"""What the sheet to fill in is headed with."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the file and the change it asks for."""

    number: int
    change: TargetChange


def lines_of(
    filename: str, content: bytes, names: Mapping[str, str], departments: Mapping[str, str]
) -> tuple[list[Line], frozenset[str]]:
    """Every row, and what the file has columns for. A comparison that is not said is left empty.

    `names` and `departments` say what labels mean: people write either.

    DefinitionError: upload-columns-missing and what stands for an unreadable file.
    """
    (_, head), *rows = table_of(filename, content)
    places = _places(filename, head)
    lines = [
        Line(number, _change([*row, *[""] * (len(head) - len(row))], places, names, departments))
        for number, row in rows
    ]
    return lines, frozenset(places)


def _places(filename: str, head: Sequence[str]) -> dict[str, int]:
    folded = [unicodedata.normalize("NFKC", text).strip().casefold() for text in head]
    places = {
        name: next((at for at, text in enumerate(folded) if text in known), -1) for name, known in COLUMNS.items()
    }
    missing = [name for name in NEEDED if places[name] < 0]
    if missing:
        lacking = [f"{_head_of(name)} ({name})" for name in missing]
        raise DefinitionError("upload-columns-missing", name=filename, columns=lacking, found=shown(head))
    return {name: place for name, place in places.items() if place >= 0}


def _head_of(name: str) -> str:
    """What the sheet to fill in calls a column."""
    return next((head for head in HEADS if head in COLUMNS[name]), name)


def _change(
    row: Sequence[str], places: Mapping[str, int], names: Mapping[str, str], departments: Mapping[str, str]
) -> TargetChange:
    given = {name: unicodedata.normalize("NFKC", row[place]).strip() for name, place in places.items()}
    given["scope"] = row[places["scope"]].strip() if "scope" in places else ""
    given["operator"] = OPERATORS.get(given.get("operator", ""), given.get("operator", ""))
    given["metric"] = names.get(given["metric"], given["metric"])
    given["department"] = departments.get(given["department"], given["department"])
    given["period"] = given["period"].removesuffix(".0")
    given["metric_version"] = given.get("metric_version", "").removesuffix(".0")
    return change_of({name: value for name, value in given.items() if value or name == "operator"})
