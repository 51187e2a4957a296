"""Actor + question -> answer. The only way the center asks: always under the actor's access."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import hedu
from hedu.center.catalog import counting, figures, serving
from hedu.center.catalog.naming import under_names
from hedu.center.catalog.reads.entries import may_see_sql
from hedu.center.kernel.actor import Actor
from hedu.center.kernel.events import Event, publish
from hedu.center.people.reads import access_of
from hedu.model.resting import referred_to, rests_on
from hedu.plan.choices import choices_of
from hedu.query import Access, Question, Result, RowFilter

TIMEOUT_SECONDS = 30.0
ROWS_MOST = 20_000
VALUES_MOST = 50
NAMING = ("metrics", "by", "where", "order")


@dataclass(frozen=True, slots=True)
class Asker:
    """A person with what is served now and what they may see of it: for pages that ask more than once."""

    actor: Actor
    served: serving.Served
    access: Access

    @property
    def workspace(self) -> hedu.Workspace:
        return self.served.workspace

    def ask(self, metrics: Question | str | Iterable[str] = (), **question: Any) -> Result:
        """The answer under this person's access. Errors: those of Workspace.ask."""
        question.setdefault("timeout", TIMEOUT_SECONDS)
        if isinstance(metrics, Question):
            metrics = replace(metrics, **self.now({key: getattr(metrics, key) for key in NAMING}))
        else:
            question = self.now({**question, "metrics": metrics if isinstance(metrics, str) else tuple(metrics)})
            metrics = question.pop("metrics")
        result = self.workspace.ask(metrics, **{**question, "access": self.access})
        self._count(result)
        return result

    def unmatched(self, **question: Any) -> list[dict[str, Any]]:
        """What the question's joins found no partner for, as far as this person sees rows. Errors: those of `ask`."""
        asked = {"timeout": TIMEOUT_SECONDS, **self.now(question), "access": self.access}
        lang, words = "en" if self.actor.lang == "en" else "zh", self.served.words
        return [
            {
                "fact": one.fact,
                "path": one.path,
                "dataset": one.dataset,
                "rows": one.rows,
                "counted": one.counted,
                "fact_label": words.dataset(one.fact, lang),
                "dataset_label": words.dataset(one.dataset, lang),
            }
            for one in self.workspace.unmatched(**asked)
        ]

    def now(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """The question under the names that metrics have today."""
        return under_names(question, self.served.former, self.workspace.model)

    def _count(self, result: Result) -> None:
        asked = [column.name for column in result.columns if column.role == "metric"]
        if asked and not self.actor.is_system:
            counting.add(asked, min(self.actor.departments, default=None))
            if counting.is_due():
                publish(Event("catalog.asked", self.actor))


def asker(actor: Actor) -> Asker:
    """`actor` ready to ask of what is published now."""
    return Asker(actor, serving.served(), access_of(actor))


def workspace() -> hedu.Workspace:
    """The published catalog over the warehouse. Shared: never ask it directly, `ask` does so under access."""
    return serving.served().workspace


def ask(actor: Actor, metrics: Question | str | Iterable[str] = (), **question: Any) -> Result:
    """The answer to a question under the actor's access. Errors: those of Workspace.ask."""
    return asker(actor).ask(metrics, **question)


def is_partial(who: Asker, metric: str) -> bool:
    """Whether the person's rights may leave rows out that the metric counts or looks at."""
    return bool(limits_of(who, metric))


def limits_of(who: Asker, metric: str) -> tuple[RowFilter, ...]:
    """The row filters that may change the metric's number for this person: on its datasets, those its filters look at,
    and all that their rows refer to. Where one grant shows every row, others on the same dataset take nothing away."""
    model = who.workspace.model
    if metric not in model.metrics or not who.access.rows:
        return ()
    whole = {item.dataset for item in who.access.rows if item.where.strip().lower() in ("", "true")}
    counted = referred_to(model, rests_on(model, metric)) - whole
    return tuple(item for item in who.access.rows if item.dataset in counted)


def dimensions_of(actor: Actor, metrics: Sequence[str]) -> list[dict[str, Any]]:
    """What `metrics` can be split by, as the explorer shows it."""
    who = asker(actor)
    metrics = who.now({"metrics": tuple(metrics)})["metrics"]
    lang = "en" if actor.lang == "en" else "zh"
    words = who.served.words
    return [
        {
            "path": info.path,
            "label": info.label.text(lang, info.name),
            "type": info.type,
            "grains": list(info.grains),
            "dataset": info.dataset,
            "group": words.dataset(info.dataset, lang) if info.dataset else "",
            "synonyms": list(info.synonyms),
        }
        for info in who.workspace.dimensions_of(metrics, access=who.access)
    ]


def choices_for(actor: Actor, metrics: Sequence[str]) -> dict[str, Any]:
    """What a question about `metrics` may set besides dimensions, as the explorer shows it."""
    who = asker(actor)
    metrics = who.now({"metrics": tuple(metrics)})["metrics"]
    model, lang = who.workspace.model, "en" if actor.lang == "en" else "zh"
    if any(name not in model.metrics for name in metrics):
        return {"parameters": [], "windows": [], "zones": [], "currencies": []}
    found = choices_of(model, metrics)
    return {
        "parameters": [
            {
                "name": one.name,
                "label": one.label.text(lang, one.name),
                "type": one.type,
                "default": one.default,
                "choices": list(one.choices),
            }
            for one in found.parameters
        ],
        "windows": list(found.windows),
        "zones": list(found.zones),
        "currencies": list(found.currencies),
    }


def values_of(actor: Actor, dimension: str, q: str = "", metrics: Sequence[str] = ()) -> list[Any]:
    """Values of a dimension that hold `q`, at most fifty, as far as the actor may see them."""
    who = asker(actor)
    first = who.now({"metrics": tuple(metrics)})["metrics"][:1]
    result = who.workspace.ask(
        first,
        by=(dimension,),
        where=(f"{dimension} ILIKE {_pattern(q)}",) if q else (),
        order=(f"-{first[0]}",) if first else (dimension,),
        limit=VALUES_MOST * (4 if q else 1),
        access=who.access,
        timeout=TIMEOUT_SECONDS,
    )
    values = [plain_cell(value) for value in result.table.column(0).to_pylist()]
    kept = [value for value in values if q.casefold() in str(value).casefold()] if q else values
    return kept[:VALUES_MOST]


def result_json(result: Result, lang: str, actor: Actor | None = None) -> dict[str, Any]:
    """The answer as islands and programs read it; SQL only for those who may see it."""
    return {
        "columns": [_column(column, lang) for column in result.columns],
        "rows": [list(row) for row in zip(*_cells(result.table), strict=True)],
        "totals": [cells[0] for cells in _cells(result.totals)] if result.totals is not None else None,
        "receipt": _receipt(result, bool(actor and may_see_sql(actor))),
    }


def plain_cell(value: Any) -> Any:
    """A cell as JSON holds it: dates as ISO text, decimals as numbers, no NaN."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case float() if not math.isfinite(value):
            return None
        case datetime() if value.time() == time() and value.tzinfo is None:
            return value.date().isoformat()
        case datetime() | date() | time():
            return value.isoformat()
        case _:
            return value


def _cells(table: Any) -> list[list[Any]]:
    return [[plain_cell(value) for value in column.to_pylist()] for column in table.columns]


def _column(column: Any, lang: str) -> dict[str, Any]:
    label = (column.label_en or column.label_zh) if lang == "en" else (column.label_zh or column.label_en)
    return {
        "name": column.name,
        "role": column.role,
        "label": label or column.name,
        "type": column.type,
        "unit": figures.worded(column.unit, "en" if lang == "en" else "zh") or None,
        "grain": column.grain,
        "of": column.of,
        "direction": column.direction,
        "additive": column.additive,
    }


def _receipt(result: Result, with_sql: bool) -> dict[str, Any]:
    receipt = result.receipt
    told = {
        "definitions": dict(receipt.definitions),
        "engine": receipt.engine.split(":", 1)[0],
        "milliseconds": receipt.milliseconds,
        "rows": receipt.rows,
        "watermarks": dict(receipt.watermarks),
        "snapshot": receipt.snapshot,
        "cached": receipt.cached,
        "notes": list(receipt.notes),
        "rollups": list(receipt.rollups),
    }
    return {**told, "sql": receipt.sql} if with_sql else told


def _pattern(text: str) -> str:
    """A quoted pattern that finds `text`. Its wildcards stand for any one character: what is too much is sifted out."""
    plain = "".join("_" if mark in "%_\\" else mark for mark in text).replace("'", "''")
    return f"'%{plain}%'"
