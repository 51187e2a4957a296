"""The kinds of value a field can hold and the shape of an object: what the field table is written in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, dataclass
from dataclasses import Field as DataField
from functools import cached_property
from typing import Any


@dataclass(frozen=True, slots=True)
class Text:
    """Any text."""


@dataclass(frozen=True, slots=True)
class Sql:
    """An SQL expression or SELECT, kept as text."""


@dataclass(frozen=True, slots=True)
class Name:
    """An identifier that other definitions may use."""


@dataclass(frozen=True, slots=True)
class Member:
    """`dataset.member`."""


@dataclass(frozen=True, slots=True)
class Zone:
    """The name of a time zone."""


@dataclass(frozen=True, slots=True)
class Version:
    """The version of the format: 1."""


@dataclass(frozen=True, slots=True)
class Flag:
    """true or false."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of `values`."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Texts:
    """A list of texts; a single text stands for a list of one, and is written so where `often_one`."""

    often_one: bool = False


@dataclass(frozen=True, slots=True)
class Keys:
    """A list of keys, each a column or a list of columns."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text in one language, or {zh: ..., en: ...}."""


@dataclass(frozen=True, slots=True)
class Band:
    """Two numbers, the lower first."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number from `low` to `high`."""

    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time: "7 days", "1 month"; with `custom` also of periods that a time spine names."""

    custom: bool = False


@dataclass(frozen=True, slots=True)
class Free:
    """Anything: extensions of others."""


@dataclass(frozen=True, slots=True)
class One:
    """One object of a shape."""

    shape: Shape


@dataclass(frozen=True, slots=True)
class Named:
    """Objects of a shape under their names; `pairs` keeps (name, object) where objects hold no name."""

    shape: Shape
    pairs: bool = False


FieldKind = (
    Text
    | Sql
    | Name
    | Member
    | Zone
    | Version
    | Flag
    | Choice
    | Texts
    | Keys
    | Wording
    | Band
    | Number
    | Span
    | Free
    | One
    | Named
)


@dataclass(frozen=True, slots=True)
class Field:
    """A key of an object: what it holds, which attribute it becomes, what it is for in both languages."""

    key: str
    kind: FieldKind
    zh: str
    en: str
    attr: str = ""
    required: bool = False

    @property
    def into(self) -> str:
        return self.attr or self.key


@dataclass(frozen=True, slots=True)
class Either:
    """Keys of which exactly one stands (at most one, unless required); they become the one attribute `attr`.

    With `wrap`, the attribute is `wrap(<field's attribute>=value)`; without, the value itself.
    """

    attr: str
    fields: tuple[Field, ...]
    wrap: Callable[..., Any] | None = None
    required: bool = True


@dataclass(frozen=True)
class Shape:
    """An object: its keys in canonical order and the dataclass they make.

    `short` is the key that a bare text (or list) stands for; `empty` allows no value at all, meaning the
    defaults; `named` says that the dataclass takes the name it stands under.
    """

    name: str
    make: Callable[..., Any]
    parts: tuple[Field | Either, ...]
    short: str | None = None
    empty: bool = False
    named: bool = False

    @cached_property
    def fields(self) -> dict[str, Field]:
        """Key -> field, in canonical order, alternatives included."""
        found: dict[str, Field] = {}
        for part in self.parts:
            for item in part.fields if isinstance(part, Either) else (part,):
                found[item.key] = item
        return found

    @cached_property
    def alternatives(self) -> dict[str, Either]:
        """Key -> the alternatives it belongs to."""
        return {item.key: part for part in self.parts if isinstance(part, Either) for item in part.fields}

    @cached_property
    def required(self) -> tuple[Field, ...]:
        return tuple(part for part in self.parts if isinstance(part, Field) and part.required)

    @cached_property
    def eithers(self) -> tuple[Either, ...]:
        return tuple(part for part in self.parts if isinstance(part, Either))

    @cached_property
    def laid_out(self) -> tuple[tuple[Field | Either, str, Any], ...]:
        """Each part with the attribute it becomes and what that is where nothing is said (MISSING: it must be said)."""
        known: dict[str, DataField[Any]] = getattr(self.make, "__dataclass_fields__")  # noqa: B009
        found: list[tuple[Field | Either, str, Any]] = []
        for part in self.parts:
            if isinstance(part, Either):
                found.append((part, part.attr, None))
            elif part.required:
                found.append((part, part.into, MISSING))
            else:
                default = known[part.into]
                made = default.default if default.default_factory is MISSING else default.default_factory()
                found.append((part, part.into, made))
        return tuple(found)
