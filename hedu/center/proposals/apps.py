"""Change proposals and their sign-off as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProposalsConfig(AppConfig):
    name = "hedu.center.proposals"
    label = "proposals"
    verbose_name = _("变更提案")
