"""Wording of the errors of the plan stage: well-formed questions without a right answer."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "reported-not-additive": Text(
        "填报指标 `{metric}` 的值不能相加, 而这个问题需要把多个值合成一个。",
        "The reported values of `{metric}` do not add up, and this question would need to combine several.",
        "把这些加进 by, 或用等号固定为一个值: {missing}; 或在定义里声明 `agg: sum` 或 `agg: last`。",
        "Add to `by`, or hold to one value with `=`: {missing}; or declare `agg: sum` or `agg: last` in its definition.",
    ),
}
