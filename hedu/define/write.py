"""Definition -> canonical YAML text. Reading the text gives the definition back."""

from __future__ import annotations

from typing import Any

from yaml import MappingNode

from hedu.define.fields import FieldKind, Named, One, Shape, Texts
from hedu.define.layout import arrange, node_of, rendered
from hedu.define.plain import Definition, plain, shape_of


def write(definition: Definition) -> str:
    """The canonical text of one definition.

    >>> from hedu.define.definitions import MetricDef, Simple
    >>> print(write(MetricDef("orders", Simple("orders.lines"), unit="笔")), end="")
    version: 1
    metric: orders
    unit: 笔
    simple: {measure: orders.lines}
    """
    shape = shape_of(definition)
    node = node_of(shortened(shape, plain(shape, definition)))
    assert isinstance(node, MappingNode)
    arrange(shape, node)
    node.flow_style = False
    return rendered(node)


def shortened(shape: Shape, data: dict[str, Any]) -> dict[str, Any]:
    """`data` with bare texts wherever the format lets one stand for an object or a list of one."""
    return {key: _shortened_value(shape.fields[key].kind, value) for key, value in data.items()}


def _shortened_value(kind: FieldKind, value: Any) -> Any:
    match kind:
        case Texts(often_one=True) if len(value) == 1:
            return value[0]
        case Named(shape=shape):
            return {name: _bare(shape, item) for name, item in value.items()}
        case One(shape=shape) if shape.name == "metric reference":
            return _bare(shape, value)
        case One(shape=shape):
            return shortened(shape, value)
        case _:
            return value


def _bare(shape: Shape, item: dict[str, Any]) -> Any:
    short = shortened(shape, item)
    if shape.short and list(short) == [shape.short] and not isinstance(short[shape.short], dict):
        return short[shape.short]
    return short
