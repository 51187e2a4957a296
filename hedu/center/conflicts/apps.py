"""Conflict cases as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConflictsConfig(AppConfig):
    name = "hedu.center.conflicts"
    label = "conflicts"
    verbose_name = _("冲突")
