"""Wording of the errors of alignment: what was handed in to be compared."""

from hedu.errors.texts.text import Text

TEXTS: dict[str, Text] = {
    "select-broken": Text(
        "要比较的 SELECT 读不懂：{detail}",
        "The SELECT to compare cannot be read: {detail}",
        "请写成单条 SELECT 语句（可带 WITH），方言为 DuckDB：{text}",
        "Write one SELECT (WITH is allowed) in DuckDB's dialect: {text}",
    ),
}
