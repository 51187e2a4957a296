"""The conflicts' entry in the side bar."""

from django.utils.translation import gettext_lazy as _

from hedu.center.kernel.nav import Entry

NAV = (Entry("conflicts:cases", "git-compare", _("冲突"), 36),)
