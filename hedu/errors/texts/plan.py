"""Wording of the errors of the plan stage: well-formed questions without a right answer."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "reported-not-additive": Text(
        "填报指标 `{metric}` 的值不能相加，而这个问题需要把多个值合成一个。",
        "The reported values of `{metric}` do not add up, and this question would need to combine several.",
        "把这些加进 by，或用等号固定为一个值：{missing}；或在定义里声明 `agg: sum` 或 `agg: last`。",
        "Add to `by`, or hold to one value with `=`: {missing}; or declare `agg: sum` or `agg: last` in its definition.",
    ),
    "currency-needs-time": Text(
        "指标 `{metric}` 要按日期换算货币，而数据集 `{dataset}` 没有时间。",
        "`{metric}` is converted at each row's own date, but dataset `{dataset}` has no time.",
        "在数据集 `{dataset}` 上写 `time`，或在度量上写 `time`。",
        "Declare the `time` of `{dataset}`, or of the measure.",
    ),
    "currency-not-for": Text(
        "填报指标 `{metric}` 没有逐笔的日期，不能换算成 {currency}。",
        "The reported values of `{metric}` have no dates of their own to be converted to {currency} at.",
        "按原币种查看，或让填报部门直接以 {currency} 填报。",
        "Look at it in its own currency, or have it reported in {currency}.",
    ),
    "snapshot-filter-mixed": Text(
        "指标 `{metric}` 取期末（期初）值，而一个筛选条件里同时有时间 `{time}` 和别的维度，无法确定取哪一天。",
        "`{metric}` is taken at a moment, and one filter mixes the time `{time}` with something else.",
        "把时间条件和其他条件用 AND 分开写，或把时间范围写进 since 和 until。",
        "Write the two conditions apart, joined with AND, or give the time range in since and until.",
    ),
    "bridge-needs-primary-key": Text(
        "指标 `{metric}` 要经过多对多的桥接表，但数据集 `{dataset}` 没有声明主键，无法保证每条记录只算一次。",
        "`{metric}` is asked through a many-to-many bridge, but dataset `{dataset}` declares no primary key.",
        "在数据集 `{dataset}` 上写 `primary_key`。",
        "Declare the `primary_key` of `{dataset}`, so that each row can be counted once per group.",
    ),
    "metric-of-itself": Text(
        "指标 `{metric}` 的取值又用到了它自己：{circle}。",
        "The value of `{metric}` is looked up in order to compute itself: {circle}.",
        "换一个不依赖它的指标或维度来筛选、拆分。",
        "Filter or split by a metric that does not rest on it.",
    ),
    "metric-entity-unclear": Text(
        "指标 `{metric}` 要按实体 `{entity}` 取值，但它的数据里通向该实体的路径不是恰好一条：{known}。",
        "`{metric}` is to be taken for each `{entity}`, but not exactly one path of its data leads there: {known}.",
        "选用数据里直接带有该实体键的指标。",
        "Use a metric whose dataset holds the key of that entity, once.",
    ),
    "validity-needs-time": Text(
        "`{dataset}` 的行只在一段时间内有效，而 `{fact}` 没有声明时间，不知道该取哪一行。",
        "Rows of `{dataset}` hold for a time only, and `{fact}` declares no time to pick one by.",
        "在数据集 `{fact}` 上写 `time`。",
        "Declare the `time` of dataset `{fact}`.",
    ),
    "bridge-weights-average": Text(
        "指标 `{metric}` 的汇总方式是 {agg}，不能按桥接表的比例分摊。",
        "`{metric}` aggregates by {agg}, which cannot be shared out over the weighted links of a bridge.",
        "只有求和与计数可以分摊；去重计数、最大和最小不受影响。",
        "Only sums and counts can be shared out; distinct counts, least and greatest are not affected.",
    ),
    "balance-of-days": Text(
        "指标 `{metric}` 是时点数，这样问需要把各日的数相加。",
        "`{metric}` is a balance, and asked like this the balances of several days would be added up.",
        "只按一个时间粒度提问，平移几个月时按月或按日看。",
        "Ask by one grain of time; for an offset of months by months or by days.",
    ),
    "offset-needs-time": Text(
        "指标 `{metric}` 要和更早的时间比，但这个问题既没有按时间拆分，也没有时间范围。",
        "`{metric}` looks at an earlier time, but the question has neither time in `by` nor a range.",
        "在 by 里加上 `metric_time.month` 之类的时间，或写明 since 和 until。",
        "Add a time such as `metric_time.month` to `by`, or give since and until.",
    ),
    "offset-out-of-step": Text(
        "指标 `{metric}` 既平移时间、又按 {grain} 的周期取数，而平移的不是整数个这样的周期：先后不同，得数就不同。",
        "`{metric}` is moved in time and counted by periods of {grain}; the move is not made of whole such periods, so "
        "the number would depend on which comes first.",
        "平移整数个同样的周期，例如年初至今的累计就平移整年。",
        "Move it by whole periods of that kind, such as years for totals since the year began.",
    ),
    "start-added-up": Text(
        "指标 `{metric}` 取周期第一天的值，这样问会把许多天的同一个值相加。",
        "`{metric}` is the value of a period's first day, and asked like this it would be added up over several days.",
        "按 month 之类的时间粒度提问，不按日期的一部分；时间条件用同样或更长的粒度。",
        "Ask by a grain of time such as month, not by a part of the date; conditions on time by that grain or longer.",
    ),
    "time-filter-mixed": Text(
        "指标 `{metric}` 沿时间计算，而一个筛选条件里同时有时间和别的维度：{names}。",
        "`{metric}` is computed along time, and one filter mixes time with something else: {names}.",
        "把时间条件和其他条件用 AND 分开写，或把时间范围写进 since 和 until。",
        "Write the two conditions apart, joined with AND, or give the time range in since and until.",
    ),
    "timeline-needs-days": Text(
        "指标 `{metric}` 按日计算，不能按 `{name}` 拆分。",
        "`{metric}` is computed by days and cannot be split by `{name}`.",
        "用 day 或更长的粒度，例如 `metric_time.day`。",
        "Use days or longer periods, such as `metric_time.day`.",
    ),
    "total-not-movable": Text(
        "指标 `{metric}` 按 {grain} 计算，再往前平移这段时间就对不上整个周期。",
        "`{metric}` is computed by {grain}, and the length of time it goes back is not made of whole such periods.",
        "按与平移单位相同或更长的周期提问，例如平移 1 个月就按月看。",
        "Ask by periods as long as the unit of the offset or longer: by month for an offset of months.",
    ),
    "conversion-needs-time": Text(
        "转化指标 `{metric}` 要比较先后，但数据集 `{dataset}` 没有声明时间。",
        "The conversion `{metric}` compares moments, but dataset `{dataset}` declares no time.",
        "在数据集 `{dataset}` 上写 `time`。",
        "Declare the `time` of dataset `{dataset}`.",
    ),
    "conversion-entity-unknown": Text(
        "转化指标 `{metric}` 按 `{name}` 计，但数据集 `{dataset}` 没有这个实体。",
        "The conversion `{metric}` goes by `{name}`, which is no entity of dataset `{dataset}`.",
        "改用它已有的实体：{known}；或在数据集 `{dataset}` 的 `entities` 里声明 `{name}`。",
        "Use one of its entities: {known}; or declare `{name}` under `entities` of `{dataset}`.",
    ),
    "conversion-through-bridge": Text(
        "转化指标 `{metric}` 不能按多对多关系另一头的维度拆分：一次转化只能归到一处。",
        "The conversion `{metric}` cannot be split by what lies behind a bridge: a conversion goes to one place only.",
        "去掉经过桥接表的维度。",
        "Leave out the dimension behind the bridge.",
    ),
    "rollup-rows-differ": Text(
        "预汇总表 `{name}` 收进 {held} 行，而数据集里有 {rows} 行：关联使行丢失或重复，用它会得到不同的数。",
        "Rollup `{name}` is made of {held} rows where the dataset has {rows}: joins lose or repeat rows.",
        "检查声明的主键和 `integrity` 是否属实。",
        "Check whether the declared primary keys and `integrity` hold.",
    ),
    "rollup-moves-with-time": Text(
        "预汇总表 `{name}` 的筛选随今天移动（如“最近 30 天”），存下的数会过时。",
        "A filter of rollup `{name}` moves with today's date: what it holds would go stale.",
        "改用固定的日期，把相对的时间范围留给提问。",
        "Use fixed dates, and leave relative ranges to the questions.",
    ),
    "source-looks-elsewhere": Text(
        "数据集 `{dataset}` 的 select 用了 `{name}`，它绕过表名读取数据或引擎内部。",
        "The `select` of dataset `{dataset}` uses `{name}`, which reads past the names of tables or inside the engine.",
        "在 FROM 里直接写表名，这样数据权限才跟得上。",
        "Name the tables in FROM, so that data policies can follow.",
    ),
}
