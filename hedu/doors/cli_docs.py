"""Definitions -> a static catalog in HTML: one page to find things, one for each metric and dataset."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from pathlib import Path

from hedu.define.definitions import Label
from hedu.define.write import write
from hedu.errors import DefinitionError, HeduError
from hedu.model.resting import built_on, parts_of, users_of
from hedu.model.types import Dataset, Metric
from hedu.workspace import Workspace, load

MARK = ".hedu-docs"
_STYLE = """\
:root { color-scheme: light dark; --line: #8884; --soft: #767676; --link: #2563eb; }
@media (prefers-color-scheme: dark) { :root { --soft: #9a9a9a; --link: #7ab2ff; } }
body { font: 15px/1.6 system-ui, "PingFang SC", "Noto Sans SC", sans-serif; }
body { margin: 0 auto; max-width: 60rem; padding: 1.5rem; }
a { color: var(--link); }
h1 small, dt, .soft { color: var(--soft); font-weight: normal; }
table { border-collapse: collapse; width: 100%; }
td, th { border-bottom: 1px solid var(--line); padding: .3rem .6rem .3rem 0; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.2rem; }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: #8881; overflow-x: auto; padding: .8rem; }
input { font: inherit; padding: .4rem; width: 100%; box-sizing: border-box; }
@media (max-width: 40rem) {
  body { padding: 1rem; }
  thead { display: none; }
  tr { border-bottom: 1px solid var(--line); display: block; padding: .4rem 0; }
  tr[hidden] { display: none; }
  td { border: 0; display: block; padding: .1rem 0; }
}
"""
_SEARCH = """\
const box = document.getElementById("find"), rows = [...document.querySelectorAll("tbody tr")];
box.addEventListener("input", () => {
  const words = box.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const row of rows) row.hidden = !words.every((word) => row.dataset.find.includes(word));
});
"""


def render(workspace: Path, out: Path) -> int:
    """Write the catalog of a folder's definitions into `out` -> how many pages.

    Errors: DefinitionError out-not-ours where `out` holds files that this did not write, and every problem of the
    definitions: half a workspace makes no catalog.
    """
    ws = load(workspace, strict=True)
    if out.exists() and any(out.iterdir()) and not (out / MARK).is_file():
        raise DefinitionError("out-not-ours", path=str(out))
    pages = {"index.html": _index(ws)}
    pages |= {f"metrics/{name}.html": _metric(ws, metric) for name, metric in ws.model.metrics.items()}
    pages |= {f"datasets/{one.name}.html": _dataset(ws, one) for one in _datasets(ws)}
    for old in out.rglob("*.html"):
        old.unlink()
    for name, text in pages.items():
        file = out / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (out / MARK).write_text("hedu docs\n", encoding="utf-8")
    (out / "style.css").write_text(_STYLE, encoding="utf-8")
    (out / "find.js").write_text(_SEARCH, encoding="utf-8")
    return len(pages)


def _datasets(ws: Workspace) -> list[Dataset]:
    return [one for one in ws.model.datasets.values() if one.definition is not None]


def _page(title: str, body: str, up: str = "../", script: str = "") -> str:
    return (
        f'<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<link rel="stylesheet" href="{up}style.css"></head><body>{body}{script}</body></html>\n'
    )


def _index(ws: Workspace) -> str:
    rows = "".join(_row("metrics", one.name, one.label, one.definition.meaning, one.definition.synonyms, one.unit)
                   for one in sorted(ws.model.metrics.values(), key=lambda one: one.name))  # fmt: skip
    sets = "".join(
        _row("datasets", one.name, one.label, one.definition.meaning if one.definition else Label(), (), None)
        for one in sorted(_datasets(ws), key=lambda one: one.name)
    )
    title = ws.model.settings.label.text("zh", ws.model.settings.name)
    heads = "<thead><tr><th>名称 · Name</th><th>标识 · Identifier</th><th>口径 · Meaning</th></tr></thead>"
    body = (
        f"<h1>{escape(title)} <small>{len(ws.model.metrics)} 个指标 · metrics</small></h1>"
        '<p><input id="find" type="search" aria-label="查找 · Find" placeholder="查找 · Find" autofocus></p>'
        f"<h2>指标 · Metrics</h2><table>{heads}<tbody>{rows}</tbody></table>"
        f"<h2>数据集 · Datasets</h2><table>{heads}<tbody>{sets}</tbody></table>"
    )
    return _page(title, body, "", '<script src="find.js"></script>')


def _row(kind: str, name: str, label: Label, meaning: Label, synonyms: Iterable[str], unit: str | None) -> str:
    find = escape(" ".join((name, label.zh, label.en, *synonyms)).lower())
    link = f'<a href="{kind}/{escape(name)}.html">{escape(label.text("zh", name))}</a>{_soft(unit or "")}'
    cells = f"{link}<br>{_soft(label.en)}", escape(name), f"{escape(meaning.zh)}<br>{_soft(meaning.en)}"
    return f'<tr data-find="{find}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def _soft(text: str) -> str:
    return f' <span class="soft">{escape(text)}</span>' if text else ""


def _metric(ws: Workspace, metric: Metric) -> str:
    told = metric.definition
    facts = {
        "单位 · Unit": metric.unit or "",
        "负责 · Owner": " · ".join(filter(None, (told.owner, told.person))),
        "也叫 · Also": "、".join(told.synonyms),
        "可加 · Additive": "是 · yes" if metric.is_additive else "否 · no",
        "版本 · Meaning": _digest(metric),
    }
    body = (
        _heading(metric.name, metric.label, told.meaning)
        + _list(facts)
        + _links(ws, "由此构成 · Made of", parts_of(ws.model, metric.name))
        + _links(ws, "用于 · Used by", users_of(ws.model, metric.name))
        + f"<h2>维度 · Dimensions</h2><p>{escape('、'.join(_dimensions(ws, metric.name)))}</p>"
        + f"<h2>定义 · Definition</h2><pre>{escape(write(told))}</pre>"
    )
    return _page(metric.label.text("zh", metric.name), body)


def _dataset(ws: Workspace, dataset: Dataset) -> str:
    assert dataset.definition is not None
    body = (
        _heading(dataset.name, dataset.label, dataset.definition.meaning)
        + _links(ws, "指标 · Metrics", built_on(ws.model, datasets=[dataset.name]))
        + f"<h2>定义 · Definition</h2><pre>{escape(write(dataset.definition))}</pre>"
    )
    return _page(dataset.label.text("zh", dataset.name), body)


def _heading(name: str, label: Label, meaning: Label) -> str:
    told = " · ".join(filter(None, (label.en, name)))
    title = f"<h1>{escape(label.text('zh', name))} <small>{escape(told)}</small></h1>"
    words = "".join(f"<p>{escape(text)}</p>" for text in (meaning.zh, meaning.en) if text)
    return f'<p><a href="../index.html">← 目录 · All</a></p>{title}{words}'


def _list(facts: dict[str, str]) -> str:
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in facts.items() if value)
    return f"<dl>{items}</dl>"


def _links(ws: Workspace, title: str, names: Iterable[str]) -> str:
    labels = {name: ws.model.metrics[name].label.text("zh", name) for name in names}
    links = "、".join(
        f'<a href="../metrics/{escape(name)}.html" title="{escape(name)}">{escape(label)}</a>'
        for name, label in labels.items()
    )
    return f"<h2>{title}</h2><p>{links}</p>" if links else ""


def _digest(metric: Metric) -> str:
    from hedu.define.digest import meaning_digest

    return meaning_digest(metric.definition)[:12]


def _dimensions(ws: Workspace, metric: str) -> list[str]:
    try:
        return [one.path for one in ws.dimensions_of(metric)]
    except HeduError:
        return []
