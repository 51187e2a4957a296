"""Wording of the errors of the plan stage: well-formed questions without a right answer."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "reported-not-additive": Text(
        "填报指标 `{metric}` 的值不能相加，而这个问题需要把多个值合成一个。",
        "The reported values of `{metric}` do not add up, and this question would need to combine several.",
        "把这些加进 by, 或用等号固定为一个值：{missing}；或在定义里声明 `agg: sum` 或 `agg: last`。",
        "Add to `by`, or hold to one value with `=`: {missing}; or declare `agg: sum` or `agg: last` in its definition.",
    ),
    "snapshot-filter-mixed": Text(
        "指标 `{metric}` 取期末（期初）值，而一个筛选条件里同时有时间 `{time}` 和别的维度，无法确定取哪一天。",
        "`{metric}` is taken at a moment, and one filter mixes the time `{time}` with something else.",
        "把时间条件和其他条件用 AND 分开写，或把时间范围写进 since 和 until。",
        "Write the two conditions apart, joined with AND, or give the time range in since and until.",
    ),
    "bridge-needs-primary-key": Text(
        "指标 `{metric}` 要经过多对多的桥接表，但数据集 `{dataset}` 没有声明主键，无法保证每条记录只算一次。",
        "`{metric}` is asked through a many-to-many bridge, but dataset `{dataset}` declares no primary key.",
        "在数据集 `{dataset}` 上写 `primary_key`。",
        "Declare the `primary_key` of `{dataset}`, so that each row can be counted once per group.",
    ),
}
