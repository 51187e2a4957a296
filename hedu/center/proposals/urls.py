"""Paths of proposals."""

from django.urls import path

from hedu.center.proposals.views import deciding, merging, opening, reading

app_name = "proposals"
urlpatterns = [
    path("proposals/", reading.proposals, name="proposals"),
    path("proposals/new/draft/<str:draft>/", opening.draft, name="draft"),
    path("proposals/new/draft/<str:draft>/open/", opening.open_draft, name="open_draft"),
    path("proposals/new/metric/<str:name>/<str:deed>/", opening.metric, name="metric"),
    path("proposals/extensions/<int:extension>/", deciding.extension, name="extension"),
    path("proposals/<int:proposal>/", reading.proposal, name="proposal"),
    path("proposals/<int:proposal>/preview/", reading.preview, name="preview"),
    path("proposals/<int:proposal>/merge/", merging.merge, name="merge"),
    path("proposals/<int:proposal>/<str:deed>/", deciding.decide, name="decide"),
]
