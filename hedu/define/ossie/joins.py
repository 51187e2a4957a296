"""Ossie keys and relationships -> keys and entities of datasets.

A dataset is the entity its key identifies, under its own name: `customers.region` is asked as it is written in
Ossie. Where several relationships lead to one dataset, each is a role under its own name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from hedu.define.definitions import DatasetDef, EntityDef, Label
from hedu.define.formats.loss import Loss
from hedu.define.names import fault_of, proposal
from hedu.define.ossie.fields import Fields
from hedu.define.ossie.model import OssieDataset, OssieModel, Relationship

_NOT_UNIQUE = Label(
    "指向的列在对方不是主键或唯一键，按它关联会重复计数",
    "the columns it leads to are no key there; joining by them would count rows several times",
)


@dataclass
class Keyed:
    """The keys and entities of one dataset, as they are found."""

    primary: tuple[str, ...]
    unique: list[tuple[str, ...]]
    things: dict[tuple[str, ...], str] = field(default_factory=dict)
    entities: list[EntityDef] = field(default_factory=list)
    bridge: bool = False
    relationships: dict[str, Relationship] = field(default_factory=dict)
    leads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The columns of its key that each relationship leads to."""

    @property
    def keys(self) -> list[tuple[str, ...]]:
        return [key for key in (self.primary, *self.unique) if key]


def keyed(
    model: OssieModel,
    fields: Fields,
    native: dict[str, str],
    dimensions: dict[str, set[str]],
    kept: Mapping[str, DatasetDef],
    losses: list[Loss],
) -> dict[str, Keyed]:
    """Per dataset (Ossie's name) its keys and entities. `dimensions` holds the names already taken in each.

    Those `kept` as they were have theirs already; others may lead to them.
    """
    found = {
        one.name: _known(kept[one.name]) if one.name in kept else _keys(fields, one, native[one.name])
        for one in model.datasets
    }
    stated = [one for one in model.relationships if fields.dataset(one.source).name not in kept]
    sound = [(one, *placed) for one in stated if (placed := _placed(one, fields, found, native, losses))]
    leading = {id(one) for one, *_ in sound}
    fields.joins = [one for one in model.relationships if id(one) in leading or one not in stated]
    for dataset in model.datasets:
        keys = found[dataset.name]
        for key, thing in keys.things.items() if dataset.name not in kept else ():
            keys.entities.append(EntityDef(_free(thing, dimensions[dataset.name], keys.entities, "key"), thing, key))
    ways = Counter((one.source.casefold(), thing) for one, _, thing in sound)
    for one, here, thing in sound:
        source = fields.dataset(one.source).name
        name = one.name if fault_of(one.name) is None else proposal(one.name)
        alone = ways[one.source.casefold(), thing] == 1 and source != fields.dataset(one.target).name
        taken = {item.casefold() for item in dimensions[source]} | {e.name.casefold() for e in found[source].entities}
        role = thing if alone and thing.casefold() not in taken else name
        role = _free(role, dimensions[source], found[source].entities, "key")
        found[source].entities.append(EntityDef(role, thing, here))
        found[source].relationships[role] = one
        things = found[fields.dataset(one.target).name].things
        found[source].leads[role] = next(key for key, known in things.items() if known == thing)
    for dataset in model.datasets:
        found[dataset.name].bridge = _is_bridge(dataset, fields, found[dataset.name], sound)
    return found


def _known(one: DatasetDef) -> Keyed:
    keys = Keyed(one.primary_key, list(one.unique_keys), entities=list(one.entities))
    keys.things = {entity.key: entity.entity for entity in one.entities if entity.key in keys.keys}
    return keys


def _keys(fields: Fields, one: OssieDataset, native: str) -> Keyed:
    primary = fields.key(one, one.primary_key)
    others = dict.fromkeys(fields.key(one, key) for key in one.unique_keys)
    unique = [key for key in others if set(key) != set(primary)]
    return Keyed(primary, unique, {primary: native} if primary else {})


def _placed(
    one: Relationship, fields: Fields, found: dict[str, Keyed], native: dict[str, str], losses: list[Loss]
) -> tuple[tuple[str, ...], str] | None:
    """The columns on the many side in the order of the key they lead to, and what that key identifies."""
    source, target = fields.dataset(one.source), fields.dataset(one.target)
    here, there = fields.key(source, one.source_columns), fields.key(target, one.target_columns)
    keys = found[target.name]
    key = next((key for key in keys.keys if sorted(key) == sorted(there)), None)
    if key is None:
        if keys.keys and not any(set(known) <= set(there) for known in keys.keys):
            what = f"{one.source}({', '.join(one.source_columns)}) -> {one.target}({', '.join(one.target_columns)})"
            losses.append(Loss(one.at.path, what, _NOT_UNIQUE, one.at.where))
            return None
        key = there
        if keys.primary:
            keys.unique.append(key)
        else:
            keys.primary = key
    if key not in keys.things:
        name = native[target.name]
        keys.things[key] = name if not keys.things else proposal(f"{name}_by_{'_'.join(one.target_columns)}")
    return tuple(here[there.index(column)] for column in key), keys.things[key]


def _free(wanted: str, dimensions: set[str], entities: list[EntityDef], suffix: str) -> str:
    """A role that is neither a dimension nor another role of the dataset."""
    taken = {name.casefold() for name in dimensions} | {one.name.casefold() for one in entities}
    name, number = wanted, 1
    while name.casefold() in taken:
        name, number = f"{wanted}_{suffix}" if number == 1 else f"{wanted}_{suffix}_{number}", number + 1
    return name


def _is_bridge(
    one: OssieDataset, fields: Fields, keys: Keyed, sound: list[tuple[Relationship, tuple[str, ...], str]]
) -> bool:
    """Whether its key is no more than the keys of two others: it only says which of them belong together."""
    out = [(fields.dataset(rel.target).name, here) for rel, here, _ in sound if fields.dataset(rel.source) is one]
    if len(out) != 2 or out[0][0] == out[1][0]:
        return False
    return {*out[0][1], *out[1][1]} == set(keys.primary) and len(keys.primary) == len(out[0][1]) + len(out[1][1])
