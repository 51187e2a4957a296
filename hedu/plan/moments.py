"""A time compared with written periods -> half-open ranges: `<= '2024-03'` holds to the end of March."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlglot import exp

from hedu.errors import QueryError
from hedu.model.expressions import path_of, references
from hedu.plan.asking import Asking
from hedu.plan.keys import Key
from hedu.plan.periods import WEEK_STARTS, parse_period

COMPARISONS = (
    *(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.In, exp.Between, exp.Like, exp.ILike),
)
_TURNED: dict[type[exp.Expr], type[exp.Expr]] = {exp.GT: exp.LT, exp.LT: exp.GT, exp.GTE: exp.LTE, exp.LTE: exp.GTE}


@dataclass(frozen=True, slots=True)
class Span:
    """What a text of time covers: from `start` up to but not including `end`, or one instant where there is no end."""

    start: date | datetime
    end: date | None = None


Place = Callable[[date | datetime], exp.Expr]
Read = Callable[[str], Span | None]


def span_of(asking: Asking, text: str, of_days: bool) -> Span:
    """What `text` covers; a day is one instant to a time kept `of_days`. Errors: period-unreadable."""
    settings = asking.model.settings
    if ":" in text:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            raise QueryError("period-unreadable", text=text, field="where") from None
        if moment.tzinfo is not None:
            moment = moment.astimezone(ZoneInfo(settings.time_zone)).replace(tzinfo=None)
        return Span(moment)
    found = parse_period(text, asking.now, field="where", week_start=WEEK_STARTS[settings.week_start])
    is_instant = (of_days and found.grain == "day") or found.end == found.start
    return Span(found.start, None if is_instant else found.end)


def span_if_any(asking: Asking, text: str, of_days: bool) -> Span | None:
    """What `text` covers, or None where it is no period: a definition may spell times as its database does."""
    try:
        return span_of(asking, text, of_days)
    except QueryError:
        return None


def type_times(root: exp.Expr, keys: Mapping[str, Key], read: Callable[[str, bool], Span | None], place: Place) -> None:
    """Comparisons of times with texts become comparisons with the days those cover."""
    for name in references(root):
        key = keys.get(path_of(name))
        if key is None or not _is_moment(key):
            continue
        comparison = comparison_of(name, exp.Coalesce)
        if comparison is None:
            continue
        for inner in comparison.find_all(exp.Coalesce):
            _typed_default(inner, _reader(read, True), place)
        reader = _reader(read, _is_of_days(key))
        comparison.replace(within_spans(comparison, reader, place))


def _reader(read: Callable[[str, bool], Span | None], of_days: bool) -> Callable[[str], Span | None]:
    return lambda text: read(text, of_days)


def _typed_default(call: exp.Coalesce, read: Callable[[str], Span | None], place: Place) -> None:
    for one in call.expressions:
        span = read(one.this) if isinstance(one, exp.Literal) and one.is_string else None
        if span is not None:
            one.replace(place(span.start))


def _is_moment(key: Key) -> bool:
    return key.target.dimension is not None and key.target.dimension.is_time and not key.asked.is_number


def _is_of_days(key: Key) -> bool:
    if key.asked.custom is not None:
        return True
    if key.asked.grain is not None:
        return key.asked.grain not in ("second", "minute", "hour")
    return key.target.dimension is not None and key.target.dimension.type == "date"


def comparison_of(name: exp.Expr, *through: type[exp.Expr]) -> exp.Expr | None:
    comparison: exp.Expr | None = name.parent
    while comparison is not None and isinstance(comparison, (exp.Paren, exp.Neg, *through)):
        comparison = comparison.parent
    return comparison if isinstance(comparison, COMPARISONS) else None


def within_spans(comparison: exp.Expr, read: Read, place: Place) -> exp.Expr:
    """`comparison` of a time with texts, each text standing for all it covers; what `read` does not know stays."""
    if isinstance(comparison, exp.Between):
        time = comparison.this
        low = exp.GTE(this=time.copy(), expression=comparison.args["low"].copy())
        high = exp.LTE(this=time.copy(), expression=comparison.args["high"].copy())
        return exp.paren(exp.and_(within_spans(low, read, place), within_spans(high, read, place)))
    if isinstance(comparison, exp.In):
        return _in(comparison, read, place)
    kind, time, other = type(comparison), comparison.this, comparison.expression
    if _text(time) is not None:
        kind, time, other = _TURNED.get(kind, kind), other, time
    text = _text(other)
    span = read(text) if text is not None and _text(time) is None else None
    return _compared(kind, time, span, place) if span is not None else comparison.copy()


def _in(comparison: exp.In, read: Read, place: Place) -> exp.Expr:
    texts = [_text(item) for item in comparison.expressions]
    spans = [read(text) if text is not None else None for text in texts]
    if any(span is None for span in spans):
        return comparison.copy()
    if all(span is not None and span.end is None for span in spans):
        places = [place(span.start) for span in spans if span is not None]
        return exp.In(this=comparison.this.copy(), expressions=places)
    inside = (_compared(exp.EQ, comparison.this, span, place) for span in spans if span is not None)
    return exp.paren(exp.or_(*inside, copy=False))


def _compared(kind: type[exp.Expr], time: exp.Expr, span: Span, place: Place) -> exp.Expr:
    if span.end is None:
        return kind(this=time.copy(), expression=place(span.start))
    if kind in (exp.GTE, exp.LT):
        return kind(this=time.copy(), expression=place(span.start))
    if kind in (exp.GT, exp.LTE):
        after = exp.GTE if kind is exp.GT else exp.LT
        return after(this=time.copy(), expression=place(span.end))
    conditions: list[exp.Expr] = [
        exp.GTE(this=time.copy(), expression=place(span.start)),
        exp.LT(this=time.copy(), expression=place(span.end)),
    ]
    if kind in (exp.NullSafeEQ, exp.NullSafeNEQ):
        conditions.insert(0, exp.not_(exp.Is(this=time.copy(), expression=exp.null())))
    inside = exp.paren(exp.and_(*conditions, copy=False))
    return exp.not_(inside) if kind in (exp.NEQ, exp.NullSafeNEQ) else inside


def _text(tree: exp.Expr) -> str | None:
    inner = tree.unnest()
    return inner.this if isinstance(inner, exp.Literal) and inner.is_string else None
