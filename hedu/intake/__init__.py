"""Sources -> warehouse."""

from hedu.intake.loading import Load, LoadReport, load_all, load_file, load_many, read_manifest
from hedu.intake.options import Options, options_of

__all__ = ["Load", "LoadReport", "Options", "load_all", "load_file", "load_many", "options_of", "read_manifest"]
