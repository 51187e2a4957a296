"""Code -> wording. One table a stage; a code stands in exactly one of them."""

from hedu.errors.texts import (
    alignment,
    catalog,
    center,
    checks,
    conflicts,
    define,
    engine,
    goals,
    intake,
    metricflow,
    model,
    plan,
    proposals,
    query,
)
from hedu.errors.texts.text import Text

STAGES = {
    "define": define.TEXTS,
    "model": model.TEXTS,
    "checks": checks.TEXTS,
    "query": query.TEXTS,
    "plan": plan.TEXTS,
    "metricflow": metricflow.TEXTS,
    "engine": engine.TEXTS,
    "intake": intake.TEXTS,
    "alignment": alignment.TEXTS,
    "center": center.TEXTS,
    "catalog": catalog.TEXTS,
    "goals": goals.TEXTS,
    "proposals": proposals.TEXTS,
    "conflicts": conflicts.TEXTS,
}

TEXTS: dict[str, Text] = {code: text for table in STAGES.values() for code, text in table.items()}

__all__ = ["STAGES", "TEXTS", "Text"]
