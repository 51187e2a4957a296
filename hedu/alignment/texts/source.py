"""Sentences of sources that disagree."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "values_differ": Label(
        "{department_a}的“{metric_a}”与{department_b}的本是同一个数，近 {of} 个月里有 {months} 个月对不上："
        "这些月平均{compared} {total:.2%}",
        "{metric_a} of {department_a} and {metric_b} of {department_b} are one number, yet {months} of the last {of} "
        "months disagree: {total:.2%} {compared} on average in these",
    ),
    "rows_differ": Label(
        "{department_a}的“{metric_a}”比{department_b}的{compared} {total:.2%}（{since} 至 {until}）：{bridged}",
        "{metric_a} of {department_a} is {total:.2%} {compared} {metric_b} of {department_b} ({since} to {until}): "
        "{bridged}",
    ),
}
BRIDGED: dict[str, Label] = {
    "rows_a": Label(
        "只在{department_a}一方的有 {rows_a:,} 行，计 {amount_a}",
        "{rows_a:,} rows only with {department_a}, {amount_a}",
    ),
    "rows_b": Label(
        "只在{department_b}一方的有 {rows_b:,} 行，计 {amount_b}",
        "{rows_b:,} rows only with {department_b}, {amount_b}",
    ),
    "rows_both": Label(
        "两边都有但数值不同的有 {rows_both:,} 行，差 {amount_both}",
        "{rows_both:,} rows in both with different values, {amount_both} apart",
    ),
}
"""How many rows -> what is told of them; where there are none, nothing is."""
