"""Wording of what the checks of a model find."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "unit-not-of-formula": Text(
        "指标 `{name}` 的单位写作 `{unit}`，按各部分的单位算出来却是 `{computed}`。",
        "`{name}` declares the unit `{unit}`, but its parts come to `{computed}`.",
        "改正单位，或检查算式和各部分的单位；不写单位则自动推出。",
        "Mend the unit, or the formula and the units of its parts; without one it is worked out.",
    ),
    "exchange-unfit": Text(
        "`{owner}` 用到的 `{name}` 不能用来换算货币。",
        "`{owner}` cannot convert money by `{name}`.",
        "货币写三个大写字母的代码，或写标明每行币种的维度；汇率所在的数据集写在 workspace 的 `exchange` 里。相近：{near}。",
        "Write a currency's code, or the dimension that tells it; name the rates under `exchange`. Near: {near}.",
    ),
    "ratio-of-itself": Text(
        "指标 `{name}` 的分子和分母都是 `{part}`，结果恒为 1。",
        "`{name}` divides `{part}` by itself, which is always 1.",
        "换一个分母，或给其中一边加上 `where`。",
        "Choose another denominator, or narrow one side with `where`.",
    ),
    "metric-filter-unknown": Text(
        "指标 `{name}` 的筛选用到 `{path}`，从数据集 `{dataset}` 到不了那里。",
        "The filter of `{name}` uses `{path}`, which dataset `{dataset}` cannot reach.",
        "写本数据集的列，或写 `实体.维度`。相近的有：{near}",
        "Use a column of the dataset itself or `entity.dimension`. Close to it: {near}",
    ),
    "entity-keys-differ": Text(
        "数据集 `{dataset}` 的实体 `{name}` 用 {count} 列，而 `{other}` 用 {size} 列标识它，两边关联不上。",
        "Entity `{name}` of `{dataset}` has {count} key column(s), but `{other}` is identified by {size}: they cannot be joined.",
        "两边写同样多的列，顺序一致。",
        "Give both sides the same columns in the same order.",
    ),
    "conformed-types-differ": Text(
        "维度 `{name}` 是 {type}，与它共用 `{conforms}` 的 `{other}` 却是 {expected}。",
        "Dimension `{name}` is {type}, but `{other}`, which shares `{conforms}`, is {expected}.",
        "改成同一类型（需要时在 `expr` 里转换），或去掉其中一个的 `conforms`。",
        "Make the types equal (convert in `expr`), or remove one `conforms`.",
    ),
    "department-unknown": Text(
        "`{name}` 写的部门 `{department}` 不在工作区的部门里。",
        "`{name}` names the department `{department}`, which the workspace does not have.",
        "已有部门：{known}；新部门请先加到工作区的 `departments`。相近的有：{near}",
        "It has: {known}; add a new one to `departments` of the workspace. Close to it: {near}",
    ),
    "ratios-aggregated": Text(
        "度量 `{name}` 对逐行的比率做 {agg}，大小不同的行权重一样。",
        "Measure `{name}` takes the {agg} of a rate per row, so a small row weighs like a large one.",
        "把分子、分母各建一个度量，再用 `ratio` 指标相除。",
        "Make numerator and denominator measures of their own and divide them in a `ratio` metric.",
    ),
    "distinct-counts-added": Text(
        "指标 `{name}` 把去重计数相加：{parts}，同时出现在两边的会算两次。",
        "`{name}` adds distinct counts ({parts}): whoever is in both counts twice.",
        "改为在合并后的数据集上一次去重。",
        "Count once over a dataset that holds both.",
    ),
    "meaning-twice": Text(
        "指标 `{name}` 与 `{other}` ({first}) 的算法完全相同。",
        "`{name}` means exactly the same as `{other}` ({first}).",
        "保留一个，把另一个的名称写进它的 `synonyms`。",
        "Keep one and put the other's name into its `synonyms`.",
    ),
    "label-twice": Text(
        "指标 `{name}` 与 `{other}` ({first}) 的名称都是 “{label}”。",
        "`{name}` and `{other}` ({first}) are both labelled `{label}`.",
        "在名称里写出区别，例如 “销售额（含税）”。",
        "Say in the label what sets them apart.",
    ),
    "synonym-taken": Text(
        "指标 `{name}` 的同义词 “{synonym}” 已属于 `{other}`。",
        "The synonym `{synonym}` of `{name}` already belongs to `{other}`.",
        "只留给其中一个指标。",
        "Leave it to one of them.",
    ),
    "metric-named-as-dimension": Text(
        "数据集 `{dataset}` 的维度 `{name}` 与指标同名（{first}）。",
        "Dimension `{name}` of `{dataset}` has the name of a metric ({first}).",
        "给其中一个改名；否则筛选时 `{name}` 只表示指标，维度要写成 `{dataset}.{name}`。",
        "Rename one; otherwise `{name}` in a filter means the metric and the dimension is `{dataset}.{name}`.",
    ),
    "accountable-not-one": Text(
        "指标 `{name}` 有多个最终负责部门：{departments}。",
        "`{name}` has several accountable departments: {departments}.",
        "`A` 只写一个部门，其余的写到 `R` 或 `C`。",
        "Name one department under `A`; the others go to `R` or `C`.",
    ),
    "metric-without-owner": Text(
        "指标 `{name}` 没有负责部门。",
        "Nobody owns `{name}`.",
        "写上 `owner: 部门`。",
        "Add `owner: department`.",
    ),
    "metric-unexplained": Text(
        "指标 `{name}` 缺少 {missing}。",
        "`{name}` lacks {missing}.",
        "用一句大白话写明名称和口径，让其他部门不必猜。",
        "Say in plain words what it is called and what it means, so that nobody has to guess.",
    ),
    "dataset-unused": Text(
        "数据集 `{name}` 没有被任何指标用到，也关联不到。",
        "No metric measures the dataset `{name}` or can reach it.",
        "给它加上指标或实体，不需要就删除。",
        "Give it a metric or an entity, or delete it.",
    ),
}
