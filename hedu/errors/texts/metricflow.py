"""Wording of the errors of questions to imported dbt projects."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "dbt-nothing-semantic": Text(
        "{path} 里没有语义模型。",
        "{path} holds no semantic models.",
        "请指向 semantic_manifest.json，或 YAML 里写有 semantic_models 或 semantic_model 的 dbt 项目文件夹。",
        "Point at a semantic_manifest.json, or at a dbt project whose YAML has semantic_models or semantic_model.",
    ),
    "dbt-manifest-broken": Text(
        "{path} 不是完整的 JSON: {reason}。",
        "{path} is no whole JSON: {reason}.",
        "运行 dbt parse 重新生成 target/semantic_manifest.json，或指向项目文件夹。",
        "Run dbt parse, which writes target/semantic_manifest.json anew, or point at the project folder.",
    ),
    "template-unreadable": Text(
        "模板 `{text}` 读不懂。",
        "The template `{text}` cannot be read.",
        "可以写 Dimension、TimeDimension、Entity 和 Metric，参数都是文本，例如 Dimension('listing__country')。",
        "Write Dimension, TimeDimension, Entity or Metric with plain texts, such as Dimension('listing__country').",
    ),
    "time-spine-missing": Text(
        "没有粒度为 {grain} 或更细的时间轴。",
        "There is no time spine of {grain} or finer.",
        "请在工作区文件的 time_spines 里登记一张每个时刻一行的表。",
        "Name a table with a row for every moment under `time_spines` in the workspace's file.",
    ),
    "values-not-together": Text(
        "没有一个数据集能同时给出 {names}。",
        "No dataset gives all of {names}.",
        "请分开提问，或加上一个把它们联系起来的指标。",
        "Ask for them one by one, or add a metric that brings them together.",
    ),
    "window-not-in-metricflow": Text(
        "导入的 dbt 项目不支持提问时临时给的累计窗口。",
        "Imported dbt projects know no window in the question.",
        "请定义一个带 window 的累计指标，然后提问它。",
        "Define a cumulative metric with a window and ask for that.",
    ),
    "kind-not-in-metricflow": Text(
        "按 MetricFlow 的规则回答时没有指标 {metric} 这一类。",
        "By MetricFlow's rules there is no kind such as that of metric {metric}.",
        "请把它改写为 simple、ratio、derived、cumulative 或 conversion。",
        "Write it as simple, ratio, derived, cumulative or conversion.",
    ),
    "cumulative-needs-time": Text(
        "{metric} 按窗口或按期累计，要按 metric_time 或它自己的时间来问。",
        "{metric} adds up over a window or since the start of a period: it is asked by metric_time or its own time.",
        "请在 by 里加上 metric_time__day 或更长的周期；日期部分（extract_…）不行。",
        "Add metric_time__day or a longer period to `by`; a part of the date (extract_…) will not do.",
    ),
    "offset-by-periods": Text(
        "指标 {metric} 整体平移到更早的时间，不能只按 {name} 这样的自定义周期或日期部分来问。",
        "{metric} as a whole is moved to an earlier time, which periods of one's own and parts of the date, such as "
        "{name}, cannot show alone.",
        "请在 by 里加上 metric_time__day；只有日期部分时，更长的历法周期也行。",
        "Add metric_time__day to `by`; beside parts of the date alone a longer period of the calendar will do, too.",
    ),
    "cumulative-of-what": Text(
        "累计指标 {metric} 只能累计一个 simple 指标，而 {part} 不是。",
        "Metric {metric} can only add up a simple metric, and {part} is none.",
        "请改用 simple 指标，再用 derived 指标组合累计结果。",
        "Add up a simple metric, and combine totals in a derived one.",
    ),
}
