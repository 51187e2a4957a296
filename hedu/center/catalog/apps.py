"""The catalog as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogConfig(AppConfig):
    name = "hedu.center.catalog"
    label = "catalog"
    verbose_name = _("指标目录")
