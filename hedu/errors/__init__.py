"""Every error of the product: a stable code, what, where, a hint and facts, worded in zh and en."""

from hedu.errors.extras import needs
from hedu.errors.problem import Problem, Where, suggest
from hedu.errors.raised import (
    Conflict,
    DefinitionError,
    Denied,
    EngineError,
    HeduError,
    NotFound,
    PlanError,
    QueryError,
)

__all__ = [
    "Conflict",
    "DefinitionError",
    "Denied",
    "EngineError",
    "HeduError",
    "NotFound",
    "PlanError",
    "Problem",
    "QueryError",
    "Where",
    "needs",
    "suggest",
]
