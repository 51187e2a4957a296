"""HTTP + JSON -> the same deeds and reads as on pages. Routes are derived from their type hints and docstrings.

POST /api/<app>/<verb>    an action        GET (or POST) /api/<app>/<noun>    a read
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from ninja import Body, NinjaAPI, Query
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer, SessionAuth

from hedu.center.kernel import faults, reads
from hedu.center.kernel.action import Action, actions, perform
from hedu.center.kernel.actors import actor_of
from hedu.center.kernel.once import once
from hedu.center.kernel.passage import by_program
from hedu.center.kernel.plain import plain
from hedu.center.kernel.reading import Read, readings
from hedu.doors.inputs import Inputs, given, inputs_model
from hedu.errors import Denied, HeduError, QueryError
from hedu.version import __version__

FORBIDDEN = 403


class Bearer(HttpBearer):
    """A token in the header `Authorization: Bearer hedu_…`."""

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        holder = reads.token_holder(token)
        if holder is None:
            return None
        row, user = holder
        by_program()
        request.actor = actor_of(user)  # type: ignore[attr-defined]
        request.scopes = frozenset(row.scopes)  # type: ignore[attr-defined]
        if not request.headers.get("Accept-Language"):
            request.lang = user.lang  # type: ignore[attr-defined]
        return user


class Session(SessionAuth):
    """The pages' own session; writes need the CSRF token, as forms do."""

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        return request.user if request.user.is_authenticated else None


api = NinjaAPI(
    title="合度 Hedu",
    version=__version__,
    description="Every deed and read of the center, as on its pages.",
    auth=[Bearer(), Session()],
    docs_url=None,
    urls_namespace="api",
)


def _answer(value: Any) -> HttpResponse:
    return JsonResponse(plain(value), safe=False, json_dumps_params={"ensure_ascii": False})


def _shaped(view: Callable[..., Any], model: type[Inputs], place: Any) -> Callable[..., Any]:
    """`view` with the signature that the API reads its schema from."""
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    taken = [inspect.Parameter("request", kind, annotation=HttpRequest)]
    if model.model_fields:
        taken.append(inspect.Parameter("inputs", kind, annotation=model, default=place))
    view.__signature__ = inspect.Signature(taken)  # type: ignore[attr-defined]
    return view


def _deed_view(spec: Action) -> Callable[..., Any]:
    deed = perform(spec.name)

    def view(request: Any, inputs: Inputs | None = None) -> HttpResponse:
        if "write" not in getattr(request, "scopes", {"write"}):
            raise Denied("token-read-only", action=spec.name)
        taken = given(inputs)
        key = request.headers.get("Idempotency-Key", "") if spec.idempotent else ""
        if not key:
            return _answer(deed(request.actor, **taken))
        return _answer(once(request.actor, spec.name, key, taken, lambda: deed(request.actor, **taken)))

    return _shaped(view, inputs_model(spec.name, spec.parameters, strict=True), Body(...))


def _read_view(spec: Read) -> Callable[..., Any]:
    def view(request: Any, inputs: Inputs | None = None) -> HttpResponse:
        return _answer(spec.call(request.actor, **given(inputs)))

    strict = spec.method == "POST"
    return _shaped(view, inputs_model(spec.name, spec.parameters, strict=strict), Body(...) if strict else Query(...))


def _add(name: str, method: str, view: Callable[..., Any], promise: str) -> None:
    app, verb = name.split(".")
    view.__name__ = name.replace(".", "_")
    router = api.default_router
    router.add_api_operation(
        f"/{app}/{verb.replace('_', '-')}",
        [method],
        view,
        summary=promise.split("\n")[0],
        description=promise,
        tags=[app],
        operation_id=f"{name}.{method.lower()}",
    )


for _spec in actions().values():
    if "rest" in _spec.doors:
        _add(_spec.name, "POST", _deed_view(_spec), _spec.promise)
for _read in readings().values():
    if "rest" in _read.doors:
        _add(_read.name, _read.method, _read_view(_read), _read.promise)


# --- errors: the one shape, as problem+json ---------------------------------------------------------------


@api.exception_handler(HeduError)
def _on_error(request: HttpRequest, error: HeduError) -> HttpResponse:
    return faults.answer(request, error)


@api.exception_handler(ValidationError)
def _on_invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [_wrong(item) for item in error.errors]
    return faults.answer(request, QueryError("request-invalid", fields=[f"{name}: {why}" for name, why in wrong]))


def _wrong(item: Mapping[str, Any]) -> tuple[str, str]:
    place = [str(part) for part in item["loc"] if part not in ("body", "query", "inputs")]
    return ".".join(place) or "body", str(item["msg"])


@api.exception_handler(HttpError)
def _on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == FORBIDDEN:
        return faults.csrf_failed(request)
    return faults.answer(request, QueryError("request-invalid", fields=[str(error)]))


@api.exception_handler(AuthenticationError)
def _on_stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    body = faults.problem_json(Denied("not-signed-in"), getattr(request, "lang", "zh"))
    response = faults.problem_response({**body, "status": 401})
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(Http404)
def _on_missing(request: HttpRequest, error: Http404) -> HttpResponse:
    return faults.not_found(request, error)


# --- paths -------------------------------------------------------------------------------------------------


def docs(request: HttpRequest) -> HttpResponse:
    """The API for people to read."""
    return render(request, "kernel/api.html", {"groups": _groups(), "version": __version__})


@cache
def _groups() -> dict[str, list[dict[str, Any]]]:
    schema = api.get_openapi_schema()
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method, told in methods.items():
            groups.setdefault(told["tags"][0], []).append(_told(schema, path, method, told))
    return groups


def _told(schema: Any, path: str, method: str, told: Any) -> dict[str, Any]:
    return {
        "path": path,
        "method": method.upper(),
        "summary": told.get("summary", ""),
        "description": told.get("description", ""),
        "id": told["operationId"],
        "inputs": _inputs(schema, told),
    }


def _inputs(schema: Any, told: Any) -> list[dict[str, Any]]:
    if "requestBody" in told:
        reference = told["requestBody"]["content"]["application/json"]["schema"].get("$ref", "")
        body = schema["components"]["schemas"].get(reference.rsplit("/", 1)[-1], {})
        needed = set(body.get("required", ()))
        items = body.get("properties", {}).items()
        return [{"name": key, "type": _type(item), "needed": key in needed} for key, item in items]
    return [
        {"name": item["name"], "type": _type(item["schema"]), "needed": item.get("required", False)}
        for item in told.get("parameters", ())
    ]


def _type(item: Mapping[str, Any]) -> str:
    if "anyOf" in item:
        return " | ".join(_type(part) for part in item["anyOf"])
    if item.get("type") == "array":
        return f"[{_type(item.get('items', {}))}]"
    return str(item.get("format") or item.get("type") or "object")


def _open_to_strangers(patterns: list[Any]) -> list[Any]:
    """The API answers strangers itself (401 as JSON) instead of sending them to the sign-in page."""
    for pattern in patterns:
        pattern.callback = login_not_required(pattern.callback)
    return patterns


_patterns, _app, _namespace = api.urls
urls = (_open_to_strangers(_patterns), _app, _namespace)
