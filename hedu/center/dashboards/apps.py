"""Explorer, saved views and dashboards as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DashboardsConfig(AppConfig):
    name = "hedu.center.dashboards"
    label = "dashboards"
    verbose_name = _("看板")
