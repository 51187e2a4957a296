"""A few proposals as a company has them under way: one published, one vetoed, two waiting for signatures."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

PAID_ONLY = "simple: {measure: invoice_lines.net, where: \"currency = 'CNY'\"}"


def fill_proposals(actor_named: Callable[[str], Any]) -> None:
    """Opened and signed by people of the company, through the centre's own deeds."""
    from hedu.center.catalog.models import Metric
    from hedu.center.proposals import actions, reads

    def text(metric: str) -> str:
        head = Metric.objects.select_related("head").get(name=metric).head
        return str(head.text) if head else ""

    def proposed(who: str, metric: str, changed: str, reason: str) -> Any:
        return actions.open_proposal(actor_named(who), texts={f"{metric}.yml": changed}, reason=reason)

    def seen(row: Any) -> str:
        return str(reads.latest(row).digest)

    named = text("csat_score").replace("问卷评分的平均值", "回访问卷评分的平均值")
    proposed("service.owner", "csat_score", named, "写明分数从哪里来")

    narrower = text("revenue").replace("simple: {measure: invoice_lines.net}", PAID_ONLY)
    vetoed = proposed("finance.owner", "revenue", narrower, "外币开票单独统计")
    actions.veto(actor_named("finance.liaison"), vetoed.pk, digest=seen(vetoed), reason="外币收入要折算进来，不能剔除")

    kept = actions.propose_rename(
        actor_named("sales.owner"), "order_count", name="orders_placed", reason="与合同数区分开"
    )
    actions.consult(actor_named("sales.owner"), kept.pk, department="marketing")
    actions.advise(actor_named("marketing.liaison"), kept.pk, text="报表里也请同步改名")

    waiting = proposed("finance.owner", "revenue", narrower, "先在试点口径里看看影响，再决定是否推广")
    actions.request_changes(
        actor_named("finance.liaison"),
        waiting.pk,
        digest=seen(waiting),
        reason="请同时说明外币部分记到哪个指标",
        fields={"revenue/where": "object"},
    )
