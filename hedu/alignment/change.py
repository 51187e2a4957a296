"""Two definitions -> what changed, field by field: breaking, risky or safe, each with its reason.

Breaking: the same question gets another number. Risky: the number stays, but what people do with it may not (colours,
responsibility, paths). Safe: words for people, and what nobody can be using yet.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from hedu.alignment.equivalence.facets import DECLARED
from hedu.alignment.texts.definition import VALUES
from hedu.alignment.wording import facet_label
from hedu.define.definitions import DatasetDef, Label, MetricDef, SettingsDef
from hedu.define.digest import meaning_digest, normal_sql
from hedu.model.expressions import with_metrics_renamed

Definition = MetricDef | DatasetDef | SettingsDef
Effect = Literal["added", "removed", "changed", "unchanged"]
Risk = Literal["safe", "risky", "breaking"]
RISKS: tuple[Risk, ...] = ("safe", "risky", "breaking")
"""From the least to the greatest."""

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
    "bridge": Label("桥接", "Bridge"),
    "validity": Label("有效期", "Validity"),
    "start": Label("开始", "Start"),
    "end": Label("结束", "End"),
    "weight": Label("权重", "Weight"),
    "partition": Label("分区", "Partition"),
    "percentile": Label("分位数", "Percentile"),
    "method": Label("方法", "Method"),
    "window": Label("窗口", "Window"),
    "grain_to_date": Label("累计自", "To date since"),
    "period_agg": Label("期间取值", "Value of a period"),
    "offset_window": Label("时间偏移", "Offset"),
    "offset_to_grain": Label("偏移到期初", "Offset to the start of"),
    "fill_nulls_with": Label("空值填为", "Fill gaps with"),
    "join_to_timespine": Label("补齐日期", "Every date"),
    "base": Label("起点指标", "Base"),
    "conversion": Label("转化指标", "Conversion"),
    "calculation": Label("算法", "Calculation"),
    "constant": Label("不变的维度", "Held constant"),
    "order": Label("排序", "Order"),
    "within": Label("范围", "Within"),
    "by": Label("按", "By"),
    "of": Label("属于", "Of"),
    "grains": Label("自定义粒度", "Grains of its own"),
    "parameters": Label("参数", "Parameters"),
    "default": Label("默认值", "Default"),
    "choices": Label("可选值", "Choices"),
    "exchange": Label("汇率表", "Exchange rates"),
    "dataset": Label("数据集", "Dataset"),
    "date": Label("日期列", "Date column"),
    "target": Label("目标币种列", "Target currency column"),
    "rate": Label("汇率列", "Rate column"),
    "last_known": Label("沿用最近汇率的天数", "Last known rate for"),
    "through": Label("经由币种", "Through"),
    "rollups": Label("汇总表", "Rollups"),
    "refresh": Label("刷新周期", "Refreshed by"),
    "semantics": Label("语义规则", "Rules of meaning"),
    "time_spines": Label("时间轴表", "Time spines"),
    "column": Label("列", "Column"),
    "custom": Label("自定义粒度列", "Columns of custom grains"),
    "questions": Label("保存的查询", "Saved queries"),
    "limit": Label("行数上限", "Limit"),
    "prefix": Label("实体前缀", "Entity prefix"),
    "words": Label("用词", "Words"),
    "zh": Label("中文", "Chinese"),
    "en": Label("英文", "English"),
}
"""What a part of a path is called. Names people chose are shown as they are."""

_DECLARED = Label("声明的口径", "Declared facet")
_HOWS: dict[str, Label] = {
    "simple": Label("取一个度量", "One measure"),
    "ratio": Label("比率", "Ratio"),
    "derived": Label("由指标计算", "Computed from metrics"),
    "cumulative": Label("累计", "Running total"),
    "conversion": Label("转化", "Conversion"),
    "share": Label("占比", "Share"),
    "rank": Label("排名", "Rank"),
    "reported": Label("填报", "Handed in"),
}

REASONS: dict[str, Label] = {
    "wording": Label("只改文字，数值不变", "Words only; the number stays"),
    "spelling": Label("只改写法，含义相同", "Another spelling of the same meaning"),
    "new": Label("新增的内容，还没有人在用", "New; nobody can be using it yet"),
    "first": Label("新的定义，还没有人在用", "A new definition; nobody can be using it yet"),
    "number": Label("数值会变", "The number changes"),
    "gone": Label("用到它的查询、看板和指标会失效", "Questions, boards and metrics using it stop working"),
    "unit": Label("单位变了，历史数值要换算", "The unit changes; former values must be converted"),
    "source": Label("数据来源变了，建立在它上面的指标都会变", "The source changes, and every metric built on it"),
    "time": Label("归属的日期变了，各期数值会移动", "The date it counts by changes; values move between periods"),
    "joins": Label("连接或去重的方式变了，按维度拆分的结果可能变", "Joins or keys change; splits may change"),
    "split": Label("这个维度的取值变了，按它拆分筛选的结果会变", "Its values change; so do splits and filters by it"),
    "judgement": Label("数值不变，好坏的判断和状态会变", "The number stays; what counts as good, and states, change"),
    "responsibility": Label("数值不变，责任换了部门", "The number stays; another department answers for it"),
    "identifier": Label("外部的查询和程序要改用新标识", "Outside queries and programs must use the new name"),
    "everything": Label("对所有指标都有影响", "It concerns every metric"),
}
"""Why a field is as risky as it is."""

_WORDS = frozenset({"label", "meaning", "synonyms", "kind", "domain", "process", "id", "x", "person", "review"})
_RULES: dict[str, tuple[Risk, str]] = {
    "name": ("risky", "identifier"),
    "owner": ("risky", "responsibility"),
    "raci": ("risky", "responsibility"),
    "direction": ("risky", "judgement"),
    "band": ("risky", "judgement"),
    "unit": ("breaking", "unit"),
    "source": ("breaking", "source"),
    "time": ("breaking", "time"),
    "primary_key": ("risky", "joins"),
    "unique_keys": ("risky", "joins"),
    "entities": ("risky", "joins"),
    "bridge": ("breaking", "joins"),
    "time_zone": ("breaking", "everything"),
    "week_start": ("breaking", "everything"),
    "currency": ("breaking", "everything"),
    "departments": ("risky", "responsibility"),
}
"""First part of a path -> its risk and reason; what is not named changes the number."""

_COLLECTIONS = frozenset({"measures", "dimensions", "entities", "departments", "grains", "parameters"})
_SKIPPED = frozenset({"at", "marks"})


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after; empty text where it is absent."""

    path: str
    before: str
    after: str
    risk: Risk
    why: str

    @property
    def is_meaning(self) -> bool:
        """Whether numbers may differ afterwards."""
        return self.risk == "breaking" or self.why in ("joins", "split")

    @property
    def reason(self) -> Label:
        return REASONS[self.why]

    def title(self, lang: Literal["zh", "en"]) -> str:
        """The path in words: 数据来源 › 表."""
        parts = self.path.split(".")
        if parts[:2] == ["x", "facets"]:
            return f"{_DECLARED.text(lang)} › {facet_label(DECLARED.get(parts[2], parts[2]), lang)}"
        return " › ".join(FIELDS[part].text(lang) if part in FIELDS else part for part in parts)

    def said(self, value: str, lang: Literal["zh", "en"]) -> str:
        """A side of it in words, where it is one of a few.

        >>> Change("how", "simple", "ratio", "breaking", "number").said("ratio", "zh")
        '比率'
        """
        known = _HOWS if self.path == "how" else VALUES if self.path.startswith("x.facets.") else {}
        return known[value].text(lang) if value in known else value


