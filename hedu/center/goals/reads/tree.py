"""Goals -> the tree people read: every node with how it stands, and what its children say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Prefetch

from hedu.alignment.goals.rollup import Scored, scored_tree
from hedu.alignment.goals.status import Status
from hedu.center.catalog import reads as catalog
from hedu.center.goals.models import CheckIn, Goal, Target
from hedu.center.goals.reads.cycles import chosen_cycle, cycles
from hedu.center.goals.reads.rows import targets_visible_to, visible_to
from hedu.center.goals.reads.standing import Standing, standings
from hedu.center.kernel.actor import Actor
from hedu.center.people.models import Department
from hedu.center.people.reads import parents
from hedu.center.people.reads import visible_to as departments_visible_to
from hedu.center.people.rules import subtree


@dataclass(slots=True)
class Node:
    """A goal in the tree. `is_meant` is false for those shown only because a goal of the department lies below."""

    goal: Goal
    depth: int
    standing: Standing | None
    scored: Scored[int]
    weakest: Goal | None
    check_in: CheckIn | None
    is_meant: bool = True
    children: list[Node] = field(default_factory=list)

    @property
    def status(self) -> Status:
        return self.standing.status if self.standing else "none"


@dataclass(frozen=True, slots=True)
class Tree:
    """The tops, all nodes in reading order, and what it took."""

    tops: Sequence[Node]
    nodes: Mapping[int, Node]
    cycle: str
    cycles: Sequence[str]
    department: Department | None
    departments: Sequence[Department]
    questions: int
    milliseconds: float


def tree(actor: Actor, cycle: str = "", department: str = "") -> Tree:
    """The whole tree, or the branches that lead to goals of one department and those below it."""
    goals = list(visible_to(actor).prefetch_related(Prefetch("check_ins", CheckIn.objects.select_related("author"))))
    rows = targets_visible_to(actor)
    known = cycles(rows)
    chosen = chosen_cycle(known, cycle)
    of_goal = targets_of_goals(goals, rows.filter(period=chosen).prefetch_related("phases"))
    found = standings(catalog.asker(actor), of_goal.values())
    stands = {pk: found.by_target[target.pk] for pk, target in of_goal.items()}
    places = list(departments_visible_to(actor).filter(is_active=True))
    place = next((row for row in places if row.code == department), None)
    meant = None if place is None else subtree(parents(), place.pk)
    nodes = _nodes(goals, stands, meant)
    tops = [node for node in nodes.values() if node.depth == 0 and _leads_to_meant(node)]
    return Tree(tops, nodes, chosen, known, place, places, found.questions, found.milliseconds)


def targets_of_goals(goals: Sequence[Goal], rows: object) -> dict[int, Target]:
    """Goal -> its target: of those that name it the one of its metric, scope and department, else the first of them;
    else one of the same metric, scope and department."""
    by_name: dict[int, Target] = {}
    looks = {goal.pk: _look(goal) for goal in goals}
    by_look: dict[tuple[str, str, int], Target] = {}
    for row in rows:  # type: ignore[attr-defined]
        if row.goal_id is not None:
            held, own = by_name.get(row.goal_id), looks.get(row.goal_id)
            if held is None or _look(held) != own == _look(row):
                by_name[row.goal_id] = row
        by_look.setdefault(_look(row), row)
    found: dict[int, Target] = {}
    for goal in goals:
        row = by_name.get(goal.pk) or by_look.get(_look(goal))
        if row is not None:
            found[goal.pk] = row
    return found


def _look(row: Goal | Target) -> tuple[str, str, int]:
    return row.metric_id, row.scope, row.department_id


def _nodes(goals: Sequence[Goal], stands: Mapping[int, Standing], meant: frozenset[int] | None) -> dict[int, Node]:
    by_pk = {goal.pk: goal for goal in goals}
    parents_ = {goal.pk: goal.parent_id if goal.parent_id in by_pk else None for goal in goals}
    own = {pk: standing.score for pk, standing in stands.items()}
    edges = {goal.pk: goal.edge for goal in goals}
    scores = scored_tree(parents_, edges, {goal.pk: goal.weight for goal in goals}, own)  # type: ignore[arg-type]
    children: dict[int | None, list[Goal]] = {}
    for goal in goals:
        children.setdefault(parents_[goal.pk], []).append(goal)
    nodes: dict[int, Node] = {}

    def walk(above: Node | None, pk: int | None, depth: int) -> None:
        for goal in children.get(pk, ()):
            scored = scores[goal.pk]
            said = list(goal.check_ins.all())
            node = Node(
                goal, depth, stands.get(goal.pk), scored, by_pk.get(scored.below.weakest or 0),
                said[0] if said else None, meant is None or goal.department_id in meant,
            )  # fmt: skip
            nodes[goal.pk] = node
            if above is not None:
                above.children.append(node)
            walk(node, goal.pk, depth + 1)

    walk(None, None, 0)
    for node in nodes.values():
        node.children = [child for child in node.children if _leads_to_meant(child)]
    return nodes


def _leads_to_meant(node: Node) -> bool:
    return node.is_meant or any(_leads_to_meant(child) for child in node.children)
