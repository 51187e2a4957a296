"""Error -> answer: a page for people, a toast for htmx, problem+json for programs."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from hedu.center.kernel.passage import present
from hedu.errors import Conflict, Denied, EngineError, HeduError, NotFound, Problem

log = structlog.get_logger("hedu.faults")
STATUS: tuple[tuple[type[HeduError], int], ...] = (
    (Denied, 403),
    (NotFound, 404),
    (Conflict, 409),
    (EngineError, 503),
    (HeduError, 400),
)


def status_of(error: HeduError) -> int:
    """The HTTP status of an error's family; a wrong definition or question is a bad request."""
    return next(status for family, status in STATUS if isinstance(error, family))


def problem_json(error: HeduError, lang: str) -> dict[str, Any]:
    """RFC 9457 with our one error shape in it; `problems` holds all that was found."""
    first = error.problem.as_json("en" if lang == "en" else "zh")
    return {
        "type": f"/docs/errors/#{error.code}",
        "title": first["what"],
        "status": status_of(error),
        "detail": first["hint"],
        "instance": present().request_id,
        **first,
        "problems": [problem.as_json("en" if lang == "en" else "zh") for problem in error.problems],
    }


def answer(request: HttpRequest, error: HeduError) -> HttpResponse:
    """What the asker can read: by path (/api/), by htmx header, else a page."""
    lang = getattr(request, "lang", "zh")
    status = status_of(error)
    if status >= 500:
        log.warning("engine fault", code=error.code, path=request.path)
    if wants_json(request):
        return problem_response(problem_json(error, lang))
    problems = [problem.as_json(lang) for problem in error.problems]
    if is_htmx(request):
        return _toast(problems, status)
    context = {"status": status, "title": _title(status), "problems": problems, "back": _back(request)}
    return render(request, "kernel/fault.html", context, status=status)


def problem_response(body: dict[str, Any]) -> HttpResponse:
    return JsonResponse(
        body,
        status=body["status"],
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def wants_json(request: HttpRequest) -> bool:
    """Programs are known by the path they ask at, or by what they say they read."""
    accepted = request.headers.get("Accept", "")
    return request.path.startswith(("/api/", "/ask/")) or ("json" in accepted and "text/html" not in accepted)


def _toast(problems: list[dict[str, Any]], status: int) -> HttpResponse:
    """htmx swaps nothing on an error; the page shows the event's words as a toast."""
    said = [{"what": problem["what"], "hint": problem["hint"], "code": problem["code"]} for problem in problems]
    response = HttpResponse(status=status)
    response["HX-Trigger"] = json.dumps({"hedu:error": {"problems": said}})
    response["HX-Reswap"] = "none"
    return response


def _back(request: HttpRequest) -> str:
    """The page of this site that the asker came from; "" where it is none, or the very one that is refused."""
    came = urlsplit(request.headers.get("Referer", ""))
    if came.netloc != request.get_host() or (came.path == request.path and request.method == "GET"):
        return ""
    return came._replace(scheme="", netloc="", fragment="").geturl() if came.path.startswith("/") else ""


def _title(status: int) -> str:
    return {
        400: _("这个请求无法执行"),
        403: _("没有权限"),
        404: _("没有找到"),
        405: _("不能这样打开"),
        409: _("内容已有变化"),
        429: _("尝试次数过多"),
        503: _("数据引擎暂时不可用"),
    }.get(status, _("出错了"))


def refused(request: HttpRequest, status: int, code: str, **facts: Any) -> HttpResponse:
    """An answer of our error shape for what Django, and not our code, refuses."""
    lang = getattr(request, "lang", "zh")
    problem = Problem(code, None, facts).as_json(lang)
    if wants_json(request):
        body = {"type": "about:blank", "title": problem["what"], "detail": problem["hint"]}
        return problem_response({**body, "status": status, **problem, "problems": [problem]})
    if is_htmx(request):
        return _toast([problem], status)
    context = {"status": status, "title": _title(status), "problems": [problem], "back": _back(request)}
    return render(request, "kernel/fault.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 400, "bad-request")


def denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 403, "page-denied")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return refused(request, 404, "page-not-found")


def forms_only(request: HttpRequest) -> HttpResponse:
    return refused(request, 405, "page-takes-forms")


def failed(request: HttpRequest) -> HttpResponse:
    """Our own fault. The request id leads to the log line; nothing of the inside is shown."""
    try:
        return refused(request, 500, "internal-error", id=present().request_id)
    except Exception:
        log.exception("the error page failed too", path=request.path)
        return HttpResponse("500", status=500, content_type="text/plain")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return refused(request, 403, "csrf-failed")
