"""The field table of a workspace's settings."""

from __future__ import annotations

from typing import get_args

from hedu.define import definitions as d
from hedu.define.exchange import EXCHANGE
from hedu.define.fields import Choice, Field, Name, Named, Number, One, Shape, Text, Texts, Zone
from hedu.define.table_fields import EXTRA, LABEL, MEANING, VERSION, WHERE

DEPARTMENT = Shape(
    "department",
    d.DepartmentDef,
    (LABEL, Field("parent", Text(), "上级部门", "Department above")),
    short="label",
    empty=True,
    named=True,
)
WORD = Shape(
    "word",
    d.WordDef,
    (Field("zh", Text(), "中文怎么说", "In Chinese"), Field("en", Text(), "英文怎么说", "In English")),
    short="en",
    named=True,
)
GRAIN = Shape(
    "grain",
    d.GrainDef,
    (
        Field("of", Choice(("week", "month", "quarter", "year")), "是哪种周期", "What it is one of", required=True),
        Field("month", Number(1, 12), "从几月开始（季、年）", "The month it starts in (quarters, years)"),
        Field(
            "day",
            Number(1, 28),
            "从几号开始；周则为星期几，1 到 7",
            "The day it starts on; of weeks 1 to 7, Monday first",
        ),
        LABEL,
    ),
    short="of",
    named=True,
)
PARAMETER = Shape(
    "parameter",
    d.ParameterDef,
    (
        Field("type", Choice(get_args(d.DimensionType)), "数据类型，默认 number", "Data type; number by default"),
        Field("default", Text(), "提问时不给就用这个值", "The value where a question gives none"),
        Field("choices", Texts(), "只许取这些值", "The values it may take"),
        LABEL,
    ),
    short="default",
    empty=True,
    named=True,
)
SPINE_COLUMN = Shape(
    "grain of a time spine",
    d.SpineColumnDef,
    (Field("column", Text(), "列名，默认与粒度同名", "Column; of the grain's name by default"),),
    short="column",
    empty=True,
    named=True,
)
SPINE = Shape(
    "time spine",
    d.SpineDef,
    (
        Field("table", Text(), "数据表", "Table", required=True),
        Field("column", Text(), "每个时刻一行的那一列", "The column with each moment once", required=True),
        Field("custom", Named(SPINE_COLUMN), "这张表里的自定义粒度", "Grains of one's own that the table holds"),
    ),
    named=True,
)
SAVED = Shape(
    "saved question",
    d.SavedDef,
    (
        Field("metrics", Texts(), "指标", "Metrics"),
        Field("by", Texts(), "按什么拆分", "What to group by"),
        Field("where", Texts(), "条件", "Conditions"),
        Field("order", Texts(), "排序，减号为降序", "Order; a minus descends"),
        Field("limit", Number(0), "最多几行", "How many rows at most"),
        LABEL,
        MEANING,
    ),
    named=True,
)
ROLLUP = Shape(
    "rollup",
    d.RollupDef,
    (
        Field("metrics", Texts(often_one=True), "为哪些指标预先汇总", "The metrics it is for"),
        Field("measures", Texts(often_one=True), "另加哪些度量，写作 数据集.度量", "More measures, as dataset.measure"),
        Field("dimensions", Texts(often_one=True), "保留哪些维度", "The dimensions it keeps"),
        Field("time", Choice(get_args(d.Grain)), "保留到哪个时间粒度", "The grain of time it keeps; none by default"),
        WHERE,
        Field("refresh", Choice(get_args(d.Grain)), "按什么周期重算，默认 month", "Periods counted again; month"),
        LABEL,
    ),
    named=True,
)
WORKSPACE = Shape(
    "workspace",
    d.SettingsDef,
    (
        VERSION,
        Field("workspace", Name(), "工作区名", "Name of the workspace", attr="name", required=True),
        LABEL,
        Field("time_zone", Zone(), "时区，默认 Asia/Shanghai", "Time zone; Asia/Shanghai by default"),
        Field("week_start", Choice(("monday", "sunday", "saturday")), "一周从哪天开始", "First day of the week"),
        Field("currency", Text(), "本位币，默认 CNY", "Currency; CNY by default"),
        Field("exchange", One(EXCHANGE), "按日期换算货币的汇率表", "The dated rates that currencies are converted by"),
        Field("departments", Named(DEPARTMENT), "部门", "Departments that definitions may name"),
        Field(
            "words",
            Named(WORD),
            "单位、业务域、业务过程在另一种语言里怎么说",
            "Units, domains, processes in the other language",
        ),
        Field(
            "grains",
            Named(GRAIN),
            "自定义周期，如每月 26 日起算的财务月",
            "Periods of one's own, such as fiscal months",
        ),
        Field("rollups", Named(ROLLUP), "预汇总表：提问时能证明相等才用", "Tables aggregated beforehand"),
        Field("parameters", Named(PARAMETER), "参数，在表达式里写作 parameter(名称)", "Values that questions may set"),
        Field(
            "semantics",
            Choice(("hedu", "metricflow")),
            "按谁的规则回答，默认 hedu；导入的 dbt 项目按 MetricFlow",
            "Whose rules answers follow; hedu by default, metricflow for imported dbt projects",
        ),
        Field("time_spines", Named(SPINE), "MetricFlow 的时间轴表，以粒度为名", "MetricFlow's time spines, by grain"),
        Field("questions", Named(SAVED), "存下的提问", "Questions that are asked by name"),
        EXTRA,
    ),
)
