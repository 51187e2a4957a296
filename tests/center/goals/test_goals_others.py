"""What stands beside a goal: its other targets and the parts of its own, nobody else's."""

from __future__ import annotations

from hedu.center.goals import actions, reads
from hedu.center.kernel.actor import SYSTEM, Actor


def test_a_goal_without_a_target_does_not_show_everybodys(fin: Actor, sal: Actor) -> None:
    actions.create_goal(SYSTEM, "G0", metric="margin", department="finance", edge="decomposes")
    actions.create_goal(SYSTEM, "G1", metric="revenue", department="sales")
    rows = [
        {"code": "T1", "metric": "revenue", "department": "sales", "period": "2026", "value": "900", "goal": "G1"},
        {"code": "T2", "metric": "revenue", "department": "sales", "period": "2026", "value": "300",
         "scope": "region = 'east'", "parent": "T1"},
        {"code": "T3", "metric": "cost_ratio", "department": "finance", "period": "2026", "value": "1%"},
    ]  # fmt: skip
    actions.import_targets(SYSTEM, targets=rows)
    assert reads.goal_page(fin, "G0").others == []
    page = reads.goal_page(fin, "G1", "2026")
    assert page.standing is not None and page.standing.target.code == "T1"
    assert [one.target.code for one in page.others] == ["T2"]
