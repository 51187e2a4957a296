"""The words of the field, once: Chinese, English, what they mean here, what others call them."""

from __future__ import annotations

from dataclasses import dataclass

from hedu.doors.docs.markdown import page, table


@dataclass(frozen=True, slots=True)
class Term:
    """One concept with its word in both languages; `also` are names other products use."""

    zh: str
    en: str
    means_zh: str
    means_en: str
    also: str = ""


TERMS = (
    Term("指标", "metric", "有名称、口径、单位和负责部门的一个数", "A number with a name, a definition, a unit and an owner", "KPI, measure (Power BI)"),
    Term("口径", "definition", "指标怎么算、算哪些、按什么时间算", "How a metric is computed, over what, by which time"),
    Term("度量", "measure", "数据集里一个表达式加它的汇总方式", "An expression over a dataset with its aggregation", "fact"),
    Term("维度", "dimension", "用来分组和筛选的属性", "An attribute to group and filter by"),
    Term("时间维度", "time dimension", "日期或时间类型的维度，可按粒度取整", "A date or time, truncated to a grain when asked"),
    Term("数据集", "dataset", "一张表、一个文件或一条 SELECT，连同主键、实体、维度与度量", "A table, file or SELECT with keys, entities, dimensions and measures", "semantic model, cube, 逻辑表"),
    Term("实体", "entity", "键所标识的事物，数据集之间经由它关联", "What a key identifies; datasets join through it"),
    Term("角色", "role", "同一实体在一个数据集里的不同身份，如下单地与收货地", "One entity met in several capacities, such as bill-to and ship-to"),
    Term("粒度", "grain", "一行代表什么；时间上指日、周、月等", "What one row stands for; for time: day, week, month…"),
    Term("原子指标", "atomic metric", "业务过程加度量", "A business process and a measure", "基础指标"),
    Term("派生指标", "derived metric", "原子指标加业务限定、统计周期、粒度", "An atomic metric with a filter, a period and a grain", "衍生指标（各厂商两词互换）"),
    Term("复合指标", "composite metric", "由其他指标按算式得出", "A formula over metrics", "衍生指标、计算指标"),
    Term("填报指标", "reported metric", "没有算式、由部门按期填写并复核的指标", "Handed in by a department each period and reviewed, without a formula"),
    Term("业务限定", "filter", "只计算满足条件的部分", "Only what fulfils a condition counts", "修饰词"),
    Term("统计周期", "period", "指标所覆盖的时间段", "The time a value covers"),
    Term("可加性", "additivity", "各部分之和等于整体；去重计数与比率不可加", "Parts sum to the whole; distinct counts and ratios do not"),
    Term("半可加", "semi-additive", "能沿维度相加、不能沿时间相加，如库存与余额", "May be added over dimensions but not over time: stock, balance"),
    Term("扇出", "fan-out", "关联后行数变多，和被重复计算", "A join repeats rows and a sum counts them twice"),
    Term("断层陷阱", "chasm trap", "两张事实表经同一维度关联，互相放大", "Two facts joined through one dimension inflate each other"),
    Term("一致性维度", "conformed dimension", "多个数据集共同认可的同一维度", "A dimension that several datasets agree on", "公共维度"),
    Term("缓慢变化维", "slowly changing dimension", "属性随时间改变、历史要保留的维度", "Attributes change over time and history is kept"),
    Term("负责人", "owner", "对指标口径与数值最终负责的部门和人", "The department and person who answer for a metric"),
    Term("联络人", "liaison", "部门里处理跨部门事务的人，可有代理", "Handles cross-department matters for a department; may have a deputy"),
    Term("会签", "sign-off", "受影响的部门逐一同意一个变更", "Every affected department agrees to a change"),
    Term("冲突单", "conflict case", "口径或数值不一致的一件事，附证据、责任与期限", "A disagreement with its evidence, people and deadline"),
    Term("变更提案", "proposal", "修改指标的请求，附修改前后的数值", "A request to change a metric, with values before and after"),
    Term("认证", "certified", "口径经负责部门确认、可放心引用", "The owner vouches for it"),
    Term("计分卡", "scorecard", "一个部门或公司的关键指标与目标", "The key metrics of a department or the company against targets"),
    Term("目标树", "goal tree", "从公司到部门逐级分解的目标", "Goals broken down from company to department"),
    Term("护栏指标", "guardrail", "追求目标时不得变差的指标", "What must not get worse while pursuing a goal"),
    Term("权限", "access", "一个人能看到的行、列和数据集，对所有出口一致", "The rows, columns and datasets a person may see, in every door alike"),
    Term("快照", "snapshot", "一次装载后仓库的不可变版本", "An immutable version of the warehouse after a load"),
    Term("回执", "receipt", "随结果附上的口径版本、SQL、数据时间与用时", "Definition versions, SQL, data time and duration that come with an answer"),
)  # fmt: skip


def glossary_page() -> str:
    """All terms as a table."""
    rows = [(term.zh, term.en, term.means_zh, term.means_en, term.also) for term in TERMS]
    return page("术语 · Glossary", table(("中文", "English", "含义", "Meaning", "别称 · Also called"), rows))
