"""Sentences of metrics that a department reads wrongly."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "misread": Label(
        "{department}对“{metric}”的理解测验答错 {wrong:.0%}（{people} 人）",
        "{department} got {wrong:.0%} of the questions on {metric} wrong ({people} people)",
    ),
}
