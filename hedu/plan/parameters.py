"""Declared parameters + what a question sets -> a bound value for each."""

from __future__ import annotations

from datetime import date

from sqlglot import exp

from hedu.define.definitions import ParameterDef
from hedu.errors import QueryError, suggest
from hedu.plan.asking import Asking
from hedu.plan.periods import parse_period

Value = date | str | float | bool


def bind_parameters(asking: Asking) -> dict[str, exp.Var]:
    """A place for the value of every parameter that has one. Errors: parameter-unknown, parameter-unfit."""
    declared = {one.name: one for one in asking.model.settings.parameters}
    given = dict(asking.question.parameters)
    for name in given:
        if name not in declared:
            raise QueryError("parameter-unknown", name=name, known=list(declared), near=suggest(name, declared))
    values = {name: given.get(name, one.default) for name, one in declared.items()}
    return {
        name: asking.bind(_value(declared[name], value, asking)) for name, value in values.items() if value is not None
    }


def _value(parameter: ParameterDef, value: object, asking: Asking) -> Value:
    """`value` in the parameter's type."""
    text = str(value).strip()
    if parameter.choices and text not in parameter.choices:
        raise _unfit(parameter, text)
    try:
        match parameter.type:
            case "text" | "any":
                return text
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "number":
                return int(text) if text.lstrip("+-").isdigit() else float(text)
            case "date" | "timestamp":
                return parse_period(text, asking.now).start
    except (KeyError, ValueError, QueryError):
        raise _unfit(parameter, text) from None


def _unfit(parameter: ParameterDef, text: str) -> QueryError:
    choices = list(parameter.choices) or [parameter.type]
    return QueryError("parameter-unfit", name=parameter.name, value=text[:80], choices=choices)
