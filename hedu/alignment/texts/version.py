"""Sentences of things bound to a version that no longer holds."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "superseded_report": Label(
        "{department}的“{name}”还按“{metric}”第 {bound} 版计算；{since} 起的第 {number} 版已经改了含义：{change}",
        "{name} of {department} still follows version {bound} of {metric}; "
        "version {number} changed its meaning from {since}: “{change}”",
    ),
    "superseded_target": Label(
        "{department}在 {period} 的目标 {name} 按“{metric}”第 {bound} 版制定；"
        "{since} 起的第 {number} 版已经改了含义：{change}",
        "Target {name} of {department} for {period} was set under version {bound} of {metric}; "
        "version {number} changed its meaning from {since}: “{change}”",
    ),
}
