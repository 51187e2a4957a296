"""Wording of the errors of the model stage: definitions that do not fit together."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "dataset-time-unknown": Text(
        "数据集 `{owner}` 的 time 写的是 `{name}`，但没有这个日期或时间维度。",
        "Dataset `{owner}` goes by `{name}`, which is none of its date or timestamp dimensions.",
        "是不是想写：{near}？时间维度有：{known}；没有就先声明 `{name}: {{type: date}}`。",
        "Did you mean: {near}? Its times are: {known}; or declare `{name}: {{type: date}}`.",
    ),
    "measure-time-unknown": Text(
        "度量 `{owner}` 用到的时间 `{name}` 不是本数据集的日期或时间维度。",
        "Measure `{owner}` goes by `{name}`, which is no date or timestamp dimension of its dataset.",
        "是不是想写：{near}？时间维度有：{known}。",
        "Did you mean: {near}? The times are: {known}.",
    ),
    "snapshot-dimension-unknown": Text(
        "度量 `{owner}` 按 `{name}` 各自取值，但数据集里没有这个维度或实体。",
        "Measure `{owner}` takes a value for each `{name}`, which is no dimension or entity of its dataset.",
        "是不是想写：{near}？可用的有：{known}。",
        "Did you mean: {near}? There are: {known}.",
    ),
    "dimension-needs-entity": Text(
        "维度 `{name}` 取指标的值，但数据集 `{dataset}` 没有以单列主键标识的实体，无法对应到行。",
        "Dimension `{name}` is a metric's value, but no entity with a key of one column identifies the rows of `{dataset}`.",
        "声明 `primary_key` 和以它为键的实体，例如 `entities: {{customer: customer_id}}`。",
        "Declare the `primary_key` and an entity with that key, such as `entities: {{customer: customer_id}}`.",
    ),
    "dimension-metric-unknown": Text(
        "维度 `{name}` 要取指标 `{metric}` 的值，但没有这个指标。",
        "Dimension `{name}` is the value of `{metric}`, which is no metric.",
        "是不是想写：{near}？",
        "Did you mean: {near}?",
    ),
    "parameter-undeclared": Text(
        "`{owner}` 用到参数 `{name}`，但工作区没有声明它。",
        "`{owner}` uses the parameter `{name}`, which the workspace does not declare.",
        "在 workspace 文档里写 `parameters: {{{name}: {{type: number}}}}`。相近的有：{near}。",
        "Declare it in the workspace document: `parameters: {{{name}: {{type: number}}}}`. Close to it: {near}.",
    ),
    "validity-entity-unknown": Text(
        "数据集 `{owner}` 的有效期属于实体 `{name}`，但它没有这个实体。",
        "The validity of dataset `{owner}` is that of `{name}`, which is no entity of it.",
        "是不是想写：{near}？它的实体有：{known}。",
        "Did you mean: {near}? Its entities are: {known}.",
    ),
    "kinds-clash": Text(
        "指标 `{name}`（{kind}）不能建立在 `{part}` 上，因为后者用到了 {part_kind} 指标。",
        "`{name}` ({kind}) cannot be made of `{part}`, which is or holds a metric of kind {part_kind}.",
        "改用 `{part}` 所依据的指标，或把两种算法拆成两个指标。",
        "Use the metrics that `{part}` itself is made of, or keep the two computations in two metrics.",
    ),
    "balances-not-totalled": Text(
        "指标 `{name}`（{kind}）用到 `{part}`，而它的度量 `{measure}` 是时点数，不能沿时间累加。",
        "`{name}` ({kind}) uses `{part}`, whose measure `{measure}` is a balance and does not add up over time.",
        "时点数本身就是累计的结果，直接使用它；或改用发生额的度量。",
        "A balance is a total already: use it as it is, or use a measure of what comes and goes.",
    ),
    "average-of-formula": Text(
        "累计指标 `{name}` 要取各日的平均，但 `{part}` 是算出来的，平均之后的结果没有意义。",
        "`{name}` takes an average over days, but `{part}` is computed of other metrics: averages of its parts mean nothing.",
        "把 period_agg 改成 last 或 first，或改用单个度量的指标。",
        "Use period_agg last or first, or a metric of a single measure.",
    ),
    "measure-aggregates-twice": Text(
        "度量 `{name}` 的表达式 `{text}` 里已经有聚合。",
        "The expression `{text}` of measure `{name}` aggregates already.",
        "expr 写逐行的值，聚合方式写在 agg。",
        "Let expr be the value of one row, and agg say how rows become one.",
    ),
    "dimension-aggregates": Text(
        "维度 `{name}` 的表达式 `{text}` 里有聚合。",
        "The expression `{text}` of dimension `{name}` aggregates.",
        "维度只能由本行的列算出。",
        "A dimension is computed from its own row.",
    ),
    "filter-aggregates": Text(
        "指标 `{name}` 的筛选 `{text}` 里有聚合。",
        "The filter `{text}` of `{name}` aggregates.",
        "筛选逐行进行；对汇总值的筛选请在提问时写。",
        "A filter looks at one row; filter on totals when asking.",
    ),
    "measure-dataset-unknown": Text(
        "指标 `{metric}` 的度量 `{name}` 找不到数据集。",
        "`{metric}` measures `{name}`, but there is no such dataset.",
        "写成 数据集.度量。是不是想写：{near}？",
        "Write dataset.measure. Did you mean: {near}?",
    ),
    "measure-unknown": Text(
        "指标 `{metric}`：数据集 `{dataset}` 没有度量 `{name}`。",
        "`{metric}`: dataset `{dataset}` has no measure `{name}`.",
        "是不是想写：{near}？它的度量有：{known}。",
        "Did you mean: {near}? Its measures are: {known}.",
    ),
    "metric-part-unknown": Text(
        "指标 `{metric}` 用到的 `{name}` 不是指标。",
        "`{metric}` is made of `{name}`, which is no metric.",
        "是不是想写：{near}？",
        "Did you mean: {near}?",
    ),
    "formula-aggregates": Text(
        "指标 `{name}` 的公式 `{text}` 里有聚合函数。",
        "The formula `{text}` of `{name}` aggregates.",
        "公式里的名字是已聚合的指标，只做加减乘除。",
        "The names of a formula are metrics, aggregated already; compute with them.",
    ),
    "formula-input-unused": Text(
        "指标 `{name}` 的公式没有用到 `{input}`。",
        "The formula of `{name}` does not use `{input}`.",
        "从 metrics 里删掉它，或写进公式。",
        "Take it out of `metrics`, or use it in the formula.",
    ),
    "formula-without-metric": Text(
        "指标 `{name}` 的公式 `{text}` 里没有任何指标。",
        "The formula `{text}` of `{name}` names no metric.",
        "至少用到一个指标。",
        "Use at least one metric.",
    ),
    "metric-circle": Text(
        "指标的定义绕成了圈：{circle}。",
        "These metrics are defined by one another in a circle: {circle}.",
        "让其中一个只依赖度量。",
        "Let one of them rest on a measure alone.",
    ),
    "source-not-a-select": Text(
        "数据集 `{dataset}` 的 select 不是一条只读的 SELECT。{detail}",
        "The `select` of dataset `{dataset}` is not one SELECT. {detail}",
        "只写一条 SELECT (可带 WITH), 不要分号和写操作。",
        "Write one SELECT (WITH is fine), without semicolons and without writing.",
    ),
}
