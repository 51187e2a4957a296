"""Wording of the errors of the plan stage: well-formed questions without a right answer."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "reported-not-additive": Text(
        "填报指标 `{metric}` 的值不能相加, 而这个问题需要把多个值合成一个。",
        "The reported values of `{metric}` do not add up, and this question would need to combine several.",
        "把这些加进 by, 或用等号固定为一个值: {missing}; 或在定义里声明 `agg: sum` 或 `agg: last`。",
        "Add to `by`, or hold to one value with `=`: {missing}; or declare `agg: sum` or `agg: last` in its definition.",
    ),
    "bridge-needs-primary-key": Text(
        "指标 `{metric}` 要经过多对多的桥接表, 但数据集 `{dataset}` 没有声明主键, 无法保证每条记录只算一次。",
        "`{metric}` is asked through a many-to-many bridge, but dataset `{dataset}` declares no primary key.",
        "在数据集 `{dataset}` 上写 `primary_key`。",
        "Declare the `primary_key` of `{dataset}`, so that each row can be counted once per group.",
    ),
}
