"""Paths of the catalog."""

from django.urls import path

from hedu.center.catalog.views import acknowledging, answers, browsing, datasets, editing, metric, reporting

app_name = "catalog"
urlpatterns = [
    path("metrics/", browsing.metrics, name="metrics"),
    path("metrics/glance/", browsing.glance, name="glance"),
    path("metrics/<str:name>/", metric.page, name="metric"),
    path("metrics/<str:name>/star/", metric.star, name="star"),
    path("metrics/<str:name>/certify/", metric.certify, name="certify"),
    path("metrics/<str:name>/reviewed/", metric.reviewed, name="reviewed"),
    path("metrics/<str:name>/understanding/", acknowledging.understanding, name="understanding"),
    path("metrics/<str:name>/understanding/confirm/", acknowledging.confirm, name="confirm"),
    path("metrics/<str:name>/understanding/ask/", acknowledging.ask, name="ask_understanding"),
    path("metrics/<str:name>/understanding/questions/", acknowledging.questions, name="questions"),
    path("metrics/<str:name>/export/", answers.export_metric, name="export_metric"),
    path("metrics/<str:name>/lineage/", answers.lineage, name="lineage"),
    path("metrics/<str:name>/versions/<int:number>/", metric.version, name="version"),
    path("ask/", answers.ask, name="ask"),
    path("ask/export/", answers.export, name="export"),
    path("ask/metrics/", answers.metrics, name="ask_metrics"),
    path("ask/dimensions/", answers.dimensions, name="ask_dimensions"),
    path("ask/values/", answers.values, name="ask_values"),
    path("drafts/", editing.drafts, name="drafts"),
    path("drafts/new/", editing.new, name="new_draft"),
    path("drafts/check/", editing.check, name="check"),
    path("drafts/preview/", editing.preview, name="preview"),
    path("drafts/<str:draft>/", editing.edit, name="draft"),
    path("drafts/<str:draft>/save/", editing.save, name="save_draft"),
    path("drafts/<str:draft>/changes/", editing.changes, name="draft_changes"),
    path("drafts/<str:draft>/rebase/", editing.rebase, name="rebase_draft"),
    path("drafts/<str:draft>/discard/", editing.discard, name="discard_draft"),
    path("datasets/", datasets.datasets, name="datasets"),
    path("datasets/<str:name>/", datasets.dataset, name="dataset"),
    path("datasets/<str:name>/lineage/", answers.dataset_lineage, name="dataset_lineage"),
    path("reported/", reporting.reported, name="reported"),
    path("reported/<str:name>/", reporting.sheet, name="sheet"),
    path("reported/<str:name>/template/", reporting.template, name="sheet_template"),
    path("reported/<str:name>/upload/", reporting.upload, name="sheet_upload"),
    path("reported/<str:name>/take/", reporting.take, name="sheet_take"),
    path("reported/<str:name>/<str:deed>/", reporting.move, name="sheet_move"),
    path("reviews/", browsing.reviews, name="reviews"),
    path("glossary/", browsing.glossary, name="glossary"),
]
