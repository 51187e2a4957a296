"""What people decide on a proposal's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hedu.center.proposals import actions
from hedu.center.proposals.models import Extension, Proposal
from hedu.errors import NotFound, QueryError

Deed = Callable[[HttpRequest, int], Any]


@require_POST
def decide(request: HttpRequest, proposal: int, deed: str) -> HttpResponse:
    """Sign, veto, ask for changes, advise, consult, withdraw, ask for more time."""
    if deed not in DEEDS:
        raise NotFound("not-found", kind="deed", name=deed)
    done = DEEDS[deed](request, proposal)
    messages.success(request, _said(deed, done))
    return redirect("proposals:proposal", proposal=proposal)


@require_POST
def extension(request: HttpRequest, extension: int) -> HttpResponse:
    """Grant or refuse more time."""
    wish = actions.decide_extension(request.actor, extension, grant=request.POST.get("grant") == "1")
    messages.success(request, _("已批准延期。") if wish.state == Extension.State.GRANTED else _("已拒绝延期。"))
    return redirect("proposals:proposal", proposal=wish.proposal_id)


def _sign(request: HttpRequest, proposal: int) -> Any:
    return actions.sign(request.actor, proposal, digest=_of(request, "digest"), reason=_of(request, "reason"))


def _veto(request: HttpRequest, proposal: int) -> Any:
    return actions.veto(request.actor, proposal, digest=_of(request, "digest"), reason=_of(request, "reason"))


def _request_changes(request: HttpRequest, proposal: int) -> Any:
    fields = {name[6:]: str(value) for name, value in request.POST.items() if name.startswith("field:") and value}
    told = {"digest": _of(request, "digest"), "reason": _of(request, "reason")}
    return actions.request_changes(request.actor, proposal, fields=fields, **told)


def _advise(request: HttpRequest, proposal: int) -> Any:
    return actions.advise(request.actor, proposal, text=_of(request, "reason"))


def _consult(request: HttpRequest, proposal: int) -> Any:
    return actions.consult(request.actor, proposal, department=_of(request, "department"))


def _withdraw(request: HttpRequest, proposal: int) -> Any:
    return actions.withdraw(request.actor, proposal, reason=_of(request, "reason"))


def _publish_again(request: HttpRequest, proposal: int) -> Any:
    return actions.publish_again(request.actor, proposal)


def _extend(request: HttpRequest, proposal: int) -> Any:
    try:
        until = date.fromisoformat(_of(request, "until"))
    except ValueError:
        raise QueryError("question-field-wrong", field="until") from None
    return actions.ask_extension(request.actor, proposal, until=until, reason=_of(request, "reason"))


DEEDS: dict[str, Deed] = {
    "sign": _sign,
    "veto": _veto,
    "request-changes": _request_changes,
    "advise": _advise,
    "consult": _consult,
    "withdraw": _withdraw,
    "extend": _extend,
    "publish-again": _publish_again,
}


def _of(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()


def _said(deed: str, done: Any) -> str:
    if isinstance(done, Proposal) and deed in ("sign", "publish-again"):
        if done.state == Proposal.State.PUBLISHED:
            return _("会签完成，变更已发布。")
        if done.state == Proposal.State.APPROVED:
            return _("会签完成，到生效日期会自动发布。")
        return _("已会签，还需要其他人会签。") if deed == "sign" else _("又有部门受影响，需要他们会签之后再发布。")
    return {
        "veto": _("已否决，提案结束；理由已告知发起人。"),
        "request-changes": _("已要求修改，理由已告知发起人。"),
        "advise": _("意见已记录，并告知发起人。"),
        "consult": _("已请该部门提出意见。"),
        "withdraw": _("提案已撤回；草稿还在，随时可以再发起。"),
        "extend": _("延期申请已提交，等待批准。"),
    }[deed]
