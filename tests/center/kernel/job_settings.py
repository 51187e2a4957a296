"""The site with jobs that tests watch, and short leases."""

from hedu.center.settings import *  # noqa: F403
from hedu.center.settings import HEDU_JOB_MODULES as OURS

HEDU_JOB_MODULES = (*OURS, "tests.center.kernel.job_watched")
