"""What ClickHouse reads otherwise of numbers and texts: it cuts where others round, and replaces all for the first."""

from __future__ import annotations

from sqlglot import exp

from hedu.sql.dialects.passes import INTEGERS, WHOLE, call, each

_FINER, _MOST, _LONGEST = 6, 38, 76
"""Places kept beyond those that are wanted, before they are rounded."""


def _rounded(node: exp.Expr) -> exp.Expr | None:
    """A number that becomes a whole one, or one of fewer places, is rounded."""
    if node.this.is_int or isinstance(node.this.unnest(), WHOLE):
        return None
    kind = node.args["to"]
    if kind.is_type(*INTEGERS):
        fine = type(node)(this=node.this.copy(), to=exp.DataType.build(f"decimal({_MOST}, 9)"))
        even, away = call("roundBankers", fine), call("round", fine.copy())
        return type(node)(this=call("if", _is_float(node.this), even, away), to=kind)
    sizes = [int(one.name) for one in kind.expressions] if kind.is_type(exp.DType.DECIMAL) else []
    if not sizes or isinstance(node.this, exp.Anonymous):
        return None
    most, places = sizes[0], sizes[1] if len(sizes) > 1 else 0
    room = _MOST if most + _FINER <= _MOST else _LONGEST
    fine = type(node)(this=node.this.copy(), to=exp.DataType.build(f"decimal({room}, {places + _FINER})"))
    return type(node)(this=call("round", fine, exp.Literal.number(places)), to=kind)


def _strict(node: exp.Expr) -> None:
    """A text that is no number is refused: a type that may be NULL would make NULL of it. NULL itself stays so."""
    if type(node) is exp.Cast and not isinstance(node.this.unnest(), exp.Null):
        node.to.set("nullable", False)


def _is_float(value: exp.Expr) -> exp.Expr:
    return call("match", call("toTypeName", value.copy()), exp.Literal.string("Float"))


def _away(node: exp.Expr) -> exp.Expr | None:
    """A half goes away from nought, of floats too."""
    places = node.args.get("decimals")
    if places is not None and not places.is_int:
        return None
    value, power = node.this, 10 ** max(int(places.name), 0) if places is not None and places.is_number else 1
    half = call("toDecimal32", exp.Literal.string("0.5"), exp.Literal.number(1))
    scaled = exp.Mul(this=call("abs", value.copy()), expression=exp.Literal.number(power))
    far = call("floor", exp.Add(this=scaled, expression=half))
    float_way = call("divide", exp.Mul(this=call("sign", value.copy()), expression=far), exp.Literal.number(power))
    plain = call("round", value.copy(), *([places.copy()] if places is not None else []))
    return call("if", _is_float(value), float_way, plain)


def _log(node: exp.Expr) -> exp.Expr | None:
    """Of base ten, unless another is given."""
    if node.expression is None:
        return call("log10", node.this)
    return None


def _joined(node: exp.Expr) -> exp.Expr:
    """What is NULL is left out, its separator too."""
    between, *parts = node.expressions
    texts = [one if one.is_string else exp.cast(one, "text") for one in parts]
    return call("arrayStringConcat", exp.Array(expressions=texts), between)


def _replaced(node: exp.Expr) -> exp.Expr:
    """The first place that fits, or all where `g` says so."""
    flags = node.args.get("modifiers")
    name = "replaceRegexpAll" if flags is not None and "g" in flags.name else "replaceRegexpOne"
    return call(name, node.this, node.expression, node.args["replacement"])


NUMBERS = (
    each((exp.Cast, exp.TryCast), _rounded),
    each(exp.Cast, _strict),
    each(exp.Round, _away),
    each(exp.Log, _log),
    each(exp.ConcatWs, _joined),
    each(exp.RegexpReplace, _replaced),
)
