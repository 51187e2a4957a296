"""Goals and targets as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GoalsConfig(AppConfig):
    name = "hedu.center.goals"
    label = "goals"
    verbose_name = _("目标")
