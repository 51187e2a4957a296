"""Sentences of calendars that differ."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "calendar_differs": Label(
        "{departments}的“{metric_b}”各期相差合计 {gap:.1%}，原因是{facets}不同（{own}与{theirs}）："
        "按对方的口径重算，差额消除 {closed:.0%}",
        "{metric_a} and {metric_b} ({departments}) are {gap:.1%} apart over the periods because of "
        "{facets} ({own} against {theirs}): recomputed the other way, {closed:.0%} of the gap is gone",
    ),
}
WEEKDAYS: dict[str, Label] = {
    "monday": Label("周一", "Monday"),
    "sunday": Label("周日", "Sunday"),
    "saturday": Label("周六", "Saturday"),
}
