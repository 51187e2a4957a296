"""Who acts, as a frozen value: every read and every deed takes one first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["member", "owner", "liaison", "deputy", "manager", "analyst", "administrator"]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person (or the system) with what decides their rights.

    `departments` are those the person belongs to; `roles` maps a department's id to the roles held there.
    """

    user_id: int | None
    name: str
    lang: Literal["zh", "en"] = "zh"
    departments: frozenset[int] = frozenset()
    roles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    is_admin: bool = False
    is_system: bool = False
    username: str = ""

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None and not self.is_system

    @property
    def all_roles(self) -> frozenset[str]:
        """Every role held in any department."""
        return frozenset().union(*self.roles.values()) if self.roles else frozenset()

    def has_role(self, *roles: Role, department: int | None = None) -> bool:
        """Holds one of `roles` in `department`, or in any department when it is None."""
        held = self.all_roles if department is None else self.roles.get(department, frozenset())
        return bool(held & set(roles))


ANONYMOUS = Actor(None, "")
SYSTEM = Actor(None, "合度", is_admin=True, is_system=True, username="system")
