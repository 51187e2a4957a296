"""Sentences of one meaning kept twice."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "equal_form": Label(
        "{department_a}的“{metric_a}”与{department_b}的“{metric_b}”是同一个口径：写法不同，算出来永远相同",
        "{metric_a} of {department_a} and {metric_b} of {department_b} are one definition: "
        "written otherwise, always the same number",
    ),
    "equal_values": Label(
        "{department_a}的“{metric_a}”与{department_b}的“{metric_b}”很可能是同一个数：{periods} 期里有 {equal} 期相等",
        "{metric_a} of {department_a} and {metric_b} of {department_b} are probably one number: "
        "equal in {equal} of {periods} periods",
    ),
}
