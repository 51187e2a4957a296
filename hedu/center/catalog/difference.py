"""Two definitions -> what changed, field by field, and whether the meaning did."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hedu.define.definitions import DatasetDef, Label, MetricDef, SettingsDef

Definition = MetricDef | DatasetDef | SettingsDef
Effect = Literal["added", "removed", "changed", "unchanged"]

FIELDS: dict[str, Label] = {
    "name": Label("标识", "Name"),
    "label": Label("名称", "Label"),
    "meaning": Label("业务含义", "Meaning"),
    "synonyms": Label("同义词", "Synonyms"),
    "kind": Label("类别", "Kind"),
    "domain": Label("业务域", "Domain"),
    "process": Label("业务过程", "Process"),
    "direction": Label("期望方向", "Direction"),
    "band": Label("合理区间", "Band"),
    "unit": Label("单位", "Unit"),
    "owner": Label("负责部门", "Owner"),
    "person": Label("负责人", "Person"),
    "raci": Label("职责分工", "RACI"),
    "responsible": Label("执行", "Responsible"),
    "accountable": Label("问责", "Accountable"),
    "consulted": Label("咨询", "Consulted"),
    "informed": Label("知会", "Informed"),
    "review": Label("复核周期", "Review"),
    "how": Label("计算方式", "Calculation"),
    "measure": Label("度量", "Measure"),
    "measures": Label("度量", "Measures"),
    "where": Label("业务限定", "Filter"),
    "numerator": Label("分子", "Numerator"),
    "denominator": Label("分母", "Denominator"),
    "metric": Label("指标", "Metric"),
    "metrics": Label("引用指标", "Metrics used"),
    "formula": Label("公式", "Formula"),
    "grain": Label("粒度", "Grain"),
    "agg": Label("汇总方式", "Aggregation"),
    "source": Label("数据来源", "Source"),
    "table": Label("表", "Table"),
    "file": Label("文件", "File"),
    "select": Label("查询", "SELECT"),
    "dimensions": Label("维度", "Dimensions"),
    "entities": Label("实体", "Entities"),
    "primary_key": Label("主键", "Primary key"),
    "unique_keys": Label("唯一键", "Unique keys"),
    "time": Label("时间字段", "Time"),
    "expr": Label("表达式", "Expression"),
    "type": Label("类型", "Type"),
    "key": Label("键", "Key"),
    "entity": Label("实体", "Entity"),
    "integrity": Label("必有对应", "Integrity"),
    "semi_additive": Label("半可加", "Semi-additive"),
    "over": Label("跨", "Over"),
    "take": Label("取", "Take"),
    "time_zone": Label("时区", "Time zone"),
    "conforms": Label("一致维度", "Conforms to"),
    "week_start": Label("每周第一天", "Week start"),
    "currency": Label("本位币", "Currency"),
    "departments": Label("部门", "Departments"),
    "parent": Label("上级", "Parent"),
    "zh": Label("中文", "Chinese"),
    "en": Label("英文", "English"),
}
"""What a part of a path is called. Names people chose are shown as they are."""

WORDING = frozenset(
    [
        "label",
        "meaning",
        "synonyms",
        "kind",
        "domain",
        "process",
        "owner",
        "person",
        "raci",
        "review",
        "id",
        "x",
        "direction",
        "band",
        "departments",
    ]
)
"""Parts of a path below which nothing changes what a number is."""

_SKIPPED = frozenset({"at", "marks"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; empty text where it is absent. `is_meaning`: numbers may differ."""

    path: str
    before: str
    after: str
    is_meaning: bool

    def title(self, lang: Literal["zh", "en"]) -> str:
        """The path in words: 数据来源 › 表."""
        return " › ".join(FIELDS[part].text(lang) if part in FIELDS else part for part in self.path.split("."))


def changes(before: Definition | None, after: Definition | None) -> tuple[Change, ...]:
    """Every field that differs, in the order fields stand."""
    old, new = (dict(_flat(item)) if item is not None else {} for item in (before, after))
    paths = dict.fromkeys([*new, *old])
    return tuple(
        Change(path, old.get(path, ""), new.get(path, ""), _is_meaning(path))
        for path in paths
        if old.get(path, "") != new.get(path, "")
    )


def _is_meaning(path: str) -> bool:
    return not any(part in WORDING for part in path.split("."))


def _flat(item: Definition) -> Iterator[tuple[str, str]]:
    for one in dataclasses.fields(item):
        if one.name in _SKIPPED:
            continue
        value = getattr(item, one.name)
        if one.name == "body":
            yield "how", type(value).__name__.lower()
            yield from _walk("", value)
        else:
            yield from _walk(one.name, value)


def _walk(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if value is None or value == () or value == "":
        return
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for one in dataclasses.fields(value):
            if one.name not in _SKIPPED and not (one.name == "name" and path):
                yield from _walk(_joined(path, one.name), getattr(value, one.name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _walk(_joined(path, str(key)), item)
    elif isinstance(value, tuple) and all(_name_of(item) for item in value):
        for item in value:
            yield from _walk(_joined(path, _name_of(item)), item[1] if isinstance(item, tuple) else item)
    elif isinstance(value, tuple | list):
        yield path, ", ".join(_plain(item) for item in value)
    else:
        yield path, _plain(value)


def _name_of(item: Any) -> str:
    """The name of a named object or of a (name, object) pair; "" for plain values."""
    if isinstance(item, tuple) and len(item) == 2 and dataclasses.is_dataclass(item[1]):
        return str(item[0])
    return str(getattr(item, "name", "")) if dataclasses.is_dataclass(item) else ""


def _joined(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return "+".join(str(item) for item in value)
    return str(value)
