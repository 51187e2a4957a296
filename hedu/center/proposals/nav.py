"""The entry of proposals in the side bar."""

from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.nav import Entry

NAV = (Entry("proposals:proposals", "git-pull-request", _("变更会签"), 25),)
