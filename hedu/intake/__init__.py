"""Sources -> warehouse."""

from hedu.intake.loading import LoadReport, load_all, load_file, load_many
from hedu.intake.options import Options, options_of

__all__ = ["LoadReport", "Options", "load_all", "load_file", "load_many", "options_of"]
