"""The exceptions, one family a stage; each carries its problems as values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hedu.errors.problem import Problem, Where


class HeduError(Exception):
    """Stops the work. `problems` holds all that was found; `problem` is the first."""

    def __init__(self, code: str, *, where: Where | None = None, **facts: Any) -> None:
        self.problems: tuple[Problem, ...] = (Problem(code, where, facts),)
        super().__init__(code)

    @classmethod
    def of(cls, problems: Sequence[Problem]) -> HeduError:
        """One exception for all of `problems` (at least one)."""
        error = cls(problems[0].code)
        error.problems = tuple(problems)
        return error

    @property
    def problem(self) -> Problem:
        return self.problems[0]

    @property
    def code(self) -> str:
        return self.problem.code

    def __str__(self) -> str:
        return "\n\n".join(str(problem) for problem in self.problems)

    def __reduce__(self) -> Any:
        return (_again, (type(self), self.problems))


def _again(family: type[HeduError], problems: tuple[Problem, ...]) -> HeduError:
    return family.of(problems)


class DefinitionError(HeduError):
    """A definition's text or meaning is wrong."""


class QueryError(HeduError):
    """The question cannot be asked of this model."""


class PlanError(HeduError):
    """The question is well-formed but has no correct answer as asked."""


class EngineError(HeduError):
    """The database refused, failed, ran out of time or was interrupted."""


class Denied(HeduError):
    """The actor may not see or do this."""


class NotFound(HeduError):
    """Nothing by that name is visible to the actor."""


class Conflict(HeduError):
    """The state moved since it was read, or the deed does not fit the state."""
