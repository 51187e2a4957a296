"""Pages about people: departments, persons, users, data policies."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel.actor import Actor
from hedu.center.kernel.reading import found, page_of
from hedu.center.people import actions, forms, reads
from hedu.errors import Denied, HeduError


def administrators_only(request: HttpRequest, page: str) -> None:
    if not request.actor.is_admin:
        raise Denied("page-for-administrators", page=page)


def tried(request: HttpRequest, form: django_forms.Form, deed: Any, **more: Any) -> Any:
    """The deed's result, or None with the error on the form: what was typed stays."""
    try:
        return deed(request.actor, **more, **form.cleaned_data)
    except Denied:
        raise
    except HeduError as error:
        for problem in error.problems:
            form.add_error(None, f"{problem.what(request.lang)} {problem.hint(request.lang)}")
        return None


# --- departments -----------------------------------------------------------------------------------------


@require_GET
def departments(request: HttpRequest) -> HttpResponse:
    context = {"tree": reads.tree(request.actor), "form": forms.DepartmentForm()}
    return render(request, "people/departments.html", context)


def add_department(request: HttpRequest) -> HttpResponse:
    administrators_only(request, _("新建部门"))
    form = forms.DepartmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        row = tried(request, form, actions.add_department)
        if row is not None:
            messages.success(request, _("部门“%(name)s”已建立。") % {"name": row.name})
            return redirect("people:department", code=row.code)
    return render(request, "people/add_department.html", {"form": form})


def department(request: HttpRequest, code: str) -> HttpResponse:
    row = found(reads.visible_to(request.actor).select_related("parent"), code=code)
    form = forms.AssignForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        post = tried(request, form, actions.assign, department=code)
        if post is not None:
            messages.success(request, _("%(name)s 的角色已更新。") % {"name": post.user.name})
            return redirect("people:department", code=code)
    context = {
        "department": row,
        "posts": reads.posts(department=row.pk),
        "below": [branch for branch in reads.tree(request.actor) if branch.department.parent_id == row.pk],
        "form": form,
        "may_assign": actions.may_assign(request.actor, code),
    }
    return render(request, "people/department.html", context)


@require_POST
def unassign(request: HttpRequest, membership: int) -> HttpResponse:
    code = request.POST.get("department", "")
    actions.unassign(request.actor, membership)
    messages.success(request, _("角色已取消。"))
    is_known = reads.visible_to(request.actor).filter(code=code).exists()
    return redirect("people:department", code=code) if is_known else redirect("people:departments")


# --- people ----------------------------------------------------------------------------------------------


def person(request: HttpRequest, username: str) -> HttpResponse:
    """A person's posts and the days they are away; oneself and administrators add such days here."""
    row = found(reads.people_visible_to(request.actor), username=username)
    form = forms.AbsenceForm(request.POST or None)
    is_told = request.method == "POST" and form.is_valid()
    if is_told and tried(request, form, actions.set_absence, user=username) is not None:
        messages.success(request, _("已登记。"))
        return redirect("people:person", username=username)
    context = {
        "person": row,
        "posts": reads.posts(user=row.pk),
        "absences": reads.absences_visible_to(request.actor).filter(user=row),
        "form": form,
        "may_plan": request.actor.is_admin or request.actor.user_id == row.pk,
        "today": reads.today(),
    }
    return render(request, "people/person.html", context)


@require_POST
def end_absence(request: HttpRequest, absence: int) -> HttpResponse:
    actions.end_absence(request.actor, absence)
    messages.success(request, _("已取消。"))
    return redirect("people:person", username=request.POST.get("person", request.actor.username))


@require_GET
def users(request: HttpRequest) -> HttpResponse:
    administrators_only(request, _("用户"))
    asked = request.GET.get("q", "").strip()
    page = page_of(request, reads.people_searched(request.actor, asked), 40)
    return render(request, "people/users.html", {"page": page, "posts_of": reads.roles_by_user(page)})


def invite(request: HttpRequest) -> HttpResponse:
    administrators_only(request, _("邀请同事"))
    form = forms.InviteForm(request.POST or None)
    link, invited = "", None
    if request.method == "POST" and form.is_valid():
        invitation = tried(request, form, actions.invite)
        if invitation is not None:
            link, invited = request.build_absolute_uri(invitation.link), invitation.user
            form = forms.InviteForm()
    return render(request, "people/invite.html", {"form": form, "link": link, "invited": invited})


@require_POST
def renew_invitation(request: HttpRequest, username: str) -> HttpResponse:
    invitation = actions.renew_invitation(request.actor, username)
    link = request.build_absolute_uri(invitation.link)
    context = {"form": forms.InviteForm(), "link": link, "invited": invitation.user}
    return render(request, "people/invite.html", context)


@require_POST
def activity(request: HttpRequest, username: str) -> HttpResponse:
    deed = actions.reactivate if request.POST.get("active") == "1" else actions.deactivate
    row = deed(request.actor, username)
    said = _("%(name)s 可以登录了。") if row.is_active else _("%(name)s 已停用，会话和令牌随即失效。")
    messages.success(request, said % {"name": row.name})
    return redirect("people:users")


# --- data policies ---------------------------------------------------------------------------------------


@require_GET
def policies(request: HttpRequest) -> HttpResponse:
    administrators_only(request, _("数据权限"))
    form = forms.SeeAsForm(request.GET or None)
    seen = reads.seen_as(form.cleaned_data["user"]) if form.is_bound and form.is_valid() else None
    groups, labels = reads.policies_by_dataset(request.actor), dict(reads.known_datasets())
    context = {"groups": groups, "labels": labels, "form": form, "seen": seen}
    return render(request, "people/policies.html", context)


def grant(request: HttpRequest) -> HttpResponse:
    administrators_only(request, _("数据权限"))
    form = forms.PolicyForm(request.POST or None, datasets=reads.known_datasets())
    if request.method == "POST" and form.is_valid():
        page = tried(request, form, _propose)
        if page is not None:
            messages.success(request, _("数据权限已提交会签。"))
            return redirect(page)
    return render(request, "people/grant.html", {"form": form})


@require_POST
def withdraw(request: HttpRequest, policy: int) -> HttpResponse:
    messages.success(request, _("数据权限已提交会签。"))
    return redirect(import_string(settings.HEDU_POLICIES_THROUGH)(request.actor, withdraw=[policy]))


def _propose(actor: Actor, **policy: Any) -> str:
    """The page where a policy is signed."""
    page: str = import_string(settings.HEDU_POLICIES_THROUGH)(actor, grants=[policy])
    return page
