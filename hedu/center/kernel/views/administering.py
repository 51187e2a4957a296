"""Pages for administrators: the audit, jobs, channels and what is on its way through them."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel import actions, forms, reads
from hedu.center.kernel.actors import department_names
from hedu.center.kernel.models import Job
from hedu.center.kernel.reading import page_of
from hedu.errors import Denied, HeduError


@require_GET
def audit(request: HttpRequest) -> HttpResponse:
    rows = reads.audit_visible_to(request.actor, **reads.audit_filter(request.GET))
    return render(request, "kernel/audit.html", {"page": page_of(request, rows, 50), "deeds": reads.deeds()})


def _administrators_only(request: HttpRequest, page: str) -> None:
    if not request.actor.is_admin:
        raise Denied("page-for-administrators", page=page)


# --- jobs ------------------------------------------------------------------------------------------------


@require_GET
def jobs(request: HttpRequest) -> HttpResponse:
    """What runs, waits, failed and was done; htmx asks for the table alone while something runs."""
    _administrators_only(request, _("后台任务"))
    counts = reads.job_counts(request.actor)
    state = request.GET.get("state", "")
    rows = reads.jobs_visible_to(request.actor)
    page = page_of(request, rows.filter(state=state) if state in Job.State.values else rows, 40)
    states = [(value, label, counts.get(value, 0)) for value, label in Job.State.choices]
    context = {"page": page, "states": states, "state": state, "is_busy": counts.get("running") or counts.get("queued")}
    context["schedule"] = reads.upcoming(request.actor)
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "kernel/jobs_table.html" if is_part else "kernel/jobs.html", context)


@require_POST
def job_deed(request: HttpRequest, job: int, deed: str) -> HttpResponse:
    row = actions.cancel_job(request.actor, job) if deed == "cancel" else actions.retry_job(request.actor, job)
    said = _("“%(name)s”已重新排队。") if row.state == "queued" else _("“%(name)s”会在下一步停下。")
    messages.success(request, (_("“%(name)s”已取消。") if row.state == "cancelled" else said) % {"name": row.name})
    return redirect("kernel:jobs")


# --- channels --------------------------------------------------------------------------------------------


def channels(request: HttpRequest) -> HttpResponse:
    _administrators_only(request, _("通知渠道"))
    form = forms.NewChannel(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_channel(request.actor, **form.cleaned_data)
        except HeduError as error:
            form.add_error("url", f"{error.problem.what(request.lang)} {error.problem.hint(request.lang)}")
        else:
            messages.success(request, _("渠道“%(name)s”已添加，请试发一条。") % {"name": row.name})
            return redirect("kernel:channels")
    rows = reads.channels_with_counts(request.actor)
    context = {"form": form, "channels": rows, "names": department_names(row.department for row in rows)}
    context["failed"] = reads.messages_visible_to(request.actor).filter(state="dead")[:20]
    return render(request, "kernel/channels.html", context)


@require_POST
def channel_deed(request: HttpRequest, channel: int, deed: str) -> HttpResponse:
    """Try, switch, retry or remove; a refusal is told on the page it came from."""
    actor = request.actor
    try:
        if deed == "try":
            actions.try_channel(actor, channel)
            messages.success(request, _("已试发，请到渠道里查看。"))
        elif deed == "retry":
            actions.retry_messages(actor, channel)
            messages.success(request, _("失败的消息已重新排队。"))
        elif deed == "remove":
            actions.remove_channel(actor, channel)
            messages.success(request, _("渠道已删除。"))
        else:
            actions.switch_channel(actor, channel, on=deed == "on")
            messages.success(request, _("已启用。") if deed == "on" else _("已停用。"))
    except HeduError as error:
        if isinstance(error, Denied):
            raise
        messages.error(request, f"{error.problem.what(request.lang)} {error.problem.hint(request.lang)}")
    return redirect("kernel:channels")
