"""Sentences of units, taxes and currencies that differ."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "scale_differs": Label(
        "{department_a}的“{metric_a}”各期都是{department_b}的“{metric_b}”的 {times:,.6g} 倍（{periods} 期），"
        "像是单位或数量级不同",
        "{metric_a} of {department_a} is {times:,.6g} times {metric_b} of {department_b} in every period ({periods}): "
        "units or scale seem to differ",
    ),
    "tax_differs": Label(
        "{department_a}的“{metric_a}”各期都比{department_b}的“{metric_b}”多 {tax:.0%}（{periods} 期），"
        "正是增值税：一个含税，一个不含税",
        "{metric_a} of {department_a} is {tax:.0%} above {metric_b} of {department_b} in every period ({periods}), "
        "just the VAT: one with tax, one without",
    ),
    "currency_differs": Label(
        "{department_a}的“{metric_a}”与{department_b}的“{metric_b}”之比在 {times:,.4g} 上下随汇率变动"
        "（{periods} 期），像是一个按 {currency} 计",
        "{metric_a} of {department_a} over {metric_b} of {department_b} moves around {times:,.4g} like an "
        "exchange rate ({periods} periods): one seems to be in {currency}",
    ),
}
