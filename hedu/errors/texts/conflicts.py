"""Wording of the errors of conflict cases."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "case-step-out-of-turn": Text(
        "冲突单 {number} 现在是“{state}”，不能做这一步（{deed}）。",
        "Case {number} is at “{state}”; this step ({deed}) is not its turn.",
        "请刷新页面，看看别人是否已经处理，再选可用的操作。",
        "Reload the page: somebody may have moved it on; then take one of the steps offered.",
    ),
    "case-text-missing": Text(
        "“{what}”没有填写。",
        "“{what}” is empty.",
        "请用一两句话写清楚，当事部门会看到。",
        "Say it in a sentence or two; the departments concerned will read it.",
    ),
    "case-without-metric": Text(
        "没有找到要提出问题的指标（{given}）。",
        "The metric in question was not found ({given}).",
        "请从指标页、看板或探索里的数字旁边提出，或选择一个已发布的指标。",
        "Raise it beside the number on a page, or choose a published metric.",
    ),
    "case-choice-unknown": Text(
        "没有“{given}”这个选项。",
        "There is no choice “{given}”.",
        "可以选：{known}。",
        "Choose one of: {known}.",
    ),
    "case-mediator-is-party": Text(
        "{name} 属于冲突单 {number} 的当事部门，不能做调解人。",
        "{name} belongs to a department that case {number} is about and cannot mediate it.",
        "请选择当事部门以外的人。",
        "Choose somebody of another department.",
    ),
    "case-not-your-department": Text(
        "您不能代表该部门（{department}）在这张冲突单里发言。",
        "You do not speak for that department ({department}) in this case.",
        "立场由当事部门的负责人、联络人或副联络人说明。",
        "Positions are stated by a party's owner, liaison, deputy or manager.",
    ),
    "case-merge-target": Text(
        "冲突单 {number} 不能并入 {into}。",
        "Case {number} cannot be merged into {into}.",
        "请选择另一张尚未裁定的冲突单。",
        "Choose another case that is not decided yet.",
    ),
    "case-decision-needs-two": Text(
        "冲突单 {number} 只涉及一个指标，不能这样裁定（{decision}）。",
        "Case {number} is about a single metric and cannot be decided so ({decision}).",
        "请选择修正数据，或暂时接受到某一天。",
        "Choose to mend the data, or to accept it until a date.",
    ),
    "case-names-missing": Text(
        "还有指标没有写新名称或用途（{decision}）：{missing}。",
        "Some metrics have no new name or purpose yet ({decision}): {missing}.",
        "每个指标都要写，写明差别，读的人才分得清。",
        "Give each of them one, so that readers can tell them apart.",
    ),
    "case-names-equal": Text(
        "各指标的新名称或用途不能相同（{decision}）。",
        "The new names or purposes must differ ({decision}).",
        "请把差别写进名称里，例如“销售额（开票）”和“销售额（下单）”。",
        "Put the difference into the names, such as “Sales (invoiced)” and “Sales (ordered)”.",
    ),
    "case-date-needed": Text(
        "接受的截止日期（{given}）要写成年-月-日，并且晚于今天。",
        "The date until which it is accepted ({given}) must be a day after today.",
        "请选一个将来的日期；到期后冲突单会自动回来。",
        "Choose a day to come; the case returns by itself then.",
    ),
    "case-open-twin": Text(
        "同一个冲突已有另一张未结束的冲突单，{number} 不能重新打开。",
        "Another open case is about the same conflict; {number} cannot be reopened.",
        "请到那张冲突单里继续。",
        "Go on in that one.",
    ),
    "case-raiser-verifies": Text(
        "人工提出的冲突单 {number} 由提出人、调解人或管理员确认。",
        "Case {number} was raised by hand: whoever raised it, its mediator or an administrator confirms it.",
        "请提醒提出人来确认数字已经正确。",
        "Ask whoever raised it to confirm that the number is right now.",
    ),
    "case-not-applied": Text(
        "冲突单 {number} 的变更提案还没有全部发布，不能复核。",
        "The proposals of case {number} are not all published yet; there is nothing to verify.",
        "请先完成会签；提案发布后会自动复核。",
        "Have them signed first; once they are published the check runs by itself.",
    ),
    "case-nothing-to-propose": Text(
        "裁定“{decision}”不改口径，冲突单 {number} 没有变更提案可开。",
        "The decision “{decision}” changes no definition; case {number} has nothing to propose.",
        "请照裁定修正数据或职责，然后直接复核。",
        "Mend data or duties as decided, then have the case verified.",
    ),
    "scan-overtaken": Text(
        "这次扫描并入了后来的扫描 #{other}，由它一并完成。",
        "This scan became part of the later scan #{other}, which does its work too.",
        "请看那一次的结果，不必另外扫描。",
        "Look at what that one found; there is no need to scan again.",
    ),
    "scan-broke": Text(
        "扫描中途出错（{kind}），没有完成。",
        "The scan broke half way ({kind}).",
        "请再扫描一次；若仍出错，请管理员在“后台任务”中查看原因。此前发现的仍然有效。",
        "Scan again; if it breaks once more, an administrator finds the cause among the jobs. What was found before stands.",
    ),
    "case-no-higher": Text(
        "冲突单 {number} 已经结束，或者已经报到最高一级。",
        "Case {number} has ended, or everybody up the ladder knows of it already.",
        "请直接联系调解人。",
        "Speak to the mediator.",
    ),
    "paper-unknown": Text(
        "没有“{kind}”这种档案。",
        "There is no paper “{kind}”.",
        "可以归档的有：{known}。",
        "What can be filed: {known}.",
    ),
    "paper-unreadable": Text(
        "档案“{kind}”的第 {row} 行读不懂。",
        "Row {row} of the paper “{kind}” cannot be read.",
        "每行要有这些字段：{fields}；日期写成年-月-日。",
        "Each row has these fields: {fields}; dates are year-month-day.",
    ),
}
