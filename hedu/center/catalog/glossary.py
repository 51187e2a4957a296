"""The words of the product, in both languages, with what they mean: the glossary page and tooltips."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word as it is said in both languages; `also` are other names in use."""

    key: str
    zh: str
    en: str
    means_zh: str
    means_en: str
    also: tuple[str, ...] = ()

    def name(self, lang: str) -> str:
        return self.en if lang == "en" else self.zh

    def means(self, lang: str) -> str:
        return self.means_en if lang == "en" else self.means_zh


TERMS = (
    Term(
        "metric", "指标", "metric",
        "用一个数说明业务的一个方面，有唯一的名称、口径和负责部门。",
        "One number that tells one side of the business, with one name, one definition and one owner.",
        ("KPI",),
    ),
    Term(
        "definition", "口径", "definition",
        "指标怎么算：用哪些数据、哪些条件、怎样汇总、按什么日期归入时间。口径变了，数字就可能变。",
        "How the metric is computed: which data, what conditions, which date. When it changes, numbers may.",
        ("统计口径", "定义"),
    ),
    Term(
        "measure", "度量", "measure",
        "数据集里可以汇总的一列或一个表达式，连同它的汇总方式，如“金额求和”。",
        "A column or expression of a dataset that can be aggregated, with its aggregation: the sum of amounts.",
    ),
    Term(
        "dimension", "维度", "dimension",
        "看数的角度，如区域、渠道、客户等级。指标只能按它真正具有的维度拆分。",
        "An angle to look from, such as region or channel. A metric splits only by dimensions it truly has.",
    ),
    Term(
        "entity", "实体", "entity",
        "数据集的键所标识的事物，如客户、订单；数据集之间通过实体关联。",
        "What a dataset's key identifies, such as a customer or an order; datasets are joined through entities.",
    ),
    Term(
        "dataset", "数据集", "dataset",
        "一张表、一个文件或一条查询，写明了它的键、维度和度量。",
        "A table, a file or a query, with its keys, dimensions and measures spelled out.",
    ),
    Term(
        "atomic", "原子指标", "atomic metric",
        "业务过程加度量，没有业务限定，如“下单金额”。",
        "A business process and a measure without any filter, such as the amount ordered.",
    ),
    Term(
        "derived", "派生指标", "derived metric",
        "原子指标加上业务限定（还可有统计周期和粒度），如“已付款订单金额”。",
        "An atomic metric narrowed by a filter (and possibly a period and a grain), such as the amount of paid orders.",
        ("衍生指标",),
    ),
    Term(
        "composite", "复合指标", "composite metric",
        "由其他指标计算得到，如“客单价 = 销售额 ÷ 订单数”。",
        "Computed from other metrics, such as average order value = revenue ÷ orders.",
        ("衍生指标", "计算指标"),
    ),
    Term(
        "reported", "填报指标", "reported metric",
        "没有系统数据、由责任部门按期间填写并审核的指标。",
        "A metric without a system behind it: the owning department hands in and reviews its values by period.",
    ),
    Term(
        "filter", "业务限定", "filter",
        "只统计符合条件的部分，如“订单状态为已付款”。",
        "Counts only what meets a condition, such as paid orders.",
    ),
    Term(
        "period", "统计周期", "period",
        "数值所属的时间范围，如最近 7 天、本月。",
        "The span of time a value belongs to, such as the last seven days or this month.",
    ),
    Term(
        "grain", "粒度", "grain",
        "数值细到什么程度，如按日、按月、按客户。",
        "How fine the values are: by day, by month, by customer.",
    ),
    Term(
        "additivity", "可加性", "additivity",
        "各部分相加是否等于总体。销售额可加；去重客户数、比率不可加；库存跨时间不可加。",
        "Whether the parts add up to the whole. Revenue does; ratios and distinct counts do not.",
    ),
    Term(
        "owner", "负责人", "owner",
        "对指标的口径和数值负责的部门及人员。",
        "The department and person who answer for a metric's definition and values.",
    ),
    Term(
        "liaison", "联络人", "liaison",
        "部门之间协调指标事务的对口人；跨部门的事都先找联络人。",
        "A department's contact for everything about metrics that crosses departments.",
    ),
    Term(
        "raci", "RACI 职责分工", "RACI",
        "R 执行、A 问责、C 咨询、I 知会：每个部门在一个指标上的职责。",
        "Responsible, accountable, consulted, informed: what each department has to do with a metric.",
    ),
    Term(
        "certified", "已认证", "certified",
        "负责部门确认过当前口径。口径或其依据的度量一变，认证自动失效。",
        "The owning department vouches for the present definition. The certificate ends when the meaning changes.",
    ),
    Term(
        "version", "版本", "version",
        "每次发布形成一个不可修改的版本，带生效日期。",
        "Each publish makes a version that is never changed, with its effective date.",
    ),
    Term(
        "lineage", "血缘", "lineage",
        "指标从哪些数据列来，又被哪些指标和看板使用。",
        "The columns a metric comes from, and the metrics and dashboards that use it.",
    ),
    Term(
        "signoff", "会签", "sign-off",
        "变更发布前，受影响的部门逐一确认。",
        "Every affected department agrees before a change is published.",
    ),
    Term(
        "proposal", "变更提案", "proposal",
        "对口径、目标或权限的修改建议，附前后数值对比。",
        "A suggested change of a definition, target or policy, with values before and after.",
    ),
    Term(
        "conflict", "冲突单", "conflict case",
        "部门之间对同一指标的分歧，附证据，直到解决并复核。",
        "A disagreement between departments about a number, with its evidence, until settled and verified.",
    ),
    Term(
        "scorecard", "计分卡", "scorecard",
        "一个部门的关键指标及其目标完成情况。",
        "A department's key metrics and how they stand against their targets.",
    ),
    Term(
        "goaltree", "目标树", "goal tree",
        "从公司到部门逐级分解的目标。",
        "Goals broken down from the company to its departments.",
    ),
    Term(
        "guardrail", "护栏指标", "guardrail",
        "追求目标时不能变差的指标，如冲销售额时的退货率。",
        "A metric that must not get worse while a goal is pursued, such as the return rate while pushing sales.",
    ),
    Term(
        "time", "时间维度", "time dimension",
        "日期或时间类型的维度，提问时可按日、周、月等取整。",
        "A date or time, truncated to a grain when asked.",
    ),
    Term(
        "role", "角色", "role",
        "同一实体在一个数据集里的不同身份，如下单地与收货地。",
        "One entity met in several capacities, such as bill-to and ship-to.",
    ),
    Term(
        "semiadditive", "半可加", "semi-additive",
        "能按维度相加、不能按时间相加的数，如库存与余额，跨期取期末值。",
        "May be added over dimensions but not over time: stock and balances take the last value.",
    ),
    Term(
        "fanout", "扇出", "fan-out",
        "关联之后行数变多，同一个数被重复计入。",
        "A join repeats rows, and a sum counts them twice.",
    ),
    Term(
        "chasm", "断层陷阱", "chasm trap",
        "两张事实表经同一维度直接关联，互相放大。",
        "Two facts joined directly through one dimension inflate each other.",
    ),
    Term(
        "conformed", "一致性维度", "conformed dimension",
        "多个数据集共同认可、可以放在一起比较的同一维度。",
        "A dimension that several datasets agree on, so that they compare.",
        ("公共维度",),
    ),
    Term(
        "scd", "缓慢变化维", "slowly changing dimension",
        "属性会变、历史要保留的维度，如客户所属的销售区域。",
        "Attributes change over time and their history is kept, such as a customer's sales region.",
    ),
    Term(
        "access", "数据权限", "access",
        "一个人能看到的行、列和数据集，在页面、接口、导出里处处一致。",
        "The rows, columns and datasets a person may see, alike on pages, over the API and in exports.",
    ),
    Term(
        "snapshot", "快照", "snapshot",
        "一次装载之后仓库的不可变版本。",
        "An immutable version of the warehouse after a load.",
    ),
    Term(
        "receipt", "回执", "receipt",
        "随结果附上的口径版本、SQL、数据时间与用时。",
        "What comes with an answer: definition versions, SQL, time of the data, duration.",
    ),
)  # fmt: skip

BY_KEY = {term.key: term for term in TERMS}
