"""Sentences of one name with two meanings, and the words of facets' values."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "same_name_parts": Label(
        "“{name}”有两种口径：{department_a}的“{metric_a}”比{department_b}的“{metric_b}”{compared} {total:.1%}：{parts}",
        "{name} has two meanings: {metric_a} of {department_a} is {total:.1%} {compared} {metric_b} of {department_b}: "
        "{parts}",
    ),
    "same_name_gap": Label(
        "“{name}”有两种口径：{department_a}的“{metric_a}”比{department_b}的“{metric_b}”{compared} {total:.1%}，"
        "不同在{facets}",
        "{name} has two meanings: {metric_a} of {department_a} is {total:.1%} {compared} {metric_b} of {department_b}; "
        "they differ in {facets}",
    ),
    "same_name": Label(
        "“{name}”有两种口径：{department_a}的“{metric_a}”和{department_b}的“{metric_b}”，不同在{facets}",
        "{name} has two meanings: {metric_a} of {department_a} and {metric_b} of {department_b} differ in {facets}",
    ),
    "written_otherwise": Label(
        "{department_a}和{department_b}都上报“{name}”，书面口径却不同：“{meaning_a}”与“{meaning_b}”",
        "{department_a} and {department_b} both report {name}, but write it down differently: "
        "“{meaning_a}” and “{meaning_b}”",
    ),
}
SAID: dict[str, Label] = {
    "nothing": Label("无", "none"),
    "handed_in": Label("部门上报", "handed in"),
    "rows": Label("行数", "rows"),
}
AGGREGATIONS: dict[str, Label] = {
    "sum": Label("求和", "sum"),
    "count": Label("计数", "count"),
    "count_distinct": Label("去重计数", "distinct count"),
    "min": Label("最小值", "minimum"),
    "max": Label("最大值", "maximum"),
    "average": Label("平均值", "average"),
    "median": Label("中位数", "median"),
    "sum_boolean": Label("满足条件的行数", "rows that hold"),
    "percentile": Label("分位数", "percentile"),
    "sum_distinct": Label("去重求和", "sum of distinct values"),
    "stddev": Label("样本标准差", "sample standard deviation"),
    "stddev_pop": Label("总体标准差", "population standard deviation"),
    "variance": Label("样本方差", "sample variance"),
    "variance_pop": Label("总体方差", "population variance"),
}
VALUES: dict[str, Label] = {
    "included": Label("含税", "with tax"),
    "excluded": Label("不含税", "net of tax"),
    "kept": Label("不扣退款", "refunds not deducted"),
    "deducted": Label("扣减退款", "refunds deducted"),
    "natural": Label("自然月", "calendar months"),
    "periods": Label("会计期间", "fiscal periods"),
    "fiscal-26": Label("26 日起的会计月", "fiscal months from the 26th"),
    "monday": Label("周一起", "from Monday"),
    "sunday": Label("周日起", "from Sunday"),
    "saturday": Label("周六起", "from Saturday"),
    "1": Label("原值", "as it is"),
    "10000": Label("万", "ten thousands"),
    "percent": Label("百分数", "percent"),
    "last": Label("取期末", "last of the period"),
    "highest": Label("取期内最高", "highest of the period"),
    "lowest": Label("取期内最低", "lowest of the period"),
    "first": Label("取期初", "first of the period"),
    "additive": Label("可加", "additive"),
    "not_additive": Label("不可加", "not additive"),
    "day": Label("日", "day"),
    "week": Label("周", "week"),
    "month": Label("月", "month"),
    "quarter": Label("季", "quarter"),
    "year": Label("年", "year"),
}
