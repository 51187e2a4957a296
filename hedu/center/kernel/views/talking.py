"""Discussions and files of any object, as fragments for htmx."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from hedu.center.kernel import actions, reads
from hedu.center.kernel.reading import whole


def comments(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    """The discussion of an object, as a fragment for htmx."""
    if request.method == "POST":
        under = request.POST.get("under", "")
        actions.comment(
            request.actor,
            kind,
            object_id,
            text=request.POST.get("text", ""),
            under=whole(under),
        )
    return _discussion(request, kind, object_id)


@require_POST
def delete_comment(request: HttpRequest, comment: int) -> HttpResponse:
    row = actions.delete_comment(request.actor, comment)
    return _discussion(request, row.kind, row.object_id)


def _discussion(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    said = reads.comments_visible_to(request.actor, kind, object_id)
    context = {"kind": kind, "object_id": object_id, "comments": said}
    return render(request, "kernel/comments.html", context)


@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Names that begin as typed, for mentions."""
    rows = reads.people_named(request.actor, request.GET.get("q", ""))
    return JsonResponse({"people": [row.as_json() for row in rows]})


def documents(request: HttpRequest, kind: str, object_id: str) -> HttpResponse:
    """The files kept with an object, as a fragment for htmx."""
    if request.method == "POST" and "file" in request.FILES:
        actions.attach(request.actor, kind, object_id, file=request.FILES["file"])
    rows = reads.documents_visible_to(request.actor, kind, object_id)
    context = {"kind": kind, "object_id": object_id, "documents": rows}
    return render(request, "kernel/documents.html", context)


@require_GET
def document(request: HttpRequest, document: int) -> FileResponse:
    """A file, always as a download: nothing that people upload runs in our pages."""
    row = reads.document_visible_to(request.actor, document)
    return FileResponse(row.file.open("rb"), as_attachment=True, filename=row.name)


@require_POST
def remove_document(request: HttpRequest, document: int) -> HttpResponse:
    row = actions.remove_document(request.actor, document)
    rows = reads.documents_visible_to(request.actor, row.kind, row.object_id)
    context = {"kind": row.kind, "object_id": row.object_id, "documents": rows}
    return render(request, "kernel/documents.html", context)
