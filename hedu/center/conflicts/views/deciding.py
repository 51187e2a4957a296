"""The steps of a case as forms send them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from hedu.center.conflicts import actions
from hedu.center.kernel.reading import whole
from hedu.errors import NotFound

Step = Callable[[HttpRequest, int], Any]


def _said(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def _triage(request: HttpRequest, case: int) -> Any:
    return actions.triage(request.actor, case, severity=_said(request, "severity"), note=_said(request, "note"))


def _mediator(request: HttpRequest, case: int) -> Any:
    return actions.assign_mediator(request.actor, case, mediator=_said(request, "mediator"))


def _position(request: HttpRequest, case: int) -> Any:
    told = {name: _said(request, name) for name in ("text", "prefers", "department")}
    return actions.state_position(request.actor, case, **told)


def _decide(request: HttpRequest, case: int) -> Any:
    names = {key.removeprefix("name:"): value for key, value in request.POST.items() if key.startswith("name:")}
    told = {name: _said(request, name) for name in ("decision", "reason", "until")}
    return actions.decide(request.actor, case, names=names, **told)


def _merge(request: HttpRequest, case: int) -> Any:
    into = _said(request, "into")
    return actions.merge(request.actor, case, into=whole(into) or 0, reason=_said(request, "reason"))


STEPS: dict[str, tuple[Step, Any]] = {
    "triage": (_triage, gettext_lazy("已分诊。")),
    "mediator": (_mediator, gettext_lazy("已指定调解人，各方会收到说明立场的请求。")),
    "position": (_position, gettext_lazy("立场已记录。")),
    "decide": (_decide, gettext_lazy("裁定已记录，各方会收到通知。")),
    "apply": (lambda r, c: actions.apply(r.actor, c), gettext_lazy("已按裁定开出变更提案，等各部门会签。")),
    "verify": (lambda r, c: actions.verify(r.actor, c, note=_said(r, "note")), gettext_lazy("正在用同一检测器复核。")),
    "close": (lambda r, c: actions.close(r.actor, c, note=_said(r, "note")), gettext_lazy("冲突单已关闭。")),
    "dismiss": (lambda r, c: actions.dismiss(r.actor, c, reason=_said(r, "reason")), gettext_lazy("已驳回。")),
    "reopen": (lambda r, c: actions.reopen(r.actor, c, reason=_said(r, "reason")), gettext_lazy("已重新打开。")),
    "merge": (_merge, gettext_lazy("已合并。")),
    "escalate": (lambda r, c: actions.escalate(r.actor, c, note=_said(r, "note")), gettext_lazy("已上报。")),
}
"""The last part of a step's path -> the deed and what is said once it is done."""


@require_POST
def step(request: HttpRequest, case: int, step: str) -> HttpResponse:
    """One step; the case's page tells where it now stands."""
    if step not in STEPS:
        raise NotFound("not-found", kind=_("步骤"), name=step)
    deed, done = STEPS[step]
    deed(request, case)
    messages.success(request, str(done))
    return redirect("conflicts:case", case=case)
