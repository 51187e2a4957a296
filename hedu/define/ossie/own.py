"""The HEDU extension of an Ossie document <-> native definitions.

Beside what the core says there stands the whole definition and a digest of the core as it was written with it.
While the digest still fits, the definition comes back as it was; where another tool changed the core, the core
is followed.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hedu.define.layout import scalar
from hedu.define.ossie.model import VENDOR, Spot
from hedu.define.plain import Definition, plain, shape_of
from hedu.define.read import read
from hedu.errors import DefinitionError

FORMAT = 1
_NOT_IN_YAML = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Kept:
    """A definition that came along, whether the core beside it is still the one it was written with, and notes."""

    definition: Definition
    fits: bool
    notes: Mapping[str, Any]


def extension(data: Mapping[str, Any]) -> dict[str, str]:
    """The entry of `custom_extensions` that holds `data`."""
    return {"vendor_name": VENDOR, "data": json_text({"hedu": FORMAT, **data})}


def json_text(data: Any, indent: int | None = None) -> str:
    """JSON that is YAML, too: what YAML cannot hold or takes for a line break is escaped."""
    text = json.dumps(data, ensure_ascii=False, indent=indent, separators=(",", ": " if indent else ":"))
    return _NOT_IN_YAML.sub(lambda found: f"\\u{ord(found.group()):04x}", text)


def definition_data(definition: Definition) -> dict[str, Any]:
    """The definition as the extension holds it."""
    return plain(shape_of(definition), definition)


def core_digest(core: Any) -> str:
    """What identifies the core: all but our own extensions, letter by letter."""
    text = json.dumps(_core(core), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _core(core: Any) -> Any:
    if isinstance(core, Mapping):
        kept = {str(key): _core(value) for key, value in core.items()}
        extensions = kept.get("custom_extensions")
        if isinstance(extensions, list):
            others = [one for one in extensions if not (isinstance(one, dict) and _is_ours(one))]
            kept = {key: value for key, value in kept.items() if key != "custom_extensions"}
            kept |= {"custom_extensions": others} if others else {}
        return kept
    if isinstance(core, (list, tuple)):
        return [_core(one) for one in core]
    return scalar(core).value


def _is_ours(one: Mapping[str, Any]) -> bool:
    return str(one.get("vendor_name", "")).upper() == VENDOR


def data_of(own: str | None, at: Spot) -> dict[str, Any] | None:
    """What an extension of ours holds; None where there is none. DefinitionError: ossie-extension-broken."""
    if own is None:
        return None
    try:
        data = json.loads(own)
    except (ValueError, RecursionError) as error:
        raise _broken(at, str(error)) from error
    if not isinstance(data, dict) or data.get("hedu") != FORMAT:
        raise _broken(at, f"hedu: {FORMAT}")
    return data


def kept_of(own: str | None, core: Any, at: Spot) -> Kept | None:
    """The definition beside `core`, None where there is none. DefinitionError: ossie-extension-broken."""
    data = data_of(own, at)
    if data is None or "definition" not in data:
        return None
    definition = made(data["definition"], at)
    return Kept(definition, data.get("core") == core_digest(core), data)


def made(data: Any, at: Spot) -> Definition:
    """The definition that plain data is. DefinitionError: ossie-extension-broken."""
    found, problems = read({at.path: json_text(data)})
    every: tuple[Definition, ...] = (*found.datasets, *found.metrics)
    if problems:
        raise _broken(at, problems[0].what())
    if not every and not (isinstance(data, dict) and "workspace" in data):
        raise _broken(at, "definition")
    return every[0] if every else found.settings


def _broken(at: Spot, reason: str) -> DefinitionError:
    return DefinitionError("ossie-extension-broken", where=at.where, reason=reason[:200])
