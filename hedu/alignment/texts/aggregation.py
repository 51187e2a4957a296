"""Sentences of totals that are wrongly added up."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "summed": Label(
        "“{metric_total}”等于把“{metric}”按{over}相加，可它不能相加：中位数偏离正确值 {gap:+.1%}（{periods} 期）",
        "{metric_total} equals {metric} added up over {over}, but it does not add up: off by {gap:+.1%} in the median "
        "of {periods} periods",
    ),
    "averaged": Label(
        "“{metric_total}”等于把“{metric}”按{over}的平均值再平均，权重不对：中位数偏离正确值 {gap:+.1%}（{periods} 期）",
        "{metric_total} equals the plain mean of {metric} over {over}, which weighs them wrongly: off by {gap:+.1%} in "
        "the median of {periods} periods",
    ),
    "level_summed": Label(
        "“{metric_total}”把“{metric}”这样的时点数逐日相加，时点数只能取期末值",
        "{metric_total} adds {metric} up over time, but it is a level: only its last value counts",
    ),
    "fan_out": Label(
        "“{metric_total}”在一对多关联之后求和：{table}的 {keys:,} 行变成 {rows:,} 行，"
        "平均每行算了 {times:.2f} 次（对照“{metric}”）",
        "{metric_total} is summed after a one-to-many join: {keys:,} rows of {table} became {rows:,}, each counted "
        "{times:.2f} times on average (compare {metric})",
    ),
}
