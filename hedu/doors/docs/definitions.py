"""The field table of the native format -> every key a definition may have."""

from __future__ import annotations

from typing import assert_never

from hedu.define import fields as f
from hedu.define.table import METRIC, OBJECTS
from hedu.doors.docs.markdown import code, page, table

HEAD = ("键 · Key", "内容 · Holds", "说明", "Meaning")


def definitions_page() -> str:
    """All shapes, each once, in the order they are first met."""
    intro = (
        "工作区文件夹里的每个 YAML 文档定义一个对象，首行 `version: 1`，一个文件可放多个文档。"
        "未知的键一律报错；其他工具的扩展写在 `x:` 下。\n\n"
        "Each YAML document of a workspace folder defines one object and starts with `version: 1`; a file may hold "
        "several. Unknown keys are errors; extensions of other tools live under `x:`. "
        "Editors complete from [the JSON Schema](hedu.schema.json)."
    )
    return page("定义 · Definitions", intro, *(_section(shape) for shape in _met()))


def kinds_page() -> str:
    """The kinds of metric: the alternatives of a metric's body."""
    body = next(part for part in METRIC.parts if isinstance(part, f.Either) and part.attr == "body")
    parts = [
        "一个指标恰好用以下一种方式得出它的值。\n\nA metric gets its value in exactly one of these ways.",
        table(HEAD, [_row(field, "") for field in body.fields]),
    ]
    for field in body.fields:
        assert isinstance(field.kind, f.One)
        promise = (field.kind.shape.make.__doc__ or "").strip().split("\n")[0]
        parts += [f"## {field.key}", f"{field.zh}\n\n{promise}", _table(field.kind.shape)]
    return page("指标种类 · Metric kinds", *parts)


def _met() -> list[f.Shape]:
    met: list[f.Shape] = []

    def meet(shape: f.Shape) -> None:
        if shape in met:
            return
        met.append(shape)
        for field in shape.fields.values():
            if isinstance(field.kind, f.One | f.Named):
                meet(field.kind.shape)

    for shape in OBJECTS.values():
        meet(shape)
    return met


def _section(shape: f.Shape) -> str:
    notes = []
    if shape.short:
        notes.append(f"只写一个值时，它就是 `{shape.short}` · A bare value stands for `{shape.short}`.")
    if shape.empty:
        notes.append("可以留空，取默认值 · May be left empty for the defaults.")
    return "\n\n".join([f"## {shape.name}", *notes, _table(shape)])


def _table(shape: f.Shape) -> str:
    rows = []
    for part in shape.parts:
        if isinstance(part, f.Either):
            among = "恰好其一 · one of these" if part.required else "至多其一 · at most one of these"
            rows += [_row(field, among) for field in part.fields]
        else:
            rows.append(_row(part, "必填 · required" if part.required else ""))
    return table(HEAD, rows)


def _row(field: f.Field, note: str) -> tuple[str, str, str, str]:
    holds = f"{_held(field.kind)}；{note}" if note else _held(field.kind)
    return code(field.key), holds, field.zh, field.en


def _held(kind: f.FieldKind) -> str:
    match kind:
        case f.Choice():
            return " ".join(map(code, kind.values))
        case f.One():
            return f"[{kind.shape.name}](#{kind.shape.name.replace(' ', '-')})"
        case f.Named():
            return f"名称 → [{kind.shape.name}](#{kind.shape.name.replace(' ', '-')})"
        case f.Text() | f.Sql() | f.Name() | f.Member() | f.Zone() | f.Version() | f.Flag():
            return _PLAIN[type(kind)]
        case f.Texts() | f.Keys() | f.Wording() | f.Band() | f.Number() | f.Span() | f.Free():
            return _PLAIN[type(kind)]
        case _:
            assert_never(kind)


_PLAIN: dict[type, str] = {
    f.Text: "文字 · text",
    f.Sql: "SQL",
    f.Name: "标识名 · identifier",
    f.Member: "数据集.成员 · dataset.member",
    f.Zone: "时区名 · time zone",
    f.Version: "`1`",
    f.Flag: "`true` `false`",
    f.Texts: "文字列表 · list of texts",
    f.Keys: "列名列表 · list of keys",
    f.Wording: "文字或 `{zh: …, en: …}` · text or both languages",
    f.Band: "`[下限, 上限]` · `[low, high]`",
    f.Number: "数字 · number",
    f.Span: "时间长度，如 `7 days` · a length of time",
    f.Free: "任意 · anything",
}
