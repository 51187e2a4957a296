"""Sentences of scores met for their own sake."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "crowded": Label(
        "{department}的“{metric}”自 {since} 起结果挤在界限 {bound:g} 以内：界限内外之比是此前的 {lift:.1f} 倍",
        "Results of {metric} ({department}) crowd just inside the limit of {bound:g} since {since}: "
        "{lift:.1f} times as many inside as outside, against before",
    ),
    "guard_worse": Label(
        "{department}的“{metric}”自 {month} 起改善 {better:.0%}，护栏指标“{metric_guard}”同时变差 {worse:.0%}",
        "{metric} ({department}) is {better:.0%} better since {month}, while its guardrail {metric_guard} "
        "is {worse:.0%} worse",
    ),
    "crowded_and_guard": Label(
        "{department}的“{metric}”自 {since} 起结果挤在界限 {bound:g} 以内"
        "（内外之比是此前的 {lift:.1f} 倍），"
        "护栏指标“{metric_guard}”同时变差 {worse:.0%}",
        "Results of {metric} ({department}) crowd just inside the limit of {bound:g} since {since} "
        "({lift:.1f} times as before), while its guardrail {metric_guard} is {worse:.0%} worse",
    ),
    "flows_back": Label(
        "{place}的“{metric}”在 {quarters} 个季度末集中冲量（最后三天占当月 {share:.0%}，平时 {usual:.0%}），"
        "随后“{metric_back}”冲回其中的 {returned:.0%}",
        "{metric} of {place} rushes at {quarters} quarter ends (the last three days hold {share:.0%} of the month, "
        "{usual:.0%} as a rule); {returned:.0%} of it flows back as {metric_back}",
    ),
    "edited_in_quarter": Label(
        "{department}在考核季度 {quarter} 中途（{day}）改了“{metric}”的口径（{change}）："
        "改前 {before}，未达目标 {target}；改后 {after}，刚好达标",
        "{department} changed the definition of {metric} on {day}, within the scored quarter {quarter} (“{change}”): "
        "{before} before, short of {target}; {after} after, just there",
    ),
}
