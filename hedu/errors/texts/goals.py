"""Wording of the errors of goals and targets."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "phases-not-the-total": Text(
        "各月之和 {sum} 不等于目标 {total}。",
        "The months add up to {sum}, not to the target {total}.",
        "请调整月份，使合计与目标一致；也可以选择按季节自动分月。",
        "Adjust the months until they add up, or let the season share the target out.",
    ),
    "phases-without-history": Text(
        "没有历史可供分月：{months}。",
        "There is no history to share out by: {months}.",
        "请改用平均分月，或手工填写各月。",
        "Share it out alike, or fill in the months by hand.",
    ),
    "target-field-missing": Text(
        "目标缺少“{field}”。",
        "The target lacks `{field}`.",
        "编号、指标、部门、期间和目标值都要填写。",
        "Code, metric, department, period and value are needed.",
    ),
    "target-period-unreadable": Text(
        "读不懂期间“{period}”。",
        "The period “{period}” cannot be read.",
        "请写成 2027、2027-H1、2027-Q1 或 2027-03。",
        "Write it as 2027, 2027-H1, 2027-Q1 or 2027-03.",
    ),
    "target-operator-unknown": Text(
        "比较方式“{operator}”不可用。",
        "The comparison “{operator}” is not known.",
        "请用 `>=`（不低于）、`<=`（不高于）或 `=`（等于）。",
        "Use `>=` (at least), `<=` (at most) or `=` (equal).",
    ),
    "target-value-unreadable": Text(
        "“{field}”的内容“{value}”不是数。",
        "“{value}” in `{field}` is not a number.",
        "请写成 1234.5、1,234.5 或 12.5%。",
        "Write it as 1234.5, 1,234.5 or 12.5%.",
    ),
    "target-phasing-unknown": Text(
        "没有“{method}”这种分月方式。",
        "There is no way of phasing called “{method}”.",
        "可以选：{known}。",
        "There are: {known}.",
    ),
    "target-metric-unknown": Text(
        "没有指标“{metric}”，或已停用。",
        "There is no metric “{metric}”, or it is retired.",
        "是不是想写：{near}？",
        "Did you mean: {near}?",
    ),
    "target-department-unknown": Text(
        "没有部门“{department}”。",
        "There is no department “{department}”.",
        "是不是想写：{near}？",
        "Did you mean: {near}?",
    ),
    "target-version-unknown": Text(
        "指标“{metric}”没有第 {version} 版，最新是第 {newest} 版。",
        "The metric “{metric}” has no version {version}; the newest is {newest}.",
        "请改用已有的版本，或留空使用现行版本。",
        "Name a version that exists, or leave it empty for the one in force.",
    ),
    "target-unknown": Text(
        "没有编号为“{name}”的有效目标。",
        "There is no target “{name}” in force.",
        "请检查编号；同一文件里的上级目标也要有自己的一行。",
        "Check the code; a parent in the same file needs a row of its own.",
    ),
    "target-twice": Text(
        "编号“{name}”在同一批里出现了不止一次。",
        "The code “{name}” appears more than once in one batch.",
        "每个目标只留一行。",
        "Keep one row for each target.",
    ),
    "target-under-itself": Text(
        "目标“{name}”不能归到它自己或它的下级之下。",
        "The target “{name}” cannot be put under itself or one below it.",
        "请换一个上级目标，或留空。",
        "Choose another parent, or none.",
    ),
    "target-has-children": Text(
        "目标“{name}”下面还有有效的分解目标。",
        "Targets below “{name}” are still in force.",
        "请先撤回或改挂它们。",
        "Withdraw or move them first.",
    ),
    "targets-too-many": Text(
        "一批有 {count} 个目标，最多 {most} 个。",
        "{count} targets in one batch; at most {most} fit.",
        "请分几批导入。",
        "Import them in several batches.",
    ),
    "nothing-to-undo": Text(
        "“{name}”没有可以撤销的改动。",
        "There is no change of “{name}” to undo.",
        "请在操作记录里查看它的历史。",
        "See its history in the record of deeds.",
    ),
    "goal-unknown": Text(
        "没有编号为“{name}”的目标节点。",
        "There is no goal “{name}”.",
        "请在目标树中查看编号，或留空。",
        "Look up the code in the goal tree, or leave it empty.",
    ),
    "code-unreadable": Text(
        "编号“{name}”不能用。",
        "“{name}” cannot be a code.",
        "请用 1 到 40 个字母、数字、汉字、点、下划线或连字符，不要空格和斜线。",
        "Use 1 to 40 letters, digits, dots, underscores or hyphens; no spaces, no slashes.",
    ),
    "goal-code-taken": Text(
        "编号“{name}”已被使用。",
        "The code “{name}” is taken.",
        "请换一个编号；归档的目标也占着它的编号。",
        "Choose another; archived goals keep their codes.",
    ),
    "goal-under-itself": Text(
        "目标“{name}”不能移到“{parent}”之下：那里已在它的下面。",
        "The goal “{name}” cannot go under “{parent}”, which stands below it.",
        "请选择别的上级目标。",
        "Choose another place.",
    ),
    "goal-has-children": Text(
        "目标“{name}”下面还有目标。",
        "There are goals below “{name}”.",
        "请先移走或归档下级目标。",
        "Move or archive those below it first.",
    ),
    "goal-owner-unknown": Text(
        "没有用户“{name}”，或已离职。",
        "There is no user “{name}”, or they have left.",
        "请从人员名单中选择。",
        "Choose from the list of people.",
    ),
    "raci-letter-unknown": Text(
        "RACI 里没有“{letter}”。",
        "There is no “{letter}” in RACI.",
        "只用 R（执行）、A（负责）、C（征询）、I（知会）。",
        "Use R, A, C and I only.",
    ),
    "confidence-out-of-range": Text(
        "把握应在 0 到 10 之间，现在是 {value}。",
        "Confidence lies between 0 and 10; this is {value}.",
        "0 表示无望，10 表示确定能达成。",
        "0 means lost, 10 means certain.",
    ),
    "check-in-empty": Text(
        "进展没有内容。",
        "The check-in says nothing.",
        "写一两句：进展如何，卡在哪里，需要谁帮忙。",
        "Write a sentence or two: how it goes, what is in the way, whose help is needed.",
    ),
    "guardrail-is-the-metric": Text(
        "指标“{metric}”不能做自己的护栏。",
        "The metric “{metric}” cannot guard itself.",
        "请选择另一个指标。",
        "Choose another metric.",
    ),
    "guardrail-without-direction": Text(
        "指标“{metric}”没有说明越高越好还是越低越好，不能做护栏。",
        "The metric “{metric}” does not say which way is better, so it cannot guard.",
        "请先在口径里写上方向。",
        "Give it a direction in its definition first.",
    ),
}
