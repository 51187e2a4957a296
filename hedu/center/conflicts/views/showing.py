"""Exhibits -> tables and charts of a page, in the viewer's language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from hedu.alignment.wording import facet_label
from hedu.center.catalog import figures
from hedu.center.conflicts import reads
from hedu.center.conflicts.models import Case
from hedu.center.conflicts.reads.evidence import Exhibit
from hedu.center.conflicts.views import charts, wording

ROWS_MOST = 20
NUMBER = re.compile(r"[−-]?[^\w\s]*\d[\d,]*(\.\d+)?\s?[^\d\s]{0,8}")
"""A number with what may stand around it: −¥12,615, 1,234元, 4.2%."""


@dataclass(frozen=True, slots=True)
class Table:
    head: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    caption: str = ""

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each head, and whether its column holds numbers."""
        return [(name, self._holds_numbers(at)) for at, name in enumerate(self.head)]

    @property
    def lines(self) -> list[list[tuple[Any, bool]]]:
        """Each row as cells, and whether their column holds numbers."""
        are = [self._holds_numbers(at) for at in range(max(map(len, self.rows), default=0))]
        return [list(zip(row, are, strict=False)) for row in self.rows]

    def _holds_numbers(self, at: int) -> bool:
        cells = [str(row[at]) for row in self.rows if at < len(row) and row[at] not in ("", "–")]
        return bool(cells) and all(NUMBER.fullmatch(cell) for cell in cells)


@dataclass(frozen=True, slots=True)
class Shown:
    """One exhibit on the page: a title, a line, facts, tables, a chart. `hidden` names datasets left out."""

    id: str
    kind: str
    title: str
    text: str = ""
    facts: tuple[tuple[str, Any], ...] = ()
    tables: tuple[Table, ...] = ()
    chart: Mapping[str, Any] | None = None
    hidden: tuple[str, ...] = ()
    problem: Any = None
    notes: tuple[str, ...] = field(default=())


def shown(request: HttpRequest, case: Case) -> list[Shown]:
    """The frozen exhibits of the latest finding, as this person may see them."""
    words = wording.Words.of(request, case)
    return [
        DRAWN.get(exhibit.kind, _plain)(f"x{at}", exhibit, words)
        for at, exhibit in enumerate(reads.exhibits(request.actor, case))
    ]


def shown_live(request: HttpRequest, case: Case) -> list[Shown]:
    """The case's questions answered now."""
    found = []
    for at, live in enumerate(reads.live_exhibits(request.actor, case)):
        title = words_of_question(live.question, wording.Words.of(request, case))
        if live.answer is None:
            found.append(Shown(f"l{at}", "live", title, problem=live.problem.as_json(request.lang)))
            continue
        is_long = any(column["role"] == "dimension" for column in live.answer["columns"])
        answer = _lettered(live.answer, case, request.lang)
        chart = {"data": answer, "options": {"height": 240}} if is_long else None
        facts = () if is_long else tuple(_single(live.answer, request.lang))
        found.append(Shown(f"l{at}", "live", title, facts=facts, chart=chart))
    return found


def _lettered(answer: Mapping[str, Any], case: Case, lang: str) -> Mapping[str, Any]:
    """Columns called as the case calls its metrics: two of one label are told apart."""
    labels = {party.name: f"{party.letter} · {party.label}" for party in reads.metrics_of(case, lang)}
    columns = [{**column, "label": labels.get(column["name"], column["label"])} for column in answer["columns"]]
    return {**answer, "columns": columns}


def _single(answer: Mapping[str, Any], lang: str) -> Iterable[tuple[str, Any]]:
    for column, value in zip(answer["columns"], answer["rows"][0] if answer["rows"] else (), strict=False):
        yield column["label"], figures.full(value, column["unit"], lang)


def words_of_question(question: Mapping[str, Any], words: wording.Words) -> str:
    names = question.get("metrics") or ()
    names = [names] if isinstance(names, str) else names
    return words.listed(words.metric(name) for name in names)


# --- one drawing for each kind of exhibit ----------------------------------------------------------------


