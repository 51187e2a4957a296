"""Packages that not everybody installs -> an error that names them, before anything is done."""

from __future__ import annotations

from importlib.util import find_spec

from hedu.errors.raised import EngineError


def needs(extra: str, *modules: str) -> None:
    """EngineError extra-missing where a module of `hedu[extra]` is not installed."""
    for module in modules:
        if find_spec(module) is None:
            raise EngineError("extra-missing", name=module, extra=extra)
