"""Wording of what cannot be read in kinds of metric, measures and times; part of the define stage."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "number-out-of-bounds": Text(
        "{found} 不在允许的范围内（{low} 到 {high}）。",
        "{found} is not between {low} and {high}.",
        "写一个范围内的数，例如 0.95 表示 95%。",
        "Write a number within, such as 0.95 for 95 %.",
    ),
    "expected-span": Text(
        "`{found}` 不是一段时间长度。",
        "`{found}` is not a length of time.",
        "写作数字加单位，例如 `7 days`、`1 month`；单位有 day, week, month, quarter, year。",
        "Write a count and a unit, such as `7 days` or `1 month`; units are day, week, month, quarter and year.",
    ),
    "window-and-grain": Text(
        "累计指标 `{name}` 同时写了 window 和 grain_to_date。",
        "The cumulative `{name}` has both a window and a grain_to_date.",
        "滚动窗口用 window，本期至今用 grain_to_date，两者留一个。",
        "Keep window for a rolling total, or grain_to_date for a total since the period began.",
    ),
    "offset-twice": Text(
        "指标 `{name}` 的 `{input}` 同时写了 offset_window 和 offset_to_grain。",
        "In `{name}`, the input `{input}` has both offset_window and offset_to_grain.",
        "平移一段时间用 offset_window，取周期开始时的值用 offset_to_grain，两者留一个。",
        "Keep offset_window to go back by a length of time, or offset_to_grain for the start of the period.",
    ),
    "time-zone-of-no-moment": Text(
        "维度 `{name}` 的类型是 {type}，不能有时区。",
        "Dimension `{name}` is of type {type}: it has no time zone.",
        "只有不带时区的 timestamp 列需要写 time_zone；日期请先在 select 里换算好。",
        "Only timestamp columns without a zone of their own take time_zone; convert dates in the `select`.",
    ),
    "percentile-missing": Text(
        "度量 `{name}` 的 agg 是 percentile，但没有写取哪个分位。",
        "Measure `{name}` is a percentile, but does not say which.",
        "写 `percentile: 0.95`；取实际出现的值用 `percentile: {{at: 0.95, method: discrete}}`。",
        "Write `percentile: 0.95`; for a value that occurs, `percentile: {{at: 0.95, method: discrete}}`.",
    ),
    "percentile-unused": Text(
        "度量 `{name}` 写了 percentile，但 agg 是 {agg}。",
        "Measure `{name}` states a percentile, but its agg is {agg}.",
        "把 agg 改成 percentile，或删掉 percentile。",
        "Change agg to percentile, or remove the key.",
    ),
}
