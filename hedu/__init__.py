"""Hedu 合度: departments define each metric once, ask it correctly, and settle where they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hedu.version import __version__

if TYPE_CHECKING:
    from hedu.workspace import Workspace, load

__all__ = ["Workspace", "__version__", "load"]


def __getattr__(name: str) -> Any:
    """Import the workspace on first use, so that `import hedu` stays light."""
    if name in ("Workspace", "load"):
        from hedu import workspace

        return getattr(workspace, name)
    raise AttributeError(f"module 'hedu' has no attribute {name!r}")


def __dir__() -> list[str]:
    """What completion offers, before anything of it is imported."""
    return __all__