def _facets(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """What differs, side by side."""
    rows = exhibit.facts.get("rows") or exhibit.facts.get("facets") or ()
    told = tuple(
        (facet_label(str(row.get("facet", "")), words.lang), words.cell(row.get("a")), words.cell(row.get("b")))
        for row in rows
        if isinstance(row, Mapping)
    )
    one, other = words.name_of(exhibit.facts.get("a"), 0), words.name_of(exhibit.facts.get("b"), 1)
    return Shown(at, "facets", _("口径差在哪里"), tables=(Table((_("方面"), one, other), told),), hidden=exhibit.hidden)


def _bridge(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """From one total to the other: buckets that add up to the gap."""
    facts, unit = exhibit.facts, words.unit
    names = words.buckets()
    buckets = [dict(bucket) for bucket in facts.get("buckets", ())]
    for bucket in buckets:
        bucket["label"] = names.get(str(bucket.get("bucket")), str(bucket.get("bucket", "")))
    rows = tuple((b["label"], words.cell(b.get("rows")), words.amount(b.get("amount"), unit)) for b in buckets)
    total = (_("合计差额"), "", words.amount(facts.get("gap"), unit))
    tables = [Table((_("差在哪里"), _("行数"), _("金额")), (*rows, total))]
    samples = [(b["label"], sample) for b in buckets for sample in b.get("samples", ())]
    if samples:
        tables.append(_rows_table([sample for _label, sample in samples], _("差额最大的行"), words))
    told = (
        (words.letter_name(0), words.amount(facts.get("total_a"), unit)),
        (words.letter_name(1), words.amount(facts.get("total_b"), unit)),
        (_("期间"), f"{facts.get('since', '')} – {facts.get('until', '')}"),
    )
    chart = charts.waterfall([(b["label"], wording.as_number(b.get("amount"))) for b in buckets], _("差额"), unit)
    return Shown(at, "bridge", _("差额的构成"), facts=told, tables=tuple(tables), chart=chart, hidden=exhibit.hidden)


def _gap(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """The gap by period, where it is a series; else the two numbers."""
    gaps = [row for row in exhibit.facts.get("gaps", ()) if isinstance(row, Mapping)]
    if not gaps:
        return _plain(at, exhibit, words)
    points = [(str(row.get("period")), [row.get("gap")]) for row in gaps]
    chart = charts.series(points, [(_("相对差额"), "%")], str(exhibit.facts.get("grain", "month")), scale=100)
    return Shown(at, "gap", _("各期差额"), chart=chart, hidden=exhibit.hidden)


def _series(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """Two or more series by period."""
    facts = exhibit.facts
    rows = [row for row in (facts.get("rows") or facts.get("points") or ()) if isinstance(row, Mapping)]
    names = [key for key in (rows[0] if rows else ()) if key != "period"]
    points = [(str(row.get("period")), [row.get(name) for name in names]) for row in rows]
    if not points:
        return _plain(at, exhibit, words)
    labels = [(words.name_of(name, index), "") for index, name in enumerate(names)]
    chart = charts.series(points, labels, str(facts.get("grain", "month")))
    rest = words.pairs({key: value for key, value in facts.items() if key not in ("rows", "points", "grain")})
    return Shown(at, "series", _("走势"), chart=chart, facts=rest, hidden=exhibit.hidden)


def _witness(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """The smallest rows on which two definitions answer differently."""
    facts = exhibit.facts
    found = {name: rows for name, rows in _tables_in(facts) if all(isinstance(row, Mapping) for row in rows)}
    answers = [name for name in ("answer_a", "answer_b") if name in found]
    tables = [_rows_table(rows, words.key(name), words) for name, rows in found.items() if rows and name not in answers]
    tables += [
        _rows_table(found[name], words.key(name), words)
        if found[name]
        else Table((), ((_("没有数据"),),), words.key(name))
        for name in answers
    ]
    rest = {key: value for key, value in facts.items() if not isinstance(value, list | Mapping)}
    text = _("用这几行数据，两个口径算出不同的结果。")
    return Shown(at, "witness", _("见证数据"), text, words.pairs(rest), tuple(tables), hidden=exhibit.hidden)


def _tables_in(facts: Mapping[str, Any]) -> Iterable[tuple[str, list[Any]]]:
    for name, value in facts.items():
        if isinstance(value, list):
            yield name, value
        elif isinstance(value, Mapping):
            yield from _tables_in(value)


def _shares(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """How much of the gap (or of a metric) each part explains."""
    rows = [row for row in exhibit.facts.get("shares", ()) if isinstance(row, Mapping)]
    told = [(words.share_name(row), wording.as_number(row.get("share"))) for row in rows]
    table = Table((_("来自"), _("占比")), tuple((name, wording.percent(share)) for name, share in told))
    chart = charts.bars([(name, share * 100) for name, share in told if share is not None], _("占比"), "%")
    rest = {key: value for key, value in exhibit.facts.items() if key not in ("shares", "of")}
    return Shown(
        at, "shares", _("各占多少"), facts=words.pairs(rest), tables=(table,), chart=chart, hidden=exhibit.hidden
    )


def _rows_table(rows: list[Any], caption: str, words: wording.Words) -> Table:
    heads = list(dict.fromkeys(key for row in rows[:ROWS_MOST] for key in row if row[key] not in (None, "", [])))
    told = tuple(tuple(words.cell(row.get(head)) for head in heads) for row in rows[:ROWS_MOST])
    return Table(tuple(words.key(head) for head in heads), told, caption)


def _plain(at: str, exhibit: Exhibit, words: wording.Words) -> Shown:
    """Facts as they are: numbers and names in a list, lists of objects as tables."""
    simple = {key: value for key, value in exhibit.facts.items() if not wording.is_table(value)}
    tables = tuple(
        _rows_table(value, words.key(key), words) for key, value in exhibit.facts.items() if wording.is_table(value)
    )
    return Shown(at, exhibit.kind, words.kind(exhibit.kind), "", words.pairs(simple), tables, hidden=exhibit.hidden)


DRAWN: Mapping[str, Callable[[str, Exhibit, wording.Words], Shown]] = {
    "facets": _facets,
    "bridge": _bridge,
    "gap": _gap,
    "series": _series,
    "witness": _witness,
    "shares": _shares,
}
