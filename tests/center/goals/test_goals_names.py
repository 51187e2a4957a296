"""What is agreed upon a metric holds under its new name too."""

from __future__ import annotations

from typing import Any

from hedu.center.goals import actions, reads
from hedu.center.goals.models import Constraint
from hedu.center.goals.rules import change_of
from hedu.center.kernel.actor import SYSTEM, Actor
from hedu.center.kernel.models import Audit
from tests.center import signed


def test_constraints_and_goals_follow(fin: Actor, django_capture_on_commit_callbacks: Any) -> None:
    actions.create_goal(SYSTEM, "G", metric="revenue", department="sales")
    target = {"code": "T", "metric": "revenue", "department": "sales", "period": "2026", "value": "900", "goal": "G"}
    actions.import_targets(SYSTEM, targets=[target])
    given = {"department": "finance", "period": "2026", "bound": "500", "terms": {"revenue": 2}}
    actions.set_constraint(fin, "K", **given)
    before = reads.feasibility(fin, "2026")
    with django_capture_on_commit_callbacks(execute=True):
        signed.rename(SYSTEM, "revenue", "turnover")
    assert Constraint.objects.get().terms == {"turnover": 2}
    assert Audit.objects.get(deed="goals.follow_names").after == {"terms": {"turnover": 2}}
    after = reads.feasibility(fin, "2026")
    assert [len(one.constraints) for one in before.clashes] == [len(one.constraints) for one in after.clashes] == [1]
    assert reads.goal_page(fin, "G").standing.target.metric.name == "turnover"


def test_a_target_written_under_a_former_name_is_the_metrics_of_today(fin: Actor) -> None:
    """Files, open proposals and the record of deeds hold the old name; undoing a change from before goes on, too."""
    target = {"code": "T", "metric": "revenue", "department": "finance", "period": "2026", "value": "900"}
    actions.import_targets(fin, targets=[target])
    actions.import_targets(fin, targets=[{**target, "value": "950"}])
    signed.rename(SYSTEM, "revenue", "turnover")
    (diff,) = reads.plan_targets(fin, [change_of({**target, "value": "950"})])
    assert not diff.problems and not diff.is_change and diff.metric == "turnover"
    actions.undo_target(fin, "T")
    assert reads.target_coded(fin, "T").value == 900
