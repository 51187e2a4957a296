"""What sales is settling while finance looks on: cases over hidden rows and columns, a proposal over a hidden dataset."""

from __future__ import annotations

from typing import Any

from hedu.alignment.conflict import Conflict, Evidence, Severity
from hedu.center.conflicts import actions as conflicts
from hedu.center.conflicts.models import Case, Scan
from hedu.center.kernel.actor import SYSTEM
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.models import User
from hedu.center.proposals import actions as proposals

SPAN = {"since": "2024-01", "until": "2024-03"}


def settled_by(sally: User, texts: dict[str, str], mark: str, amount: int) -> dict[str, list[Any]]:
    """A case of each kind of exhibit that holds rows, keys or names of groups; a proposal over what finance cannot see."""
    found = (_rushing(mark), _bridged(mark, amount), _witnessed(mark), _of_hidden(mark, amount))
    conflicts.file_found(SYSTEM, Scan.objects.create().pk, conflicts=found)
    me = actor_of(sally)
    case = Case.objects.get(code="flows_back")
    conflicts.state_position(me, case.pk, text="ours", prefers="fix_data")
    text = texts["datasets/bonuses.yml"].replace("agg: sum", f"agg: max, label: {{zh: {mark}, en: {mark}}}")
    proposal = proposals.open_proposal(me, texts={"d.yml": text}, reason=mark)
    return {"case": list(Case.objects.values_list("pk", flat=True)), "proposal": [proposal.pk]}


def _rushing(mark: str) -> Conflict:
    """The group is one that finance sees no row of."""
    rows = [{"period": "2024-02", "rush": 0.5, "back": 0.1}]
    shown = {"grain": "month", "rows": rows, "dimension": "customer", "value": f"{mark} ltd"}
    facts = {"metric": "revenue", "metric_back": "revenue", "place": f"{mark} ltd", "dimension": "customer", "quarters": 4, "share": 0.5,
             "usual": 0.1, "returned": 0.5}  # fmt: skip
    asked = {"metrics": ["revenue"], "by": ["metric_time.day", "customer"]}
    return Conflict(
        "gaming", "flows_back", ("revenue",), ("sales",), ("period_end_reversal",), facts,
        (Evidence("series", shown, asked, ("deals",)),), Severity("high"), ("fix_data",), {}, "gaming/1",
        f"customer={mark} ltd",
    )  # fmt: skip


def _bridged(mark: str, amount: int) -> Conflict:
    """Keys of single rows, and groups of a column that finance sees masked."""
    samples = [{"key": [f"139-{mark}"], "a": amount, "b": None}]
    buckets = [{"bucket": "only_a", "rows": 1, "amount": "5", "samples": samples}]
    grouped = {"dimension": "phone", "value": f"138-{mark}", "rows": [{"period": "2024-02", "rush": 0.5}]}
    evidence = (
        Evidence("bridge", {"total_a": "5", "total_b": "0", "gap": "5", "buckets": buckets, **SPAN}, None, ("deals",)),
        Evidence("series", {"grain": "month", **grouped}, None, ("deals",)),
    )
    return Conflict("source", "differs", ("revenue", "staff"), ("sales",), ("source",), {}, evidence, Severity("high"))


def _witnessed(mark: str) -> Conflict:
    row = {"customer": f"{mark} ltd", "phone": f"139-{mark}", "amount": 1}
    shown = {"tables": {"deals": [row]}, "answer_a": [row], "answer_b": [], "by": "customer"}
    evidence = (Evidence("witness", shown, None, ("deals",)),)
    return Conflict("definition", "differs", ("revenue",), ("sales",), ("filter",), {}, evidence, Severity("medium"))


def _of_hidden(mark: str, amount: int) -> Conflict:
    """Finance sees nothing of what this rests on: not even its totals."""
    rows = [{"period": "2024-01", "right": amount, "wrong": amount + 200}]
    evidence = (Evidence("series", {"grain": "month", "rows": rows, "over": mark}, None, ("bonuses",)),)
    facts = {"metric": "bonus", "department": "sales", "bound": amount, "since": mark, "lift": 2.0}
    return Conflict("gaming", "crowded", ("bonus",), ("sales",), ("bound",), facts, evidence, Severity("low"))
