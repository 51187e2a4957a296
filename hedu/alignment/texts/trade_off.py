"""Sentences of metrics that improve at each other's cost."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "moves_against": Label(
        "“{metric_a}”（{department_a}）每升高 1%，“{metric_b}”（{department_b}）约{moved} {effect:.2f}%，"
        "与所求方向相反；剔除趋势、季节和惯性后相关 {correlation:.2f}（{periods} {counted}，前后两半一致）",
        "Where {metric_a} ({department_a}) goes up 1%, {metric_b} ({department_b}) goes {moved} about {effect:.2f}%, "
        "against what is wanted; correlation {correlation:.2f} without trend, season and inertia "
        "({periods} {counted}, alike in both halves)",
    ),
}
