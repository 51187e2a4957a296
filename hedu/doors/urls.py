"""Paths -> the apps of the center, sign-in and the API."""

from __future__ import annotations

from django.conf import settings
from django.urls import include, path

from hedu.center.kernel import faults
from hedu.doors import rest

urlpatterns = [
    path("api/docs/", rest.docs, name="api_docs"),
    path("api/", rest.urls),
    path("accounts/", include("allauth.urls")),
    *(path("", include(module)) for module in settings.HEDU_URL_MODULES),
]

handler400 = faults.bad_request
handler403 = faults.denied
handler404 = faults.not_found
handler500 = faults.failed
