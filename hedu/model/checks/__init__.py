"""Model -> problems that show only when definitions are seen together. One file a rule, one function each.

`CHECKS` find what makes numbers wrong or impossible; `ADVICE` finds what people will stumble over.
A rule's docstring is what its reference page says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from hedu.errors import Problem
from hedu.model.checks.accountable_not_one import accountable_not_one
from hedu.model.checks.conformed_types_differ import conformed_types_differ
from hedu.model.checks.dataset_unused import dataset_unused
from hedu.model.checks.department_unknown import department_unknown
from hedu.model.checks.dimension_metric_unknown import dimension_metric_unknown
from hedu.model.checks.distinct_counts_added import distinct_counts_added
from hedu.model.checks.entity_keys_differ import entity_keys_differ
from hedu.model.checks.exchange_unfit import exchange_unfit
from hedu.model.checks.label_twice import label_twice
from hedu.model.checks.meaning_twice import meaning_twice
from hedu.model.checks.metric_filter_unknown import metric_filter_unknown
from hedu.model.checks.metric_named_as_dimension import metric_named_as_dimension
from hedu.model.checks.metric_unexplained import metric_unexplained
from hedu.model.checks.metric_without_owner import metric_without_owner
from hedu.model.checks.parameter_undeclared import parameter_undeclared
from hedu.model.checks.ratio_of_itself import ratio_of_itself
from hedu.model.checks.ratios_aggregated import ratios_aggregated
from hedu.model.checks.synonym_taken import synonym_taken
from hedu.model.checks.unit_not_of_formula import unit_not_of_formula
from hedu.model.types import Model

Check = Callable[[Model], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    unit_not_of_formula,
    exchange_unfit,
    ratio_of_itself,
    metric_filter_unknown,
    dimension_metric_unknown,
    parameter_undeclared,
    entity_keys_differ,
    conformed_types_differ,
    department_unknown,
)
ADVICE: tuple[Check, ...] = (
    ratios_aggregated,
    distinct_counts_added,
    meaning_twice,
    label_twice,
    synonym_taken,
    metric_named_as_dimension,
    accountable_not_one,
    metric_without_owner,
    metric_unexplained,
    dataset_unused,
)


def faults(model: Model) -> tuple[Problem, ...]:
    """Everything that makes a number wrong or impossible."""
    return _all(CHECKS, model)


def advice(model: Model) -> tuple[Problem, ...]:
    """Everything that works, but that an expert would put right."""
    return _all(ADVICE, model)


def _all(checks: tuple[Check, ...], model: Model) -> tuple[Problem, ...]:
    return tuple(problem for check in checks for problem in check(model))
