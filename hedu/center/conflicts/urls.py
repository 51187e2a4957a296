"""Paths of cases, of raising one, and of scans."""

from django.urls import path

from hedu.center.conflicts.views import browsing, deciding, raising, scanning

app_name = "conflicts"
urlpatterns = [
    path("conflicts/", browsing.cases, name="cases"),
    path("conflicts/board/", browsing.board, name="board"),
    path("conflicts/raise/", raising.raise_case, name="raise"),
    path("conflicts/scans/", scanning.scans, name="scans"),
    path("conflicts/scans/new/", scanning.new_scan, name="new_scan"),
    path("conflicts/scans/latest/", scanning.latest, name="latest_scan"),
    path("conflicts/of/<str:metric>/", browsing.of_metric, name="of_metric"),
    path("conflicts/<int:case>/", browsing.case, name="case"),
    path("conflicts/<int:case>/live/", browsing.live, name="live"),
    path("conflicts/<int:case>/check/", browsing.check, name="check"),
    path("conflicts/<int:case>/<slug:step>/", deciding.step, name="step"),
]
