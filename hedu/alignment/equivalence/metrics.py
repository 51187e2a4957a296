"""Two metrics of a model -> verdict: equal by form, different with a witness the planner answered, or unproven."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from sqlglot import exp

from hedu.alignment.equivalence.databases import Column, Row, Sheet
from hedu.alignment.equivalence.diagrams import TooComplex
from hedu.alignment.equivalence.facets import differing
from hedu.alignment.equivalence.forms import ANY_DAY, Forms
from hedu.alignment.equivalence.gaps import gap_between
from hedu.alignment.equivalence.sheets import sheets_of
from hedu.alignment.equivalence.verdict import Verdict, Witness
from hedu.alignment.equivalence.witnesses import Asked, Reading, Scratch, search
from hedu.alignment.scene import Look
from hedu.define.definitions import Derived, Simple
from hedu.errors import HeduError
from hedu.model.types import Dataset, Model
from hedu.plan.offered import dimensions_of
from hedu.plan.planner import plan
from hedu.plan.relation import FILES
from hedu.query import ALL, Question
from hedu.sql.render import page_select

_MOST_DIMENSIONS = 2
FIRST = 2
"""Most pairs differ as a whole or over time: further questions are put only where these find nothing."""


def of_metrics(model: Model, a: str, b: str, look: Look | None = None, forms: Forms | None = None) -> Verdict:
    """Whether metrics `a` and `b` give the same number whatever the data.

    EQUAL only by form; DIFFERENT only with a witness: both were asked, by the planner, over the same small
    database, and answered differently. A group in which nothing is counted is taken as not answered at all.
    With a `look` two that are not equal also have their gap on real data. `forms` shares work between comparisons.
    """
    forms = forms or Forms(model)
    one, other = forms.of(a), forms.of(b)
    if one is not None and other is not None and one.term == other.term:
        return Verdict("equal")
    relation = forms.relation(a, b)
    witness, tries = witness_between(model, a, b, look, forms)
    gap = gap_between(model, a, b, look) if look is not None else None
    facets = differing(model, a, b, forms)
    return Verdict("different" if witness is not None else "unproven", tries, witness, relation, facets, gap)


def witness_between(
    model: Model, a: str, b: str, look: Look | None = None, forms: Forms | None = None
) -> tuple[Witness | None, int]:
    """A small database on which the two answer differently, and how many were tried."""
    splits = list(_splits(model, a, b))
    known, tries = _known(model, a, b, forms or Forms(model)), 0
    for some in (splits[:FIRST], splits[FIRST:]):
        questions = list(_questions(model, a, b, some))
        try:
            sheets = sheets_of([tree for one in questions for tree in (one.a, one.b)], known)
        except TooComplex:
            continue
        if questions and sheets:
            witness, tried = search(questions, sheets, scratch_of(look))
            if witness is not None:
                return witness, tried
            tries = max(tries, tried)
    return None, tries


def scratch_of(look: Look | None) -> Scratch:
    """Throw-away databases, the look's own where there is one."""
    if look is not None:
        return look.scratch
    from hedu.engine.scratch import scratch

    return scratch


def _questions(model: Model, a: str, b: str, splits: Sequence[tuple[str, ...]]) -> Iterator[Asked]:
    """The same questions to both: as a whole, by time, and by what both can be split by."""
    for by in splits:
        trees = [_tree(model, metric, by) for metric in (a, b)]
        if trees[0] is not None and trees[1] is not None:
            yield Asked(trees[0], trees[1], _reading(model, a, by), _reading(model, b, by), by)


def _splits(model: Model, a: str, b: str) -> Iterator[tuple[str, ...]]:
    yield ()
    offered = dimensions_of(model, (a, b), ALL)
    times = [one for one in offered if one.path == "metric_time"]
    for time in times:
        for grain in ("day", "month", "quarter"):
            if grain in time.grains:
                yield (f"metric_time.{grain}",)
                break
    plain = [one for one in offered if one.path != "metric_time" and not one.grains and not one.many]
    plain.sort(key=lambda one: "." in one.path)
    for one in plain[:_MOST_DIMENSIONS]:
        yield (one.path,)
    if times and plain and "month" in times[0].grains:
        yield ("metric_time.month", plain[0].path)


def _tree(model: Model, metric: str, by: tuple[str, ...]) -> exp.Expr | None:
    try:
        made = plan(model, Question((metric,), by=by), ANY_DAY)
        return None if made.parameters else page_select(made.root)
    except HeduError:
        return None


def _reading(model: Model, metric: str, by: Sequence[str]) -> Reading:
    is_nothing = (None, 0) if by and counts(model, metric) else (None,)

    def read(rows: Sequence[Row]) -> list[Row]:
        return [row for row in rows if row[metric] not in is_nothing]

    return read


def counts(model: Model, metric: str) -> bool:
    """Whether 0 is what the metric says where there is nothing: a count, or sums and differences of counts."""
    body = model.metrics[metric].body
    if isinstance(body, Simple):
        dataset, _, measure = body.measure.rpartition(".")
        return model.datasets[dataset].measures[measure].agg in ("count", "count_distinct")
    return isinstance(body, Derived) and all(counts(model, part) for part in model.uses.get(metric, ()))


def _reached(model: Model, a: str, b: str) -> Iterator[Dataset]:
    """The datasets two metrics rest on and those joined to them."""
    pending = [dataset for name in (a, b) for dataset, _ in model.leaves(name)]
    seen: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in seen:
            seen.add(name)
            yield model.datasets[name]
            pending += [join.right for join in model.datasets[name].joins]


def _known(model: Model, a: str, b: str, forms: Forms) -> Mapping[str, Sheet]:
    """What the model tells of the tables: kinds of columns, primary keys."""
    found: dict[str, Sheet] = {}
    for dataset in _reached(model, a, b):
        if dataset.source.select is not None:
            continue
        name = (dataset.source.table or ".".join((*FILES, dataset.name))).replace('"', "")
        sheet = found.setdefault(name, Sheet())
        for column, kind in forms.kinds_of(dataset).items():
            sheet.columns.setdefault(column, Column(kind))
        definition = dataset.definition
        if definition is not None and not sheet.primary:
            sheet.primary = tuple(one.strip('"') for one in definition.primary_key)
            for one in sheet.primary:
                sheet.columns.setdefault(one, Column())
    return found
