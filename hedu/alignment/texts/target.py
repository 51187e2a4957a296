"""Sentences of targets that contradict."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "infeasible": Label(
        "{departments}在 {period} 的目标不能同时达成：守住其余各条，“{metric}”{end} {best}，"
        "而{department}的目标是 {value}，相差 {gap:.1%}",
        "The targets of {departments} for {period} cannot all be met: with the others held, {metric} comes to {end} "
        "{best}, but {department} aims at {value}, {gap:.1%} away",
    ),
    "infeasible_chain": Label(
        "{departments}在 {period} 的目标不能同时达成，涉及 {metrics}",
        "The targets of {departments} for {period} cannot all be met; they concern {metrics}",
    ),
    "direction": Label(
        "{department_a}要“{metric}”在 {period} 不低于 {value_a}，{department_b}要它不高于 {value_b}，方向相反",
        "{department_a} wants {metric} at {value_a} or more in {period}, {department_b} at {value_b} or less: "
        "they pull apart",
    ),
    "roll_up": Label(
        "“{metric}”{period} 分解到{departments_below}的 {children} 个目标合计 {reached}，"
        "只有{department}目标 {value}的 {share:.0%}，还差 {missing}",
        "The {children} targets of {departments_below} for {metric} in {period} come to {reached}, {share:.0%} of the "
        "{value} that {department} aims at; {missing} are missing",
    ),
    "reach": Label(
        "{department}要“{metric}”在 {period} 达到 {value}（最近一年 {base}），每年要变动 {required:.0%}；"
        "历史上 99% 的月份同比不超过 {usual:.0%}",
        "{department} wants {metric} at {value} in {period} (last year {base}), {required:.0%} a year; "
        "99% of all months in history changed by no more than {usual:.0%} on the year before",
    ),
    "reach_points": Label(
        "{department}要“{metric}”在 {period} 达到 {value}（最近一年 {base}），"
        "超出历史上 99% 的同比变动，也从未有月份达到过",
        "{department} wants {metric} at {value} in {period} (last year {base}): further than 99% of all changes in "
        "history, and no month has been there",
    ),
}