def changes(
    before: Definition | None, after: Definition | None, renames: Mapping[str, str] | None = None
) -> tuple[Change, ...]:
    """Every field that differs, in the order fields stand. `renames`: metrics renamed along with it (old -> new).

    >>> from hedu.define.definitions import MetricDef, Simple
    >>> old, new = MetricDef("m", Simple("t.x")), MetricDef("m", Simple("t.x", "a = 1"), label=Label("销售额"))
    >>> [(item.path, item.risk) for item in changes(old, new)]
    [('where', 'breaking'), ('label.zh', 'safe')]
    """
    old, new = (dict(_flat(item)) if item is not None else {} for item in (before, after))
    same = before is not None and after is not None and meaning_digest(before) == meaning_digest(after)
    found = []
    for path in dict.fromkeys([*new, *old]):
        was, now = old.get(path, ""), new.get(path, "")
        if was != now:
            risk, why = _risk(path, was, now, old, new, renames or {})
            if same and risk == "breaking" and path.split(".")[0] != "unit":
                risk, why = "safe", "spelling"
            found.append(Change(path, was, now, risk, why))
    return tuple(found)


def greatest(risks: Iterable[Risk]) -> Risk:
    """The greatest of several risks; safe where there is none.

    >>> greatest(["safe", "breaking", "risky"])
    'breaking'
    """
    return max(risks, key=RISKS.index, default="safe")


def _risk(
    path: str, was: str, now: str, old: Mapping[str, str], new: Mapping[str, str], renames: Mapping[str, str]
) -> tuple[Risk, str]:
    if not old:
        return "safe", "first"
    if not new:
        return "breaking", "gone"
    parts = path.split(".")
    said = parts[2:] if parts[0] in _COLLECTIONS | {"metrics"} else parts
    if any(part in _WORDS for part in said):
        return "safe", "wording"
    follows = parts[0] != "name" and was in renames and renames[was] == now
    if parts[-1] == "where" and renames:
        follows = with_metrics_renamed(was, renames) == now
    if follows or _is_alias(parts, was, now, renames):
        return "safe", "spelling"
    if parts[0] in _COLLECTIONS and len(parts) > 1:
        return _risk_within(parts, was, now, old, new)
    if normal_sql(was) == normal_sql(now) and parts[0] not in ("name", "owner", "raci"):
        return "safe", "spelling"
    return _RULES.get(parts[0], ("breaking", "number"))


def _risk_within(
    parts: list[str], was: str, now: str, old: Mapping[str, str], new: Mapping[str, str]
) -> tuple[Risk, str]:
    """A measure, dimension, entity or department of a collection: new, gone or changed."""
    item = f"{parts[0]}.{parts[1]}"
    if not _holds(old, item):
        return "safe", "new"
    if not _holds(new, item):
        return "breaking", "gone"
    if normal_sql(was) == normal_sql(now):
        return "safe", "spelling"
    match parts[0]:
        case "measures":
            return ("breaking", "unit") if parts[-1] == "unit" else ("breaking", "number")
        case "dimensions":
            return "risky", "split"
        case "entities":
            return "risky", "joins"
        case "departments":
            return "risky", "responsibility"
        case _:
            return "breaking", "number"


def _holds(flat: Mapping[str, str], item: str) -> bool:
    return any(path == item or path.startswith(f"{item}.") for path in flat)


def _is_alias(parts: list[str], was: str, now: str, renames: Mapping[str, str]) -> bool:
    """A formula keeps the old name of a renamed metric as an alias of the new one."""
    return parts[0] == "metrics" and not was and renames.get(parts[1]) == now


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
    if value is None or value is False or value == () or value == "":
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
