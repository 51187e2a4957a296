"""Sentences of departments that may not read what they are held to."""

from hedu.define.definitions import Label

SENTENCES: dict[str, Label] = {
    "no_grant": Label(
        "{department}的目标里有“{metric}”，却没有权限看它的数据（{dataset}）",
        "{department} is held to {metric}, but may not read its data ({dataset})",
    ),
    "rows_missing": Label(
        "{department}的目标里有“{metric}”，但只看得到 {dataset} 的一部分：{rows}",
        "{department} is held to {metric}, but sees only part of {dataset}: {rows}",
    ),
}
