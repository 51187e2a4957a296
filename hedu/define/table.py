"""The field table: every key of the native format, once. Reader, writer, formatter and schema go by it."""

from __future__ import annotations

from typing import get_args

from hedu.define import definitions as d
from hedu.define.fields import (
    Band,
    Choice,
    Either,
    Field,
    Flag,
    Keys,
    Member,
    Name,
    Named,
    Number,
    One,
    Shape,
    Span,
    Sql,
    Text,
    Texts,
    Zone,
)
from hedu.define.table_fields import EXTRA, FILE, ID, LABEL, MEANING, OWNER, SELECT, SYNONYMS, TABLE, VERSION, WHERE
from hedu.define.table_settings import ROLLUP as ROLLUP
from hedu.define.table_settings import WORKSPACE as WORKSPACE

ENTITY = Shape(
    "entity",
    d.EntityDef,
    (
        Field("entity", Text(), "所标识的实体，默认与名称相同", "What it identifies; its own name by default"),
        Field("key", Texts(often_one=True), "键列", "Key column(s)", required=True),
        Field("integrity", Flag(), "声明每一行在对方表中都恰有一行对应", "Every row has exactly one match"),
        LABEL,
    ),
    short="key",
    named=True,
)
DIMENSION = Shape(
    "dimension",
    d.DimensionDef,
    (
        Field("type", Choice(get_args(d.DimensionType)), "数据类型，默认 text", "Data type; text by default"),
        Field("expr", Sql(), "取值表达式，默认为同名列", "Expression; the column of its name by default"),
        Field("metric", Text(), "取每一行所对应的指标值", "The value of this metric for each row"),
        LABEL,
        MEANING,
        SYNONYMS,
        Field("grain", Choice(get_args(d.Grain)), "时间维度的最细粒度", "Finest grain of a time dimension"),
        Field("time_zone", Zone(), "该列所用的时区", "Time zone the column is in"),
        Field("conforms", Text(), "与哪个公共维度一致", "The shared dimension it conforms to"),
        Field("partition", Flag(), "分区：关联时两边的值必须相同", "Joined rows must have the same value of it"),
    ),
    short="expr",
    empty=True,
    named=True,
)
SEMI_ADDITIVE = Shape(
    "semi_additive",
    d.SemiAdditive,
    (
        Field(
            "over", Text(), "沿哪个维度（通常是时间）不可累加", "The dimension it must not be added over", required=True
        ),
        Field(
            "take",
            Choice(("last", "first", "highest", "lowest")),
            "取最后、最先、最高还是最低的值，默认最后",
            "The last value, the first, the highest or the lowest; the last by default",
        ),
        Field("by", Texts(), "各自取值的维度或实体，例如每个账户", "What has a value of its own, such as accounts"),
    ),
    short="over",
)
PERCENTILE = Shape(
    "percentile",
    d.Percentile,
    (
        Field("at", Number(0, 1), "分位，0 到 1，例如 0.95", "Which part lies below: 0 to 1", required=True),
        Field(
            "method",
            Choice(("continuous", "discrete", "approximate")),
            "插值，取实际值，还是近似估计",
            "Interpolated, a value that occurs, or estimated",
        ),
    ),
    short="at",
)
MEASURE = Shape(
    "measure",
    d.MeasureDef,
    (
        Field("expr", Sql(), "取值表达式，默认为同名列", "Expression; the column of its name by default"),
        Field("agg", Choice(get_args(d.Aggregation)), "汇总方式", "How it is aggregated", required=True),
        Field("unit", Text(), "单位", "Unit"),
        Field("currency", Text(), "币种代码，或标明每行币种的维度", "Currency code, or the dimension that tells it"),
        WHERE,
        Field("time", Text(), "归属的时间维度，默认为数据集的时间", "Time it goes by; the dataset's by default"),
        Field("percentile", One(PERCENTILE), "agg 为 percentile 时的分位", "Which percentile, for that agg"),
        Field("semi_additive", One(SEMI_ADDITIVE), "半可加：沿时间不累加", "Not to be added over time"),
        LABEL,
    ),
    named=True,
)
VALIDITY = Shape(
    "validity",
    d.Validity,
    (
        Field(
            "entity", Text(), "同一个它有多行，各管一段时间", "What has several rows, each for a time", required=True
        ),
        Field("from", Sql(), "生效时间（含）", "Valid from, inclusive", attr="start", required=True),
        Field(
            "to",
            Sql(),
            "失效时间（不含），空值表示至今",
            "Valid until, exclusive; NULL: still",
            attr="end",
            required=True,
        ),
    ),
)
DATASET = Shape(
    "dataset",
    d.DatasetDef,
    (
        VERSION,
        Field("dataset", Name(), "数据集名", "Name of the dataset", attr="name", required=True),
        ID,
        LABEL,
        MEANING,
        OWNER,
        Either("source", (TABLE, FILE, SELECT), wrap=d.Source),
        Field("primary_key", Texts(often_one=True), "主键列", "Primary key column(s)"),
        Field("unique_keys", Keys(), "其他唯一键", "Other unique keys"),
        Field("entities", Named(ENTITY), "实体：与其他数据集关联的键", "Keys that join it to other datasets"),
        Field(
            "bridge",
            Flag(),
            "桥接表：它的实体之间是多对多",
            "A bridge: its entities belong to one another many to many",
        ),
        Field("weight", Sql(), "桥接表的分摊比例", "The part of a fact that goes over each link of a bridge"),
        Field("prefix", Text(), "按 MetricFlow 的写法提问时的前缀", "What its names are asked with"),
        Field("validity", One(VALIDITY), "缓慢变化维：每行只在一段时间内有效", "Its rows hold for a time only"),
        Field("time", Text(), "默认的时间维度，也可写所属实体的，如 order.ordered_at", "The time its measures go by"),
        Field("dimensions", Named(DIMENSION), "维度", "What to group and filter by"),
        Field("measures", Named(MEASURE), "度量", "What can be measured"),
        EXTRA,
    ),
)
REFERENCE = Shape(
    "metric reference",
    d.MetricRef,
    (Field("metric", Text(), "所引用的指标", "The metric used", required=True), WHERE),
    short="metric",
)
INPUT = Shape(
    "formula input",
    d.MetricRef,
    (
        *REFERENCE.parts,
        Field("offset_window", Span(custom=True), "往前平移多久，如 1 month", "How much earlier, such as 1 month"),
        Field(
            "offset_to_grain",
            Choice(get_args(d.Grain)),
            "取该粒度周期开始时的值",
            "Its value at the start of the period of this grain",
        ),
    ),
    short="metric",
)
SIMPLE = Shape(
    "simple",
    d.Simple,
    (
        Field("measure", Member(), "度量，写作 数据集.度量", "Measure, as dataset.measure", required=True),
        WHERE,
        Field("join_to_timespine", Flag(), "没有数据的时间也给一行", "A row for times without data, too"),
        Field("fill_nulls_with", Number(), "没有值时用什么数代替", "The number that stands where there is none"),
    ),
    short="measure",
)
RATIO = Shape(
    "ratio",
    d.Ratio,
    (
        Field("numerator", One(REFERENCE), "分子", "Numerator", required=True),
        Field("denominator", One(REFERENCE), "分母", "Denominator", required=True),
    ),
)
DERIVED = Shape(
    "derived",
    d.Derived,
    (
        Field("formula", Sql(), "由指标组成的算式", "Arithmetic over metrics", required=True),
        Field("metrics", Named(INPUT, pairs=True), "算式中的别名所指的指标", "Metrics behind names in the formula"),
    ),
    short="formula",
)
METRIC_USED = Field("metric", One(REFERENCE), "所引用的指标", "The metric used", required=True)
CUMULATIVE = Shape(
    "cumulative",
    d.Cumulative,
    (
        METRIC_USED,
        Field("window", Span(), "滚动窗口，如 7 days", "Rolling window, such as 7 days"),
        Field(
            "grain_to_date",
            Text(),
            "从该周期开始起累计：year 等粒度，或自定义周期的名字",
            "Since the start of which period: a grain such as year, or a period of one's own by name",
        ),
        Field(
            "period_agg",
            Choice(get_args(d.PeriodAgg)),
            "按更长周期看时取哪个值，默认期末",
            "Which value stands for a longer period; its last by default",
        ),
    ),
    short="metric",
)
CONVERSION = Shape(
    "conversion",
    d.Conversion,
    (
        Field("base", One(REFERENCE), "起点指标，如访问", "What comes first, such as visits", required=True),
        Field("conversion", One(REFERENCE), "转化指标，如下单", "What follows, such as orders", required=True),
        Field("entity", Text(), "谁的转化，如 customer", "Whose conversion it is, such as customer", required=True),
        Field("window", Span(), "多久之内算转化，默认不限", "Within how long; without limit by default"),
        Field("constant", Texts(), "两边必须相同的维度", "What must be equal on both sides"),
        Field(
            "calculation",
            Choice(("conversion_rate", "conversions")),
            "转化率还是转化数，默认转化率",
            "The rate or the number of conversions; the rate by default",
        ),
    ),
)
SHARE = Shape(
    "share",
    d.Share,
    (
        METRIC_USED,
        Field(
            "over", Texts(), "占哪些维度的合计，默认除时间外全部", "Of the whole over which dimensions; all but time"
        ),
    ),
    short="metric",
)
RANK = Shape(
    "rank",
    d.Rank,
    (
        METRIC_USED,
        Field("within", Texts(), "在哪些维度之内排名，默认每期各排", "Within which dimensions; each period by default"),
        Field(
            "order", Choice(("desc", "asc")), "desc 大的在前（默认），asc 小的在前", "The greatest or the least first"
        ),
    ),
    short="metric",
)
REPORTED = Shape(
    "reported",
    d.Reported,
    (
        Field("grain", Choice(get_args(d.Grain)), "填报周期，默认按月", "Reporting period; month by default"),
        Field("agg", Choice(("sum", "last", "none")), "多期如何汇总，默认不汇总", "How periods become one"),
        Either("source", (TABLE, FILE), wrap=d.Source, required=False),
        Field("dimensions", Named(DIMENSION), "填报时区分的维度", "What values are reported by"),
        Field("entities", Named(ENTITY), "填报时引用的实体", "Entities that values are reported by"),
    ),
    empty=True,
)
RACI = Shape(
    "raci",
    d.Raci,
    (
        Field("R", Texts(), "执行部门", "Responsible departments", attr="responsible"),
        Field("A", Texts(often_one=True), "最终负责部门", "Accountable department", attr="accountable"),
        Field("C", Texts(), "须征询的部门", "Consulted departments", attr="consulted"),
        Field("I", Texts(), "须知会的部门", "Informed departments", attr="informed"),
    ),
)
METRIC = Shape(
    "metric",
    d.MetricDef,
    (
        VERSION,
        Field("metric", Name(), "指标名", "Name of the metric", attr="name", required=True),
        ID,
        LABEL,
        MEANING,
        SYNONYMS,
        Field("kind", Choice(get_args(d.Kind)), "类别：财务，客户或运营", "Financial, customer or operational"),
        Field("domain", Text(), "数据域", "Domain"),
        Field("process", Text(), "业务过程", "Business process"),
        Field("direction", Choice(get_args(d.Direction)), "好的方向，默认不分", "Which way is better; none by default"),
        Field("band", Band(), "合理区间 [下限, 上限]", "Range to stay in: [low, high]"),
        Field("unit", Text(), "单位", "Unit"),
        Field("currency", Text(), "以哪种货币报告，如 USD", "The currency it is reported in, such as USD"),
        OWNER,
        Field("person", Text(), "负责人", "Person who answers for it"),
        Field("raci", One(RACI), "责任分工", "Who is responsible, accountable, consulted, informed"),
        Field("review", Choice(get_args(d.Review)), "复核周期", "How often it is reviewed"),
        Field("grain", Choice(get_args(d.Grain)), "提问 metric_time 不说粒度时的粒度", "What metric_time means alone"),
        Either(
            "body",
            (
                Field("simple", One(SIMPLE), "原子或派生指标：一个度量加业务限定", "One measure, optionally filtered"),
                Field("ratio", One(RATIO), "比率：分子分母先各自汇总再相除", "Numerator over denominator"),
                Field("derived", One(DERIVED), "复合指标：由其他指标计算", "Computed from other metrics"),
                Field("cumulative", One(CUMULATIVE), "累计指标：累计至今，滚动窗口或本期至今", "Added up over time"),
                Field(
                    "conversion", One(CONVERSION), "转化指标：一件事之后多久内发生另一件", "One event following another"
                ),
                Field("share", One(SHARE), "占比：占总体或上级的比例", "Part of the whole or of what is above"),
                Field("rank", One(RANK), "排名", "Place among the others"),
                Field("reported", One(REPORTED), "填报指标：由部门按期填写", "Handed in by a department"),
            ),
        ),
        EXTRA,
    ),
)

OBJECTS: dict[str, Shape] = {"dataset": DATASET, "metric": METRIC, "workspace": WORKSPACE}
